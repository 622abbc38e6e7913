-- How far a job is, which jobs belong together, and what is not to be read for now.

ALTER TABLE jobs ADD COLUMN page   INTEGER  NOT NULL  DEFAULT 0;  -- that is being read
ALTER TABLE jobs ADD COLUMN pages  INTEGER  NOT NULL  DEFAULT 0;  -- of so many

CREATE INDEX jobs_by_batch ON jobs (batch, number);
CREATE INDEX jobs_indexing ON jobs (document) WHERE step = 'indexing';

CREATE TABLE batches (
    id               TEXT  NOT NULL  PRIMARY KEY,
    organisation     TEXT  NOT NULL,               -- empty: files of several
    idempotency_key  TEXT,
    submitted_by     TEXT  NOT NULL,
    created          TEXT  NOT NULL
) STRICT;

CREATE UNIQUE INDEX batches_by_key ON batches (organisation, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE pauses (
    batch  TEXT  NOT NULL  PRIMARY KEY,  -- that is not begun; empty: nothing is
    since  TEXT  NOT NULL,
    who    TEXT  NOT NULL
) STRICT;
