"""What the accounts promise: who is let in, with what right, and what is remembered of it."""

import asyncio
import hashlib
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from library.accounts import ID_LENGTH, Accounts, note
from library.acting import THE_LIBRARY, acting_as
from library.errors import Conflict, NotFound
from library.model import Audience, Organisation, Role, Scope
from tests.builders import TODAY

ALFA = Organisation(id="alfa", name="Alfa", url="https://alfa.example")
BETA = Organisation(id="beta", name="Beta", invented=True)


@pytest.fixture
async def accounts(database):
    opened = Accounts(database)
    await opened.add_organisation(ALFA)
    return opened


# Organisations -------------------------------------------------------------------------------------------------------


async def test_an_organisation_comes_out_as_it_was_added(accounts):
    await accounts.add_organisation(BETA)
    assert await accounts.organisation("beta") == BETA
    assert await accounts.organisations() == [ALFA, BETA]


async def test_the_same_organisation_may_be_added_again_and_what_is_new_of_it_is_noted(accounts):
    await accounts.add_organisation(ALFA)
    moved = Organisation(id="alfa", name="Alfa", url="https://new.example")
    await accounts.add_organisation(moved)
    assert await accounts.organisations() == [moved]


async def test_an_id_is_not_given_to_an_organisation_of_another_name(accounts):
    with pytest.raises(Conflict, match="'alfa' is taken"):
        await accounts.add_organisation(Organisation(id="alfa", name="Another"))
    assert await accounts.organisation("alfa") == ALFA


async def test_an_organisation_that_is_not_there_is_not_found(accounts):
    with pytest.raises(NotFound, match="there is no organisation 'beta'"):
        await accounts.organisation("beta")


# Keys ----------------------------------------------------------------------------------------------------------------


async def test_a_key_lets_its_holder_in_with_its_role(accounts):
    key = await accounts.add_key("alfa", Role.STAFF)
    caller = await accounts.holder(key, TODAY)
    assert caller.audience == Audience(role=Role.STAFF, organisation="alfa", today=TODAY)
    assert (caller.name, caller.scopes) == (f"key {key[:ID_LENGTH]}", tuple(Scope))


async def test_a_key_may_be_for_some_uses_only(accounts):
    key = await accounts.add_key("alfa", Role.STAFF, scopes=(Scope.SEARCH,))
    assert (await accounts.holder(key, TODAY)).scopes == (Scope.SEARCH,)
    assert (await accounts.key(key[:ID_LENGTH])).scopes == (Scope.SEARCH,)


@pytest.mark.parametrize(("seconds", "let_in"), [(-1, False), (3600, True)])
async def test_a_key_ends_at_its_time(accounts, seconds, let_in):
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    key = await accounts.add_key("alfa", Role.MEMBER, expires=expires)
    assert (await accounts.holder(key, TODAY) is not None) is let_in
    assert (await accounts.key(key[:ID_LENGTH])).expires == expires


async def test_keys_are_long_random_and_safe_in_a_header(accounts):
    keys = {await accounts.add_key("alfa", Role.READER) for _ in range(20)}
    assert len(keys) == 20
    assert all(re.fullmatch("gp_[A-Za-z0-9_-]{43}", key) for key in keys)


async def test_the_key_itself_is_nowhere_in_the_file(accounts, tmp_path):
    key = await accounts.add_key("alfa", Role.READER)
    await accounts.holder(key, TODAY)
    for path in tmp_path.iterdir():
        assert key[ID_LENGTH:].encode() not in path.read_bytes()
    record = (await accounts._database.row("SELECT sha256 FROM keys"))["sha256"]
    assert record == hashlib.sha256(key.encode()).hexdigest()


@pytest.mark.parametrize("wrong", ["", "gp_", "gp_" + "a" * 43, "ž" * 46, "Bearer x"])
async def test_an_unknown_key_lets_nobody_in(accounts, wrong):
    await accounts.add_key("alfa", Role.ADMIN)
    assert await accounts.holder(wrong, TODAY) is None


async def test_the_name_of_a_key_is_not_the_key(accounts):
    key = await accounts.add_key("alfa", Role.ADMIN)
    for almost in (key[:ID_LENGTH], key[:-1], key + "a", key[:ID_LENGTH] + "a" * 35):
        assert await accounts.holder(almost, TODAY) is None


async def test_a_key_is_of_an_organisation_that_is_there(accounts):
    with pytest.raises(NotFound):
        await accounts.add_key("nobody", Role.ADMIN)
    assert await accounts.keys() == []


async def test_keys_are_listed_with_all_that_is_known_of_them(accounts):
    before = datetime.now(UTC)
    first = await accounts.add_key("alfa", Role.MEMBER, "Jana's laptop")
    await accounts.add_key("alfa", Role.ADMIN)
    record, other = await accounts.keys()
    assert (record.id, record.organisation, record.role, record.note) == (
        first[:ID_LENGTH],
        "alfa",
        Role.MEMBER,
        "Jana's laptop",
    )
    assert before <= record.created <= other.created
    assert (record.last_used, record.revoked) == (None, None)


