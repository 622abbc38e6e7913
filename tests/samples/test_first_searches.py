"""What a visitor without a key types first, and what that person expects to see."""

from collections import Counter

import httpx
import pypdfium2
import pytest

from library.exchange import Exchange
from library.language import fold
from library.model import Audience
from library.search import FACETS, IndexEntry
from tests.conftest import SAMPLES

SEARCH = "/api/v1/search"


async def ids(visitor: httpx.AsyncClient, **asked: object) -> list[str]:
    answer = await visitor.get(SEARCH, params=asked)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("vzdelavani deti cizincu", {"vzdelavani-deti-cizincu-srovnavaci-studie", "deti-cizincu-v-male-skole"}),
        ('"dvojjazyčný asistent"', {"dvojjazycny-asistent-prvni-rok"}),
        ("біженці", {"bizhentsi-pravova-dopomoha"}),
        ("unaccompanied minors", {"unaccompanied-minors-guardianship"}),
        ("Praha-Krči", {"ubytovny-a-pristup-k-bydleni"}),
        ("326/1999", {"zamestnanecka-karta-pruvodce"}),
        ("§ 42a", {"zamestnanecka-karta-pruvodce"}),
        ("uprchlik", {"pravni-pomoc-uprchlikum-v-prijimacim-stredisku"}),
    ],
)
async def test_the_right_document_is_among_the_first_three(visitor: httpx.AsyncClient, typed: str, expected: set[str]):
    assert expected & set((await ids(visitor, q=typed))[:3])


async def test_every_form_of_a_word_finds_the_same_documents(visitor: httpx.AsyncClient):
    children = set(await ids(visitor, q="děti", language="cs", per_page=100))
    assert "deti-cizincu-v-male-skole" in children
    assert set(await ids(visitor, q="dítěte", language="cs", per_page=100)) == children
    assert set(await ids(visitor, q="deti", language="cs", per_page=100)) == children


async def test_the_oddest_text_is_answered_with_what_its_words_find(visitor: httpx.AsyncClient):
    answer = (await visitor.get(SEARCH, params={"q": '((a "b - c: d/ OR'})).json()
    assert answer["query"]["understood"] == "(b OR c OR d)"
    assert answer["items"]


@pytest.mark.parametrize(
    "typed", ["vzdelavani deti cizincu", "dítěte", '"dvojjazyčný asistent"', "unaccompanied minors"]
)
async def test_a_fragment_stands_on_the_page_it_names_and_its_spans_are_matches(visitor: httpx.AsyncClient, typed: str):
    items = (await visitor.get(SEARCH, params={"q": typed, "per_page": 10})).json()["items"]
    paged = [(item, fragment) for item in items for fragment in item["fragments"] if fragment["page"] is not None]
    assert paged
    for item, fragment in paged:
        page = (await visitor.get(f"/api/v1/documents/{item['id']}/pages/{fragment['page']}")).json()
        assert " ".join(fragment["text"].split()) in " ".join(page["text"].split())
        assert fragment["spans"]


async def test_page_numbers_are_those_of_the_pdf(visitor: httpx.AsyncClient):
    found = (
        await visitor.get(SEARCH, params={"q": "vzdelavani deti cizincu", "kind": "study", "language": "cs"})
    ).json()
    item = next(item for item in found["items"] if item["id"] == "vzdelavani-deti-cizincu-srovnavaci-studie")
    fragment = next(fragment for fragment in item["fragments"] if fragment["page"])
    with pypdfium2.PdfDocument(SAMPLES / "files" / f"{item['id']}.pdf") as pdf:
        text = fold(pdf[fragment["page"] - 1].get_textpage().get_text_range())
    words = [fold(fragment["text"][start:end]) for start, end in fragment["spans"]]
    assert all(word in text for word in words)


@pytest.mark.parametrize("field", ["kind", "topic", "language", "organisation", "year"])
async def test_facets_count_what_the_catalogue_holds(
    visitor: httpx.AsyncClient, samples: Exchange, public: Audience, field: str
):
    documents = (await samples.catalog.documents(await samples.catalog.ids())).values()
    entries = [IndexEntry(document, (), (), ()) for document in documents if public.sees(document)]
    counted = Counter(value for entry in entries for value in FACETS[field](entry))
    answer = (await visitor.get(SEARCH, params={"facets": field, "facet_size": 100})).json()
    assert {each["value"]: each["count"] for each in answer["facets"][field]["values"]} == counted


async def test_what_is_not_public_is_found_by_nobody_without_a_key(visitor: httpx.AsyncClient):
    for word in ("úkrytovna", "křížovatka-fond", "interni-postup-krizovy-fond"):
        answer = (await visitor.get(SEARCH, params={"q": word})).json()
        assert "interni-postup-krizovy-fond" not in [item["id"] for item in answer["items"]]
        assert answer["did_you_mean"] != word
    assert (await visitor.get("/api/v1/documents/interni-postup-krizovy-fond")).status_code == 404


async def test_every_document_was_taken_in_whole(samples: Exchange):
    documents = await samples.catalog.documents(await samples.catalog.ids())
    assert len(documents) == len(list((SAMPLES / "sources").glob("*.md")))
    assert all(document.files[0].pages for document in documents.values())
    assert not await samples.gate.held()
