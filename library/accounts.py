"""Which organisations there are, whose key somebody holds, and who did what."""

import hashlib
import hmac
import logging
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from library.database import Database, as_json, now, written
from library.errors import Conflict, NotFound, Unavailable
from library.model import Audience, Caller, Organisation, OrganisationId, Role, Scope, Value

logger = logging.getLogger(__name__)

PREFIX = "gp_"
ID_LENGTH = len(PREFIX) + 8
"""How much of a key names it in lists and logs. The other 35 characters, 210 random bits, stay with its holder."""
USE_NOTED_EVERY = timedelta(minutes=1)
EVERY_SCOPE = tuple(Scope)
_LAST = 1 << 62
"""A number that no entry of the trail reaches, and that SQLite can still hold."""
_NOBODYS = "0" * 64
"""What a key is compared with that nobody has: the answer takes no longer where the beginning of a key is right."""


class KeyRecord(Value, frozen=True):
    """What is known of a key; the key itself is not."""

    id: str
    organisation: OrganisationId
    role: Role
    scopes: tuple[Scope, ...]
    note: str
    created: datetime
    last_used: datetime | None
    """To the minute."""
    expires: datetime | None
    """None: never."""
    revoked: datetime | None


class AuditEntry(Value, frozen=True):
    number: int
    """Each is higher than all before it."""
    when: datetime
    who: str
    what: str
    subject: str
    organisation: OrganisationId
    """Whose staff may read of it; empty: administrators only."""
    detail: str


class Accounts:
    """Organisations, their keys, and the audit trail. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noting: set[str] = set()

    # Organisations ---------------------------------------------------------------------------------------------------

    async def add_organisation(self, organisation: Organisation) -> None:
        """Add it; where it is there, note what else is new about it. Raises Conflict where another has its id."""
        added = await self._database.change(
            """
            INSERT INTO organisations (id, name, url, invented)
            VALUES (?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
               SET url = excluded.url, invented = excluded.invented
             WHERE name = excluded.name
            RETURNING id
            """,
            (organisation.id, organisation.name, organisation.url, organisation.invented),
        )
        if not added:
            raise Conflict(f"the id '{organisation.id}' is taken by an organisation of another name")

    async def organisation(self, organisation_id: OrganisationId) -> Organisation:
        """Raises NotFound."""
        row = await self._database.few_row("SELECT * FROM organisations WHERE id = ?", (organisation_id,))
        if row is not None:
            return _organisation(row)
        raise NotFound(f"there is no organisation '{organisation_id}'")

    async def organisations(self) -> list[Organisation]:
        """All of them, by id."""
        found = await self._database.rows_again("SELECT * FROM organisations ORDER BY id")
        return [_organisation(row) for row in found]

    # Keys ------------------------------------------------------------------------------------------------------------

    async def add_key(
        self,
        organisation_id: OrganisationId,
        role: Role,
        note: str = "",
        *,
        scopes: Sequence[Scope] = EVERY_SCOPE,
        expires: datetime | None = None,
    ) -> str:
        """A new key, which nobody can ask for again. Raises NotFound where there is no such organisation."""
        await self.organisation(organisation_id)
        key = PREFIX + secrets.token_urlsafe(32)
        await self._database.change(
            """
            INSERT INTO keys (id, sha256, organisation, role, note, created, scopes, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                key[:ID_LENGTH],
                _sha256(key),
                organisation_id,
                role,
                note,
                now(),
                as_json(scopes),
                expires and written(expires),
            ),
        )
        return key

    async def keys(self) -> list[KeyRecord]:
        """All keys, those that have ended too, in the order in which they were made."""
        found = await self._database.rows("SELECT * FROM keys ORDER BY rowid")
        return [_key_record(row) for row in found]

    async def key(self, key_id: str) -> KeyRecord:
        """Raises NotFound."""
        row = await self._database.row("SELECT * FROM keys WHERE id = ?", (key_id,))
        if row is None:
            raise NotFound(f"there is no key '{key_id}'")
        return _key_record(row)

    async def revoke_key(self, key_id: str) -> None:
        """From now on nobody is let in with it. Raises NotFound; revoking twice is fine."""
        revoked = "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE id = ? RETURNING id"
        if not await self._database.change(revoked, (now(), key_id)):
            raise NotFound(f"there is no key '{key_id}'")

    async def holder(self, key: str, today: date) -> Caller | None:
        """Who holds this key; None where nobody knows it, or it has ended. Notes once a minute that it is in use."""
        row = await self._database.row(
            "SELECT * FROM keys WHERE id = ? AND revoked IS NULL AND coalesce(expires > ?, true)",
            (key[:ID_LENGTH], now()),
        )
        # A key has 256 random bits: a slow hash would add nothing but load.
        if not hmac.compare_digest(_NOBODYS if row is None else row["sha256"], _sha256(key)) or row is None:
            return None
        await self._note_use(row["id"], row["last_used"])
        return Caller(
            name=f"key {row['id']}",
            audience=Audience(role=Role(row["role"]), organisation=row["organisation"], today=today),
            scopes=msgspec.json.decode(row["scopes"], type=tuple[Scope, ...]),
        )

    async def _note_use(self, key_id: str, last_used: str | None) -> None:
        recent = last_used is not None and datetime.now(UTC) - datetime.fromisoformat(last_used) < USE_NOTED_EVERY
        if recent or key_id in self._noting:
            return
        self._noting.add(key_id)
        try:
            # Where another request or process has noted it since, nothing is left to do.
            await self._database.change(
                "UPDATE keys SET last_used = ? WHERE id = ? AND last_used IS ?", (now(), key_id, last_used)
            )
        except Unavailable as error:
            logger.warning("that key %s is in use was not noted: %s", key_id, error.detail)
        finally:
            self._noting.remove(key_id)

    # The audit trail -------------------------------------------------------------------------------------------------

    # Who changed what in the catalogue and the accounts, triggers note (migrations/0003_access.sql).

    async def trail(
        self,
        *,
        subject: str | None = None,
        organisation: OrganisationId | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """What was done, the latest first: to one subject or to all, to what is one organisation's or anybody's; only
        what was noted before the entry with this number, to read on."""
        found = await self._database.rows(
            """
            SELECT number, noted AS "when", who, what, subject, organisation, detail
              FROM trail
             WHERE (:subject IS NULL OR subject = :subject)
               AND (:organisation IS NULL OR organisation = :organisation)
               AND (:before IS NULL OR number < :before)
             ORDER BY number DESC
             LIMIT :limit
            """,
            {"subject": subject, "organisation": organisation, "before": before and min(before, _LAST), "limit": limit},
        )
        return [msgspec.convert(dict(row), AuditEntry) for row in found]


def note(
    writing: sqlite3.Connection, what: str, subject: str, *, organisation: OrganisationId = "", detail: str = ""
) -> None:
    """Inside a transaction: note in the trail what whoever is at work (acting.py) did beside what triggers note."""
    writing.execute(
        """
        INSERT INTO trail (noted, who, what, subject, organisation, detail)
        VALUES (?, acting(), ?, ?, ?, ?)
        """,
        (now(), what, subject, organisation, detail),
    )


def _key_record(row: sqlite3.Row) -> KeyRecord:
    known = {name: row[name] for name in KeyRecord.__struct_fields__}
    return msgspec.convert({**known, "scopes": msgspec.json.decode(row["scopes"])}, KeyRecord)


def _organisation(row: sqlite3.Row) -> Organisation:
    return Organisation(id=row["id"], name=row["name"], url=row["url"], invented=bool(row["invented"]))


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
