-- What keys may be used for and until when; and an audit trail that no change gets around: it is written by triggers, in
-- the transaction of the change. `acting()` is who is at work (library/acting.py).

ALTER TABLE keys ADD COLUMN scopes  TEXT NOT NULL DEFAULT '["search","read","ingest","admin"]';  -- JSON array
ALTER TABLE keys ADD COLUMN expires TEXT;                                                        -- null: never

ALTER TABLE trail ADD COLUMN organisation TEXT NOT NULL DEFAULT '';  -- whose staff may read of it; '': administrators

CREATE INDEX trail_by_organisation ON trail (organisation, number);
CREATE INDEX trail_by_subject      ON trail (subject, number);

CREATE TRIGGER trail_is_not_rewritten BEFORE UPDATE ON trail
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;

-- Documents ----------------------------------------------------------------------------------------------------------

CREATE TRIGGER document_added AFTER INSERT ON documents
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'document added', new.id, new.organisation,
            coalesce(new.document ->> 'change_note', ''));
END;

CREATE TRIGGER document_withdrawn AFTER UPDATE OF withdrawn ON documents
WHEN old.withdrawn IS NULL AND new.withdrawn IS NOT NULL
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'document withdrawn', new.id, new.organisation,
            new.reason);
END;

CREATE TRIGGER document_restored AFTER UPDATE OF withdrawn ON documents
WHEN old.withdrawn IS NOT NULL AND new.withdrawn IS NULL
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'document restored', new.id, new.organisation, '');
END;

-- The detail names the fields, never what stands in them: the trail outlives what was purged.
CREATE TRIGGER document_changed AFTER UPDATE OF document ON documents
WHEN json_remove(old.document, '$.changed') <> json_remove(new.document, '$.changed')
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    SELECT strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(),
           CASE WHEN coalesce(new.document -> 'personal_data_check', 'null')
                  <> coalesce(old.document -> 'personal_data_check', 'null')
                THEN 'document confirmed' ELSE 'document changed' END,
           new.id, new.organisation, group_concat(field, ', ')
      FROM (SELECT DISTINCT key AS field
              FROM (SELECT * FROM (SELECT key, value FROM json_each(old.document)
                                   EXCEPT SELECT key, value FROM json_each(new.document))
                    UNION ALL
                    SELECT * FROM (SELECT key, value FROM json_each(new.document)
                                   EXCEPT SELECT key, value FROM json_each(old.document)))
             WHERE key <> 'changed'
             ORDER BY key);
END;

CREATE TRIGGER document_purged AFTER DELETE ON documents
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'document purged', old.id, old.organisation, '');
END;

-- Organisations and keys ---------------------------------------------------------------------------------------------

CREATE TRIGGER organisation_added AFTER INSERT ON organisations
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'organisation added', new.id, new.id, new.name);
END;

CREATE TRIGGER organisation_changed AFTER UPDATE ON organisations
WHEN (old.name, old.url, old.invented) IS NOT (new.name, new.url, new.invented)
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'organisation changed', new.id, new.id, new.name);
END;

CREATE TRIGGER key_added AFTER INSERT ON keys
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'key added', new.id, new.organisation, new.role);
END;

CREATE TRIGGER key_revoked AFTER UPDATE OF revoked ON keys
WHEN old.revoked IS NULL AND new.revoked IS NOT NULL
BEGIN
    INSERT INTO trail (noted, who, what, subject, organisation, detail)
    VALUES (strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), acting(), 'key revoked', new.id, new.organisation, new.role);
END;
