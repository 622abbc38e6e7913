-- By which version of the readers an archive was unpacked: it has no document that could say so.

ALTER TABLE jobs ADD COLUMN reader INTEGER NOT NULL DEFAULT 0;

UPDATE jobs SET reader = 1 WHERE purpose = 'new' AND state = 'done' AND document = '';
