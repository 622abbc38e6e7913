-- The catalogue, the inbox and the accounts. Moments are UTC, ISO 8601 with microseconds, so that they sort as text.

-- The catalogue ------------------------------------------------------------------------------------------------------

CREATE TABLE documents (
    id            TEXT     NOT NULL  PRIMARY KEY,
    organisation  TEXT     NOT NULL,
    revision      INTEGER  NOT NULL,             -- the how-manieth change of the whole catalogue its last change was
    unindexed     INTEGER  NOT NULL  DEFAULT 1,  -- 1 until the index has this revision
    withdrawn     TEXT,                          -- when; null: it is in the library
    reason        TEXT     NOT NULL  DEFAULT '', -- why it was withdrawn
    document      TEXT     NOT NULL              -- all of it, as JSON of library.model.Document
) STRICT;

CREATE UNIQUE INDEX documents_by_revision ON documents (revision);
CREATE INDEX documents_unindexed          ON documents (revision) WHERE unindexed = 1;

-- The originals of each document as it is now, to find a document by its bytes.
CREATE TABLE files (
    document  TEXT  NOT NULL  REFERENCES documents (id),
    sha256    TEXT  NOT NULL,
    PRIMARY KEY (document, sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX files_by_sha256 ON files (sha256);

CREATE TABLE pages (
    document  TEXT     NOT NULL  REFERENCES documents (id),
    position  INTEGER  NOT NULL,  -- in the row of pages, from 0
    number    INTEGER  NOT NULL,  -- as a reader counts
    language  TEXT     NOT NULL,
    analysis  TEXT     NOT NULL,  -- the version of the analysis that made `tokens`
    text      TEXT     NOT NULL,
    tokens    BLOB     NOT NULL,  -- TokenTable.encode(), never decoded here
    PRIMARY KEY (document, position)
) STRICT;

-- `analysis` is in it so that looking for outdated tables reads no page.
CREATE UNIQUE INDEX pages_by_number ON pages (document, number, analysis);

-- What a document was before it came with another file.
CREATE TABLE versions (
    document   TEXT     NOT NULL  REFERENCES documents (id),
    version    INTEGER  NOT NULL,
    described  TEXT     NOT NULL,  -- as documents.document
    pages      TEXT     NOT NULL,  -- JSON array of {number, language, text}; token tables can be made again
    PRIMARY KEY (document, version)
) STRICT;

-- The inbox ----------------------------------------------------------------------------------------------------------

CREATE TABLE jobs (
    number           INTEGER            PRIMARY KEY,  -- the order of arrival
    id               TEXT     NOT NULL  UNIQUE,
    document         TEXT     NOT NULL,               -- the id that the document has or will have
    organisation     TEXT     NOT NULL,
    name             TEXT     NOT NULL,               -- the file's, as handed in: a label, never a path
    sha256           TEXT     NOT NULL,
    size             INTEGER  NOT NULL,
    said             TEXT     NOT NULL,               -- JSON: what the member said of the file
    digest           TEXT     NOT NULL,               -- of bytes, organisation and said: what makes a job the same
    idempotency_key  TEXT,
    state            TEXT     NOT NULL  DEFAULT 'waiting'  CHECK (state IN ('waiting', 'working', 'done', 'failed')),
    step             TEXT     NOT NULL  DEFAULT '',
    code             TEXT     NOT NULL  DEFAULT '',   -- of the error, where it failed
    detail           TEXT     NOT NULL  DEFAULT '',
    notes            TEXT     NOT NULL  DEFAULT '[]', -- JSON array of sentences
    attempts         INTEGER  NOT NULL  DEFAULT 0,    -- since it came, or since somebody asked for it again
    submitted_by     TEXT     NOT NULL,
    batch            TEXT     NOT NULL,
    created          TEXT     NOT NULL,
    started          TEXT,
    ended            TEXT
) STRICT;

CREATE INDEX jobs_by_state    ON jobs (state, number);
CREATE INDEX jobs_by_document ON jobs (document, number);
CREATE INDEX jobs_by_bytes    ON jobs (sha256, organisation);
CREATE INDEX jobs_by_key      ON jobs (idempotency_key, organisation) WHERE idempotency_key IS NOT NULL;

-- The accounts -------------------------------------------------------------------------------------------------------

CREATE TABLE organisations (
    id        TEXT     NOT NULL  PRIMARY KEY,
    name      TEXT     NOT NULL,
    url       TEXT     NOT NULL,
    invented  INTEGER  NOT NULL   -- 1: of the sample library
) STRICT;

CREATE TABLE keys (
    id            TEXT  NOT NULL  PRIMARY KEY,  -- how the key begins: names it without giving it away
    sha256        TEXT  NOT NULL,
    organisation  TEXT  NOT NULL  REFERENCES organisations (id),
    role          TEXT  NOT NULL,
    note          TEXT  NOT NULL,
    created       TEXT  NOT NULL,
    last_used     TEXT,
    revoked       TEXT
) STRICT;

CREATE TABLE trail (
    number   INTEGER            PRIMARY KEY,
    noted    TEXT     NOT NULL,
    who      TEXT     NOT NULL,
    what     TEXT     NOT NULL,
    subject  TEXT     NOT NULL,
    detail   TEXT     NOT NULL
) STRICT;
