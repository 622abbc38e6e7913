-- How sure the text of a page is, where it was read from a picture of the page.

ALTER TABLE pages ADD COLUMN confidence REAL;  -- from 0 to 1; null: it came as text
