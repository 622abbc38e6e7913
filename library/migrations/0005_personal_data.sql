-- What the personal data gate knows of each document that was to become public. No foreign key: it is written before the
-- document, so that nothing is public that it does not know.

CREATE TABLE personal_data (
    document   TEXT     NOT NULL  PRIMARY KEY,
    checked    TEXT     NOT NULL,  -- when
    held       INTEGER  NOT NULL,  -- 1: it would be public, had a person looked through the findings
    findings   TEXT     NOT NULL,  -- JSON array of library.personal.PersonalFinding
    confirmed  TEXT     NOT NULL,  -- JSON array: the values that a person has confirmed
    said       TEXT     NOT NULL   -- JSON: the check that came with the file the last time, or null
) STRICT;
