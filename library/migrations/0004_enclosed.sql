-- Which job's file a file was found in: archives and mails enclose others.

ALTER TABLE jobs ADD COLUMN within TEXT NOT NULL DEFAULT '';  -- the id of that job; empty: it was handed in by itself
