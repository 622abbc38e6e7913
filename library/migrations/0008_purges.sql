-- Documents that were purged: of each only that, when, by whom and why. Their ids are never used again.

CREATE TABLE purges (
    document  TEXT  NOT NULL  PRIMARY KEY,
    purged    TEXT  NOT NULL,  -- when
    who       TEXT  NOT NULL,
    reason    TEXT  NOT NULL
) STRICT;
