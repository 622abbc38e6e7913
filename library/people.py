"""Which people may sign in, by what they do so, and who is signed in."""

import hashlib
import hmac
import secrets
from datetime import UTC, date, datetime, timedelta

import msgspec

from library.database import Database, now, rows, written
from library.errors import NotFound
from library.model import Audience, Caller, OrganisationId, Role, Value

SIGN_IN_WITHIN = timedelta(minutes=10)
"""How long somebody may take at the identity provider."""
LINK_HOLDS = timedelta(hours=1)
"""How long somebody may sign in by a link."""


class Person(Value, frozen=True):
    """Somebody whom the library knows by an address that the provider has verified."""

    email: str
    organisation: OrganisationId
    role: Role


class SignIn(Value, frozen=True):
    """A sign-in under way: what must come back from the provider, and where it leads."""

    state: str
    nonce: str
    verifier: str
    back: str


class People:
    """People and their sessions. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, person: Person) -> None:
        """Know this person from now on, or differently; who is signed in is so with the old role no longer."""
        email = person.email.lower()
        async with self._database.transaction() as writing:
            if not await rows(writing, "SELECT 1 FROM organisations WHERE id = ?", (person.organisation,)):
                raise NotFound(f"there is no organisation '{person.organisation}'")
            await writing.execute(
                """
                INSERT INTO people (email, organisation, role)
                VALUES (?, ?, ?)
                    ON CONFLICT (email) DO UPDATE
                   SET organisation = excluded.organisation, role = excluded.role
                """,
                (email, person.organisation, person.role),
            )
            await writing.execute(_END_SESSIONS, (now(), email))

    async def remove(self, email: str) -> None:
        """Know this person no longer, and end their sessions. Raises NotFound."""
        async with self._database.transaction() as writing:
            done = await writing.execute("DELETE FROM people WHERE email = ?", (email.lower(),))
            if not done.rowcount:
                raise NotFound(f"there is no person '{email}'")
            await writing.execute(_END_SESSIONS, (now(), email.lower()))

    async def people(self) -> list[Person]:
        """All of them, by their addresses."""
        found = await self._database.rows("SELECT email, organisation, role FROM people ORDER BY email")
        return [msgspec.convert(dict(row), Person) for row in found]

    async def person(self, email: str) -> Person | None:
        row = await self._database.row("SELECT email, organisation, role FROM people WHERE email = ?", (email.lower(),))
        return None if row is None else msgspec.convert(dict(row), Person)

    # Sign-ins --------------------------------------------------------------------------------------------------------

    async def begin(self, sign_in: SignIn) -> str:
        """Keep what must come back; the ticket is for the browser."""
        ticket = secrets.token_urlsafe(32)
        async with self._database.transaction() as writing:
            await writing.execute("DELETE FROM sign_ins WHERE begun < ?", (_since(),))
            await writing.execute(
                "INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?)",
                (_sha256(ticket), sign_in.state, sign_in.nonce, sign_in.verifier, sign_in.back, now()),
            )
        return ticket

    async def take(self, ticket: str) -> SignIn | None:
        """The sign-in with this ticket, once; None where there is none, or it took too long."""
        sql = "DELETE FROM sign_ins WHERE sha256 = ? RETURNING state, nonce, verifier, back, begun"
        found = await self._database.change(sql, (_sha256(ticket),))
        if not found or found[0]["begun"] < _since():
            return None
        kept = found[0]
        return SignIn(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"], back=kept["back"])

    # Links -----------------------------------------------------------------------------------------------------------

    async def link(self, email: str) -> str:
        """The secret of a link by which this person can sign in once, within an hour; the link before it leads nowhere
        any more. Raises NotFound."""
        person = await self.person(email)
        if person is None:
            raise NotFound(f"there is no person '{email}'")
        secret = secrets.token_urlsafe(32)
        async with self._database.transaction() as writing:
            await writing.execute("DELETE FROM links WHERE person = ?", (person.email,))
            await writing.execute("INSERT INTO links VALUES (?, ?, ?)", (_sha256(secret), person.email, now()))
        return secret

    async def follow(self, secret: str) -> Person | None:
        """Who signs in by this link, once; None where there is none, it was used, or it is too old."""
        sql = "DELETE FROM links WHERE sha256 = ? RETURNING person, made"
        found = await self._database.change(sql, (_sha256(secret),))
        if not found or found[0]["made"] < written(datetime.now(UTC) - LINK_HOLDS):
            return None
        return await self.person(found[0]["person"])

    # Sessions --------------------------------------------------------------------------------------------------------

    async def sign_in(self, person: Person, hours: int) -> str:
        """A session for this person; the token is for the browser."""
        token = secrets.token_urlsafe(32)
        expires = written(datetime.now(UTC) + timedelta(hours=hours))
        async with self._database.transaction() as writing:
            await writing.execute("DELETE FROM sessions WHERE expires < ?", (now(),))
            await writing.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (_sha256(token), person.email, person.organisation, person.role, now(), expires),
            )
        return token

    async def signed_in(self, token: str, today: date) -> Caller | None:
        """Whose session this is; None where it is nobody's, or has ended."""
        row = await self._database.row(
            "SELECT person, organisation, role FROM sessions WHERE sha256 = ? AND ended IS NULL AND expires > ?",
            (_sha256(token), now()),
        )
        if row is None:
            return None
        audience = Audience(role=Role(row["role"]), organisation=row["organisation"], today=today)
        return Caller(name=row["person"], audience=audience)

    async def sign_out(self, token: str) -> None:
        """End this session; nothing happens where it has ended."""
        await self._database.change(
            "UPDATE sessions SET ended = ? WHERE sha256 = ? AND ended IS NULL", (now(), _sha256(token))
        )


_END_SESSIONS = "UPDATE sessions SET ended = ? WHERE person = ? AND ended IS NULL"


def csrf_token(session: str) -> str:
    """What a page of ours must send beside the session's cookie to change something: a page of another site has the
    browser send the cookie, but cannot know this."""
    return hmac.digest(session.encode(), b"csrf", "sha256").hex()


def _since() -> str:
    return written(datetime.now(UTC) - SIGN_IN_WITHIN)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
