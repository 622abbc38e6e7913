-- Which documents are like each other, and what staff make of it.

-- What is remembered of each document's text to compare it (library/resemblance.py).
CREATE TABLE signatures (
    document  TEXT     NOT NULL  PRIMARY KEY  REFERENCES documents (id),
    revision  INTEGER  NOT NULL,  -- of the document
    text      TEXT     NOT NULL,  -- a digest of its words
    minima    BLOB     NOT NULL,
    anchors   BLOB     NOT NULL,
    language  TEXT     NOT NULL
) STRICT;

CREATE INDEX signatures_by_revision ON signatures (revision);

-- Each pair once, with the lesser id first.
CREATE TABLE resemblances (
    document  TEXT  NOT NULL  REFERENCES documents (id),
    other     TEXT  NOT NULL  REFERENCES documents (id),
    kind      TEXT  NOT NULL,
    score     REAL  NOT NULL,
    decision  TEXT  NOT NULL  DEFAULT ''  CHECK (decision IN ('', 'accepted', 'dismissed')),
    found     TEXT  NOT NULL,  -- when
    decided   TEXT,
    PRIMARY KEY (document, other)
) STRICT;

CREATE INDEX resemblances_by_other ON resemblances (other);
