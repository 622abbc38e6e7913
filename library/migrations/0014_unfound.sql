-- Questions that found nothing, and how often each was asked in a month; nothing of who asked.

CREATE TABLE unfound (
    month         TEXT     NOT NULL,  -- 2026-11
    organisation  TEXT     NOT NULL,  -- of those who asked; empty where nobody knows it
    question      TEXT     NOT NULL,  -- in small letters
    askings       INTEGER  NOT NULL,
    PRIMARY KEY (month, organisation, question)
) STRICT, WITHOUT ROWID;
