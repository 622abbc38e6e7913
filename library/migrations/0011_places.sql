-- Which file of this machine was handed in from which place, and how it looked then.

CREATE TABLE places (
    place         TEXT     NOT NULL,  -- the file's absolute path
    organisation  TEXT     NOT NULL,
    size          INTEGER  NOT NULL,
    mtime         INTEGER  NOT NULL,  -- in nanoseconds
    said          TEXT     NOT NULL,  -- a digest of what was said of it
    job           TEXT     NOT NULL,  -- that read it; its SHA-256 stands there
    document      TEXT     NOT NULL,  -- that it became
    PRIMARY KEY (place, organisation)
) STRICT, WITHOUT ROWID;

CREATE INDEX places_by_document ON places (document);