async def test_a_revoked_key_lets_nobody_in_and_stays_listed(accounts):
    key = await accounts.add_key("alfa", Role.ADMIN)
    other = await accounts.add_key("alfa", Role.MEMBER)
    await accounts.revoke_key(key[:ID_LENGTH])
    assert await accounts.holder(key, TODAY) is None
    assert await accounts.holder(other, TODAY) is not None
    revoked = (await accounts.keys())[0].revoked
    await accounts.revoke_key(key[:ID_LENGTH])
    assert (await accounts.keys())[0].revoked == revoked is not None


async def test_a_key_that_is_not_there_cannot_be_revoked(accounts):
    with pytest.raises(NotFound, match="there is no key 'gp_nothing'"):
        await accounts.revoke_key("gp_nothing")


# When a key was last used --------------------------------------------------------------------------------------------


async def last_used(accounts):
    return (await accounts.keys())[0].last_used


async def set_last_used(database, moment):
    async with database.transaction() as writing:
        await writing.execute("UPDATE keys SET last_used = ?", (moment.isoformat(timespec="microseconds"),))


async def test_the_first_use_of_a_key_is_noted(accounts):
    key = await accounts.add_key("alfa", Role.READER)
    before = datetime.now(UTC)
    await accounts.holder(key, TODAY)
    assert before <= await last_used(accounts) <= datetime.now(UTC)


async def test_use_is_noted_at_most_once_a_minute(accounts, database):
    key = await accounts.add_key("alfa", Role.READER)
    just_now = datetime.now(UTC) + timedelta(seconds=30)
    await set_last_used(database, just_now)
    await accounts.holder(key, TODAY)
    assert await last_used(accounts) == just_now
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    await set_last_used(database, long_ago)
    await accounts.holder(key, TODAY)
    assert await last_used(accounts) > long_ago


async def test_many_requests_at_once_note_one_use(accounts, database):
    key = await accounts.add_key("alfa", Role.READER)
    changes = database._writer.total_changes
    await asyncio.gather(*(accounts.holder(key, TODAY) for _ in range(20)))
    assert database._writer.total_changes == changes + 1


async def test_a_use_that_cannot_be_noted_keeps_nobody_out(accounts, database, beside, caplog):
    key = await accounts.add_key("alfa", Role.READER)
    await database._writer.execute("PRAGMA busy_timeout = 1")
    async with beside.transaction():
        assert await accounts.holder(key, TODAY) is not None
    assert key[:ID_LENGTH] in caplog.text
    assert key not in caplog.text
    assert await last_used(accounts) is None
    await accounts.holder(key, TODAY)
    assert await last_used(accounts) is not None


# The audit trail -----------------------------------------------------------------------------------------------------


async def noted(database, what, subject, **further: str):
    await database.write(lambda writing: note(writing, what, subject, **further))


async def test_the_trail_says_who_did_what_to_what_and_when_the_latest_first(accounts, database):
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    with acting_as("Jana"):
        await noted(database, "praised", "p1", organisation="alfa", detail="the title")
    await noted(database, "looked", "p2")
    latest, first = (await accounts.trail())[:2]
    assert (first.who, first.what, first.subject, first.organisation) == ("Jana", "praised", "p1", "alfa")
    assert (latest.who, latest.what, latest.subject, latest.detail) == (THE_LIBRARY, "looked", "p2", "")
    assert before <= first.when <= latest.when <= datetime.now(UTC)
    assert first.number < latest.number


async def test_the_trail_can_be_narrowed_and_read_on(accounts, database):
    for number in range(5):
        await noted(database, f"change {number}", f"p{number % 2}", organisation="beta" if number == 3 else "gama")
    assert [entry.what for entry in await accounts.trail(subject="p0")] == ["change 4", "change 2", "change 0"]
    assert [entry.what for entry in await accounts.trail(organisation="beta")] == ["change 3"]
    first = await accounts.trail(subject="p0", limit=1)
    assert [entry.what for entry in first] == ["change 4"]
    assert [entry.what for entry in await accounts.trail(subject="p0", before=first[0].number, limit=1)] == ["change 2"]
    assert await accounts.trail(subject="nothing") == []


async def test_organisations_and_keys_leave_their_changes_in_the_trail(accounts):
    with acting_as("Jana"):
        await accounts.add_organisation(ALFA)  # as it was: no change
        await accounts.add_organisation(Organisation(id="alfa", name="Alfa", url="https://new.example"))
        key = (await accounts.add_key("alfa", Role.STAFF))[:ID_LENGTH]
        await accounts.revoke_key(key)
        await accounts.revoke_key(key)
    assert [(entry.who, entry.what, entry.subject) for entry in await accounts.trail(organisation="alfa")] == [
        ("Jana", "key revoked", key),
        ("Jana", "key added", key),
        ("Jana", "organisation changed", "alfa"),
        (THE_LIBRARY, "organisation added", "alfa"),
    ]


async def test_what_was_undone_is_not_in_the_trail(accounts, database):
    before = await accounts.trail()
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as writing:
            await writing.execute("INSERT INTO organisations VALUES ('gama', 'Gama', '', 0), ('gama', 'Gama', '', 0)")
    assert await accounts.trail() == before


async def test_the_trail_cannot_be_rewritten(accounts, database):
    assert await accounts.trail()
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        async with database.transaction() as writing:
            await writing.execute("UPDATE trail SET who = 'somebody else'")
    assert await accounts.trail(before=10**30) == await accounts.trail()
