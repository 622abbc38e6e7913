"""Fourteen things that people type, each with what a Czech librarian would expect: which documents, and which forms of
the words are shown as found. The expectations were written from reading the samples."""

import httpx
import pytest
from msgspec import Struct

from library.language import fold

PAGE = 10


class Expected(Struct, frozen=True):
    typed: str
    first: str
    """The document that comes first."""
    also: frozenset[str]
    """Documents on the same page of results."""
    shown: frozenset[str]
    """Forms that stand in the text of the first document, and are marked there."""


def expect(typed: str, first: str, *, also: str = "", shown: str) -> Expected:
    return Expected(typed, first, frozenset(also.split()), frozenset(shown.split()))


EXPECTED = [
    expect(
        "vzdelavani deti cizincu",
        "vzdelavani-deti-cizincu-srovnavaci-studie",
        also="deti-cizincu-v-male-skole vzdelavanie-deti-cudzincov-slovensko",
        shown="cizince dítě",
    ),
    expect("detmi", "vzdelavani-deti-cizincu-srovnavaci-studie", also="predskolni-klub-pro-deti-s-omj", shown="děti"),
    expect(
        "žák s OMJ",
        "vzdelavani-deti-cizincu-srovnavaci-studie",
        also="deti-cizincu-v-male-skole vzdelavanie-deti-cudzincov-slovensko",
        shown="žák OMJ",
    ),
    expect(
        "EAL pupil",
        "eal-pupils-classroom-handbook",
        also="deti-cizincu-v-male-skole predskolni-klub-pro-deti-s-omj vzdelavani-deti-cizincu-srovnavaci-studie",
        shown="EAL pupil",
    ),
    expect(
        "діти іноземців",
        "dity-inozemtsiv-u-cheskii-shkoli",
        also="vzdelavani-deti-cizincu-srovnavaci-studie deti-cizincu-v-male-skole",
        shown="діти дітей іноземців",
    ),
    expect("dity inozemtsiv", "dity-inozemtsiv-u-cheskii-shkoli", shown="діти іноземців"),
    expect(
        "zakon 326/1999",
        "zamestnanecka-karta-pruvodce",
        also="metodika-integrace-v-male-obci konsultatsii-po-vidu-na-zhitelstvo",
        shown="zákona 326 1999",
    ),
    expect("§ 42a", "zamestnanecka-karta-pruvodce", also="family-reunification-casework", shown="42a"),
    expect("Praha-Krči", "ubytovny-a-pristup-k-bydleni", shown="Praha Praze Krči"),
    expect("Krči", "ubytovny-a-pristup-k-bydleni", shown="Krči"),
    expect("„děti“", "vzdelavanie-deti-cudzincov-slovensko", also="deti-cizincu-v-male-skole", shown="deti"),
    expect('"děti"', "vzdelavanie-deti-cudzincov-slovensko", also="deti-cizincu-v-male-skole", shown="deti"),
    expect("uprchlik", "pravni-pomoc-uprchlikum-v-prijimacim-stredisku", shown="uprchlíkům uprchlík"),
    expect("uprchilk", "pravni-pomoc-uprchlikum-v-prijimacim-stredisku", shown="uprchlíkům uprchlík"),
]


async def answered(visitor: httpx.AsyncClient, typed: str) -> dict:
    answer = await visitor.get("/api/v1/search", params={"q": typed, "per_page": PAGE})
    assert answer.status_code == 200, answer.text
    return answer.json()


def marked(item: dict) -> set[str]:
    return {fragment["text"][start:end] for fragment in item["fragments"] for start, end in fragment["spans"]}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.typed)
async def test_what_is_typed_finds_what_a_librarian_expects(visitor: httpx.AsyncClient, expected: Expected):
    items = (await answered(visitor, expected.typed))["items"]
    assert items[0]["id"] == expected.first
    assert expected.also <= {item["id"] for item in items}
    assert expected.shown <= marked(items[0])


@pytest.mark.parametrize("typed", ["„děti“", '"děti"'])
async def test_quotes_mean_the_word_in_this_form_only(visitor: httpx.AsyncClient, typed: str):
    items = (await answered(visitor, typed))["items"]
    assert {fold(form) for item in items for form in marked(item)} == {"deti"}


@pytest.mark.parametrize("typed", ["§ 42a", "Praha-Krči", "Krči"])
async def test_what_is_exact_finds_nothing_else(visitor: httpx.AsyncClient, typed: str):
    answer = await answered(visitor, typed)
    assert answer["items"]
    for item in answer["items"]:
        assert {fold(form) for form in marked(item)} <= {"42a", "praha", "praze", "krci", "krc"}
    assert answer["warnings"] == []


async def test_two_letters_that_changed_places_are_mended_and_that_is_said(visitor: httpx.AsyncClient):
    answer = await answered(visitor, "uprchilk")
    assert answer["did_you_mean"] == "uprchlík"
    assert "'uprchlík' was searched instead" in answer["warnings"][0]
    right = await answered(visitor, "uprchlík")
    assert [item["id"] for item in answer["items"]] == [item["id"] for item in right["items"]]


@pytest.mark.parametrize("typed", ["detmi", "uprchlik", "dity inozemtsiv", "vzdelavani deti cizincu"])
async def test_what_a_word_stood_for_is_said_with_the_reason(visitor: httpx.AsyncClient, typed: str):
    told = {(each["word"], each["why"]) for each in (await answered(visitor, typed))["query"]["expansions"]}
    reason = "transliteration" if typed == "dity inozemtsiv" else "diacritics"
    assert {(word, reason) for word in typed.split()} <= told
