-- People who sign in at an identity provider, and their sessions. Of whatever a browser keeps, only a hash is here.

-- Whom the library knows by name; who is not here may be known by what the provider says of them.
CREATE TABLE people (
    email         TEXT  NOT NULL  PRIMARY KEY,  -- in small letters
    organisation  TEXT  NOT NULL  REFERENCES organisations (id),
    role          TEXT  NOT NULL
) STRICT;

-- Sign-ins that have begun and not come back yet.
CREATE TABLE sign_ins (
    sha256    TEXT  NOT NULL  PRIMARY KEY,  -- of what the browser holds
    state     TEXT  NOT NULL,
    nonce     TEXT  NOT NULL,
    verifier  TEXT  NOT NULL,
    back      TEXT  NOT NULL,               -- the path to return to
    begun     TEXT  NOT NULL
) STRICT;

CREATE TABLE sessions (
    sha256        TEXT  NOT NULL  PRIMARY KEY,
    person        TEXT  NOT NULL,
    organisation  TEXT  NOT NULL  REFERENCES organisations (id),
    role          TEXT  NOT NULL,
    begun         TEXT  NOT NULL,
    expires       TEXT  NOT NULL,
    ended         TEXT
) STRICT;

CREATE INDEX sessions_by_person ON sessions (person);

CREATE TRIGGER person_added AFTER INSERT ON people
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'person added', new.email, new.organisation,
            new.role);
END;

CREATE TRIGGER person_changed AFTER UPDATE ON people
WHEN (old.organisation, old.role) IS NOT (new.organisation, new.role)
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'person changed', new.email, new.organisation,
            new.role);
END;

CREATE TRIGGER person_removed AFTER DELETE ON people
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'person removed', old.email, old.organisation, '');
END;

CREATE TRIGGER signed_in AFTER INSERT ON sessions
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'signed in', new.person, new.organisation,
            new.role);
END;

CREATE TRIGGER signed_out AFTER UPDATE OF ended ON sessions
WHEN old.ended IS NULL AND new.ended IS NOT NULL
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'signed out', new.person, new.organisation, '');
END;
