-- Files that came once more while they were here already or on their way: with which batch, and under which name.

CREATE TABLE handed_in_again (
    batch  TEXT  NOT NULL,  -- empty: by itself
    job    TEXT  NOT NULL,  -- that of the very file
    name   TEXT  NOT NULL,  -- as handed in this time
    PRIMARY KEY (batch, job, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX handed_in_again_by_job ON handed_in_again (job);
