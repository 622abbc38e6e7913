"""Every route, for every caller, with documents of every owner, visibility and embargo: nobody learns of a document
that is not for their eyes, by anything.

Two things show that. A document that is hidden is answered as one that was never there: the same status, headers, body
and statements in the database. And all other answers are those of a library that has only what the caller sees.
"""

import asyncio
from contextlib import AsyncExitStack

import msgspec
import pytest
import pytest_asyncio

from library.model import Role
from library.settings import Settings
from library.web.app import create_app
from tests.web.conftest import served
from tests.web.matrix import (
    CALLERS,
    NO_TWO_ALIKE,
    TWINS,
    a_library,
    compared,
    every_document,
    of_document,
    of_library,
    of_nothing,
    place_of,
    plainly,
    routes_of,
    said_in,
    secret_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

EYES = {"anybody": "anybody", "a member of alfa": "alfa", "staff of alfa": "alfa", "a reviewer of alfa": "alfa"}
EYES["staff of beta"] = "beta"
"""Whose twin each caller is compared with; administrators see everything."""

LOOKING_HARD = ("anybody", "a member of alfa")
"""Who tries every parameter."""


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    return routes_of(create_app(Settings(data=tmp_path_factory.mktemp("routes"))).app)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(tmp_path_factory):
    """The library with every document."""
    async with AsyncExitStack() as stack:
        yield await a_library(stack, tmp_path_factory.mktemp("whole"), every_document())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins(tmp_path_factory):
    """Libraries with what some caller sees only."""
    async with AsyncExitStack() as stack:
        found = {}
        for name, caller in TWINS.items():
            seen = [document for document in every_document() if CALLERS[caller].sees(document)]
            found[name] = await a_library(stack, tmp_path_factory.mktemp(name), seen)
        yield found


def hidden_from(caller):
    return [each.id for each in every_document() if not CALLERS[caller].sees(each)]


def may_call(route, caller):
    return route.needed is None or CALLERS[caller].role.may(route.needed.role)


def calls_of(route, library):
    if place_of(route) == "library":
        return list(plainly(route))
    return [of_document(route, library, "alfa-public-free")]


async def test_every_route_has_a_place_in_the_matrix(routes):
    assert {place_of(route) for route in routes} == {"document", "library"}


async def test_the_matrix_has_documents_that_some_see_and_others_do_not():
    seen = {caller: len(every_document()) - len(hidden_from(caller)) for caller in CALLERS}
    assert len(every_document()) == 18
    assert seen == {
        "anybody": 4,
        "a member of alfa": 13,
        "staff of alfa": 13,
        "a reviewer of alfa": 13,
        "staff of beta": 13,
        "an administrator": 18,
    }


async def test_only_those_may_call_a_route_who_may(whole, routes):
    for route in routes:
        for caller in CALLERS:
            if may_call(route, caller):
                continue
            for call in calls_of(route, whole):
                answer = await whole.answer(caller, call)
                assert answer.status_code == (401 if caller == "anybody" else 403), f"{caller}: {call}"
                plain_page = "text/html; charset=utf-8"
                assert answer.headers["content-type"] == (
                    plain_page if route.for_people else "application/problem+json"
                )


async def test_a_closed_library_answers_nobody_without_a_key(whole, routes):
    async with served(msgspec.structs.replace(whole.exchange.settings, anonymous=False)) as client:
        for route in routes:
            call = calls_of(route, whole)[0]
            answer = await client.request(call.method, call.path, content=call.body, headers=call.headers)
            assert answer.status_code == 401 or route.needed is None, str(route)
            assert not any(secret_of(document) in answer.text for document in whole.documents), str(route)


async def test_who_sees_a_document_may_read_it_everywhere(whole, routes):
    asked = set()
    for route in routes:
        if place_of(route) != "document" or route.changes:
            continue
        for caller in CALLERS:
            for document in whole.documents.values():
                audience = CALLERS[caller]
                is_job = bool({"job_id", "batch_id"} & set(route.parameters))
                changing = audience.may_change(document.organisation)
                if not may_call(route, caller) or not (changing if is_job else audience.sees(document)):
                    continue
                async with asyncio.timeout(20):
                    answer = await whole.answer(caller, of_document(route, whole, document.id))
                # Not every document has what every address names: then nobody is told otherwise than an administrator.
                right = {(await whole.answer("an administrator", of_document(route, whole, document.id))).status_code}
                # What needs staff may be for the document's own staff only; who merely sees the document hears so.
                right |= set() if changing or route.needed.role is Role.READER else {403}
                assert answer.status_code in right, f"{caller}: {route} of {document.id}: {answer.text}"
                asked.add((answer.status_code, route.path.rpartition("/")[2]))
    assert {(200, "{document_id:str}"), (200, "{name:str}"), (200, "{number:int}"), (200, "similar")} <= asked


async def test_a_hidden_document_cannot_be_told_from_one_that_was_never_there(whole, routes):
    asked = 0
    for route in routes:
        if place_of(route) != "document":
            continue
        for caller in CALLERS:
            for document in hidden_from(caller):
                there, missing = of_document(route, whole, document), of_nothing(route, whole, document)
                name = there.path.removeprefix("/").split("/")
                gone = missing.path.removeprefix("/").split("/")
                ((there_id, missing_id_),) = {(a, b) for a, b in zip(name, gone, strict=True) if a != b}
                for attempt in range(3):
                    answers, works = [], []
                    for call, called in ((there, there_id), (missing, missing_id_)):
                        whole.work.clear()
                        answer = await whole.answer(caller, call)
                        answers.append(compared(answer, ID=called))
                        works.append([_template(each) for each in whole.work])
                    assert answers[0] == answers[1], f"{caller}: {there}"
                    # Now and then what looks after the index comes in between.
                    if works[0] == works[1]:
                        break
                    assert attempt < 2, f"{caller}: {there}: {works}"
                # An address may lead on without looking whether there is anything.
                refusals = (303, 401, 403, 404, 415, 428)
                assert answers[0][0] in refusals, f"{caller}: {there}"
                asked += 1
    assert asked > 100


async def test_nobody_changes_what_is_not_theirs(whole, routes):
    before = await whole.exchange.catalog.documents(list(whole.documents))
    for route in routes:
        if place_of(route) != "document" or not route.changes:
            continue
        for caller, audience in CALLERS.items():
            for document in whole.documents.values():
                if audience.role is Role.ADMIN or audience.may_change(document.organisation):
                    continue
                answer = await whole.answer(caller, of_document(route, whole, document.id))
                assert answer.status_code >= 400, f"{caller}: {route} of {document.id}"
    assert await whole.exchange.catalog.documents(list(whole.documents)) == before


async def test_every_other_answer_is_that_of_a_library_with_what_the_caller_sees_only(whole, twins, routes):
    asked = 0
    for route in routes:
        if place_of(route) != "library" or route.changes:
            continue
        for caller, eyes in EYES.items():
            if not may_call(route, caller):
                continue
            secrets = [secret_of(document) for document in hidden_from(caller)][::4]
            # What is found is compiled from eyes alone: who has the same as another is asked plainly.
            for call in of_library(route, secrets) if caller in LOOKING_HARD else plainly(route):
                pair = whole, twins[eyes]
                answers = [await library.answer(caller, call) for library in pair]
                one, other = (compared(a, **library.job_names) for a, library in zip(answers, pair, strict=True))
                if str(route) in NO_TWO_ALIKE:
                    one, other = one[:1], other[:1]
                assert one == other, f"{caller}: {call}"
                assert one[0] < 500, f"{caller}: {call}"
                told = [word for word in secrets if word.encode() in answers[0].content and word not in said_in(call)]
                assert not told, f"{caller}: {call}"
                asked += 1
    assert asked > 500


def _template(statement):
    """A statement without the ids in it."""
    words = statement.split("'")
    return "'".join(words[::2])
