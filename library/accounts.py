"""Which organisations there are, whose key somebody holds, and who did what."""

import hashlib
import hmac
import logging
import secrets
import sqlite3
from datetime import UTC, date, datetime, timedelta

import msgspec

from library.database import Database, now
from library.errors import Conflict, NotFound, Unavailable
from library.model import Audience, Organisation, OrganisationId, Role, Value

logger = logging.getLogger(__name__)

PREFIX = "gp_"
ID_LENGTH = len(PREFIX) + 8
"""How much of a key names it in lists and logs. The other 35 characters, 210 random bits, stay with its holder."""
USE_NOTED_EVERY = timedelta(minutes=1)


class KeyRecord(Value, frozen=True):
    """What is known of a key; the key itself is not."""

    id: str
    organisation: OrganisationId
    role: Role
    note: str
    created: datetime
    last_used: datetime | None
    """To the minute."""
    revoked: datetime | None


class AuditEntry(Value, frozen=True):
    when: datetime
    who: str
    what: str
    subject: str
    detail: str


class Accounts:
    """Organisations, their keys, and the audit trail. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noting: set[str] = set()

    # Organisations ---------------------------------------------------------------------------------------------------

    async def add_organisation(self, organisation: Organisation) -> None:
        """Add it; where it is there, note what else is new about it. Raises Conflict where another has its id."""
        async with self._database.transaction() as writing:
            written = await writing.execute(
                """
                INSERT INTO organisations (id, name, url, invented)
                VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE
                   SET url = excluded.url, invented = excluded.invented
                 WHERE name = excluded.name
                """,
                (organisation.id, organisation.name, organisation.url, organisation.invented),
            )
            if not written.rowcount:
                raise Conflict(f"the id '{organisation.id}' is taken by an organisation of another name")

    async def organisation(self, organisation_id: OrganisationId) -> Organisation:
        """Raises NotFound."""
        row = await self._database.row("SELECT * FROM organisations WHERE id = ?", (organisation_id,))
        if row is None:
            raise NotFound(f"there is no organisation '{organisation_id}'")
        return _organisation(row)

    async def organisations(self) -> list[Organisation]:
        """All of them, by id."""
        return [_organisation(row) for row in await self._database.rows("SELECT * FROM organisations ORDER BY id")]

    # Keys ------------------------------------------------------------------------------------------------------------

    async def add_key(self, organisation_id: OrganisationId, role: Role, note: str = "") -> str:
        """A new key, which nobody can ask for again. Raises NotFound where there is no such organisation."""
        await self.organisation(organisation_id)
        key = PREFIX + secrets.token_urlsafe(32)
        async with self._database.transaction() as writing:
            await writing.execute(
                "INSERT INTO keys (id, sha256, organisation, role, note, created) VALUES (?, ?, ?, ?, ?, ?)",
                (key[:ID_LENGTH], _sha256(key), organisation_id, role, note, now()),
            )
        return key

    async def keys(self) -> list[KeyRecord]:
        """All keys, the revoked ones too, in the order in which they were made."""
        found = await self._database.rows(
            "SELECT id, organisation, role, note, created, last_used, revoked FROM keys ORDER BY rowid"
        )
        return [msgspec.convert(dict(row), KeyRecord) for row in found]

    async def revoke_key(self, key_id: str) -> None:
        """From now on nobody is let in with it. Raises NotFound; revoking twice is fine."""
        async with self._database.transaction() as writing:
            written = await writing.execute(
                "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE id = ?", (now(), key_id)
            )
            if not written.rowcount:
                raise NotFound(f"there is no key '{key_id}'")

    async def audience(self, key: str, today: date) -> Audience | None:
        """Who holds this key; None where nobody knows it or it was revoked. Notes once a minute that it is in use."""
        row = await self._database.row("SELECT * FROM keys WHERE id = ? AND revoked IS NULL", (key[:ID_LENGTH],))
        # A key has 256 random bits: a slow hash would add nothing but load.
        if row is None or not hmac.compare_digest(row["sha256"], _sha256(key)):
            return None
        await self._note_use(row["id"], row["last_used"])
        return Audience(role=Role(row["role"]), organisation=row["organisation"], today=today)

    async def _note_use(self, key_id: str, last_used: str | None) -> None:
        recent = last_used is not None and datetime.now(UTC) - datetime.fromisoformat(last_used) < USE_NOTED_EVERY
        if recent or key_id in self._noting:
            return
        self._noting.add(key_id)
        try:
            async with self._database.transaction() as writing:
                await writing.execute("UPDATE keys SET last_used = ? WHERE id = ?", (now(), key_id))
        except Unavailable as error:
            logger.warning("that key %s is in use was not noted: %s", key_id, error.detail)
        finally:
            self._noting.remove(key_id)

    # The audit trail -------------------------------------------------------------------------------------------------

    async def note(self, who: str, what: str, subject: str, detail: str = "") -> None:
        """Note that somebody did something to something."""
        async with self._database.transaction() as writing:
            await writing.execute(
                "INSERT INTO trail (noted, who, what, subject, detail) VALUES (?, ?, ?, ?, ?)",
                (now(), who, what, subject, detail),
            )

    async def trail(self, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        """What was done, to one subject or to all, the latest first."""
        found = await self._database.rows(
            """
            SELECT noted AS "when", who, what, subject, detail
              FROM trail
             WHERE :subject IS NULL OR subject = :subject
             ORDER BY number DESC
             LIMIT :limit
            """,
            {"subject": subject, "limit": limit},
        )
        return [msgspec.convert(dict(row), AuditEntry) for row in found]


def _organisation(row: sqlite3.Row) -> Organisation:
    return Organisation(id=row["id"], name=row["name"], url=row["url"], invented=bool(row["invented"]))


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
