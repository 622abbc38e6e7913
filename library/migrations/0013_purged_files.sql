-- The files that purged documents had, by their hashes: whoever hands one of them in again is told so.

CREATE TABLE purged_files (
    sha256        TEXT  NOT NULL,
    organisation  TEXT  NOT NULL,  -- whose document it was: only they are told
    document      TEXT  NOT NULL,
    PRIMARY KEY (sha256, organisation)
) STRICT, WITHOUT ROWID;
