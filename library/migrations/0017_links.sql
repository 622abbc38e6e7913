-- Links by which somebody signs in once, where there is no identity provider. The link itself is with its holder only.

CREATE TABLE links (
    sha256  TEXT  NOT NULL  PRIMARY KEY,
    person  TEXT  NOT NULL  REFERENCES people (email) ON DELETE CASCADE,
    made    TEXT  NOT NULL
) STRICT;

CREATE TRIGGER link_made AFTER INSERT ON links
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    SELECT strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'link made', email, organisation, role
      FROM people
     WHERE email = new.person;
END;
