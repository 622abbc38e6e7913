-- Originals that are read again by a better reader, and the languages that staff have corrected, which that must not undo.

ALTER TABLE jobs ADD COLUMN purpose TEXT NOT NULL DEFAULT 'new' CHECK (purpose IN ('new', 'reread'));

CREATE INDEX jobs_to_take ON jobs (state, purpose, number);

CREATE TABLE said_languages (
    document  TEXT     NOT NULL,
    number    INTEGER  NOT NULL,  -- of the page, as a reader counts
    language  TEXT     NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;
