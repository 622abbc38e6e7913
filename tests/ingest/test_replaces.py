"""A file that is the next version of a document."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from ingest.cli import _add, parser
from ingest.worker import work_with_others
from library.command import ExitCode
from library.errors import BadRequest, NotFound
from library.exchange import open_exchange
from library.model import Organisation, Visibility
from library.settings import Settings
from tests.builders import an_admin
from tests.ingest.test_enclosed import a_pdf

DESCRIBED = {
    "kind": "study",
    "title": {"cs": "Zpráva o bydlení"},
    "summary": "Jak se bydlí.",
    "topics": ["housing"],
    "languages": ["cs"],
    "change_note": "První vydání.",
    "year": 2023,
}


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path / "data", free_mb=1))
    for organisation in ("alfa", "beta"):
        await opened.accounts.add_organisation(Organisation(id=organisation, name=organisation))
    await opened.rebuild()
    yield opened
    await opened.close()


async def hand_in(exchange, text: str, said, organisation="alfa"):
    accepted = await exchange.accept([text.encode()], name="zprava.txt", said=said, organisation=organisation)
    await work_with_others(exchange)
    return await exchange.inbox.job(accepted.job.id)


async def test_it_keeps_what_described_the_document_but_for_what_is_said_anew(exchange):
    first = (await hand_in(exchange, "Bydlení v městech je drahé.", DESCRIBED)).document
    said = {"replaces": first, "year": 2024, "title": {"cs": "Nová zpráva"}}
    assert (await hand_in(exchange, "Housing in towns is expensive for everybody who comes.", said)).document == first
    present, earlier = await exchange.readable.versions(first, an_admin())
    assert (present.version, present.title, present.year) == (2, {"cs": "Nová zpráva"}, 2024)
    assert (present.summary, present.topics) == (earlier.summary, earlier.topics)
    assert (present.change_note, earlier.change_note) == ("", "První vydání.")
    assert (present.languages, present.language_known) == (("en",), "detected")
    assert [page.text for page in await exchange.readable.version_pages(earlier)] == ["Bydlení v městech je drahé."]


async def test_a_title_that_was_found_in_the_file_goes_with_it_and_one_that_somebody_gave_stays(exchange):
    first = (await hand_in(exchange, "Pravidla bydlení 2023\n\nByt je drahý.", {})).document
    await hand_in(exchange, "Pravidla bydlení 2024\n\nByt je ještě dražší.", {"replaces": first})
    assert (await exchange.catalog.document(first)).title == {"cs": "Pravidla bydlení 2024"}
    given = (await hand_in(exchange, "Jiná pravidla 2023\n\nByt je malý.", {"title": {"cs": "Zpráva"}})).document
    await hand_in(exchange, "Jiná pravidla 2024\n\nByt je menší.", {"replaces": given})
    assert (await exchange.catalog.document(given)).title == {"cs": "Zpráva"}


async def test_only_a_document_of_the_same_organisation_is_replaced(exchange):
    first = (await hand_in(exchange, "Bydlení.", DESCRIBED)).document
    with pytest.raises(NotFound, match="'beta' has no document"):
        await hand_in(exchange, "Jiné.", {"replaces": first}, organisation="beta")
    await exchange.withdraw(first, "why")
    with pytest.raises(NotFound, match="'alfa' has no document"):
        await hand_in(exchange, "Jiné.", {"replaces": first})


async def test_a_document_that_waits_for_a_look_at_personal_data_still_is_to_be_public(exchange):
    complete = DESCRIBED | {
        "visibility": "public",
        "target_groups": ["women"],
        "scale": "local",
        "licence": "cc-by-4.0",
        "authors": [{"family": "Hladíková"}],
        "publisher": "Alfa",
        "study_type": "survey",
        "findings": [{"sentence": "Je draho."}],
    }
    first = (await hand_in(exchange, "Klientka Olena Kovalenko bydlí ve městě.", complete)).document
    assert (await exchange.catalog.document(first)).visibility is Visibility.MEMBERS
    await hand_in(exchange, "Klientky bydlí ve městě.", {"replaces": first})
    assert (await exchange.catalog.document(first)).visibility is Visibility.PUBLIC
    versions = await exchange.readable.versions(first, msgspec.structs.replace(an_admin(), organisation="beta"))
    assert [each.visibility for each in versions] == [Visibility.PUBLIC, Visibility.MEMBERS]


@pytest.mark.parametrize("replaces", ["", "Ž", 5])
async def test_what_is_no_id_is_refused(exchange, replaces):
    with pytest.raises(BadRequest, match="an id has"):
        await hand_in(exchange, "Text.", {"replaces": replaces})
    with pytest.raises(BadRequest, match="leave it out"):
        await hand_in(exchange, "Text.", {"replaces": "a", "id": "b"})


async def test_one_file_replaces_one_document(exchange, tmp_path, monkeypatch):
    monkeypatch.setenv("LIBRARY_DATA", str(tmp_path / "data"))
    first = (await hand_in(exchange, "Bydlení.", DESCRIBED)).document
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text("Nové bydlení.", encoding="utf-8")

    def asked(*files: Path):
        return parser().parse_args(["add", "--organisation", "alfa", "--replaces", first, *map(str, files)])

    with pytest.raises(BadRequest, match="here are 2"):
        await _add(exchange, asked(tmp_path / "1.txt", tmp_path / "2.txt"))
    assert await _add(exchange, asked(tmp_path / "1.txt")) is ExitCode.WELL
    assert (await exchange.catalog.document(first)).version == 2


async def test_what_is_attached_to_the_next_version_is_seen_by_nobody_who_may_not_see_the_document(exchange):
    said = {**DESCRIBED, "visibility": "organisation", "embargo_until": "2090-01-01"}
    first = (await hand_in(exchange, "Bydlení v městech je drahé.", said)).document
    pdf = a_pdf({"form.txt": "Formulář, který smí vidět jen kancelář.".encode()})
    await exchange.accept([pdf], name="a.pdf", said={"replaces": first}, organisation="alfa")
    await work_with_others(exchange)
    attached = next(job for job in await exchange.inbox.jobs() if job.name == "a.pdf/form.txt")
    document = await exchange.catalog.document(attached.document)
    assert (document.visibility, document.embargo_until) == (Visibility.ORGANISATION, date(2090, 1, 1))
