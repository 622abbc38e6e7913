"""What somebody may not see does not show anywhere: each answer is the one of a library that never had it.

Two libraries hold the same but for one document of `beta`, which only `beta` may see. It is about beekeeping, which
nothing else is, and about much that others are about too, so that it would change orders, totals and spellings.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from library.exchange import Exchange, open_exchange
from library.model import Organisation, Role, Visibility
from tests.builders import a_practice, a_study, pages_of
from tests.web.conftest import served

HIDDEN = a_practice(
    id="hidden",
    organisation="beta",
    visibility=Visibility.ORGANISATION,
    title={"cs": "Včelařství pro nájemníky", "en": "Beekeeping for tenants"},
    summary={"cs": "Nostrifikace včelařských diplomů."},
    keywords=("medomet",),
    topics=("health",),
    languages=("cs", "vi"),
    year=1999,
)
HIDDEN_TEXT = (
    "Včelař chová včely. Medomet stojí ve dvoře. Nostrifikace diplomu trvá dlouho. Nájem, byty a kauce, kauce, kauce. "
    "Byzantský bylinkář bydlí v bytovce. Kaucionista. Zednička."
)
"""Words of it: some that nobody else has, some that others have, and some near to those of others."""


async def the_library(settings, *, with_hidden: bool) -> Exchange:
    opened = await open_exchange(settings)
    for organisation, name in (("alfa", "Spolek Alfa"), ("beta", "Včelařská Beta"), ("gama", "Gama")):
        await opened.accounts.add_organisation(Organisation(id=organisation, name=name))
    documents = [
        (a_practice(id="p1"), "Nájem bytu a kauce. Děti cizinců bydlí ve městě."),
        (
            a_practice(id="p2", title={"cs": "Byty pro všechny"}),
            "Byt je základ. Nájem bytu pro děti. Včera přišla zima.",
        ),
        (a_study(id="s1", organisation="gama", languages=("cs",)), "Zedník staví byt. Diplom a bydlení v bytech."),
        (a_practice(id="m1", visibility=Visibility.MEMBERS), "Nájem kanceláře. Bydliště a bylo nebylo."),
    ]
    if with_hidden:
        documents.insert(2, (HIDDEN, HIDDEN_TEXT))
    for document, text in documents:
        await opened.add(document, pages_of(text, language="cs"))
    await opened.rebuild()
    return opened


class Both:
    """The two libraries, asked the same."""

    def __init__(
        self, with_it: httpx.AsyncClient, without: httpx.AsyncClient, keys: dict[str, list[dict[str, str]]]
    ) -> None:
        self._clients = with_it, without
        self._keys = keys

    async def answers(self, path: str, who: str, **parameters: Any) -> list[Any]:
        """What each of the two answers, without what no two answers share."""
        found = []
        for client, key in zip(self._clients, self._keys[who], strict=True):
            answer = await client.get(path, params=parameters, headers={"x-request-id": "same", **key})
            body = answer.json()
            body.pop("took_ms", None)
            found.append((answer.status_code, body))
        return found

    async def answer(self, path: str, who: str, **parameters: Any) -> Any:
        """What the library with the hidden document answers."""
        (status, body), _ = await self.answers(path, who, **parameters)
        assert status == 200, body
        return body


@pytest.fixture
async def both(settings, tmp_path) -> AsyncIterator[Both]:
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "without")
    with_it, without = await the_library(settings, with_hidden=True), await the_library(elsewhere, with_hidden=False)
    try:
        keys: dict[str, list[dict[str, str]]] = {"the public": [{}, {}]}
        for who, organisation, role in (
            ("a member", "alfa", Role.MEMBER),
            ("staff", "gama", Role.STAFF),
            ("its own member", "beta", Role.MEMBER),
        ):
            keys[who] = [{"x-api-key": await each.accounts.add_key(organisation, role)} for each in (with_it, without)]
        async with served(settings) as one, served(elsewhere) as other:
            yield Both(one, other, keys)
    finally:
        await with_it.close()
        await without.close()


OTHERS = ("the public", "a member", "staff")
ITS_OWN = "its own member"


async def the_same(both: Both, path: str, who: str, **parameters: Any) -> None:
    with_it, without = await both.answers(path, who, **parameters)
    assert with_it == without, (path, who, parameters)


TYPED = (
    *("v", "vč", "vče", "včel", "vcelar", "včelař", "m", "med", "medo", "medomet", "n", "no", "nost", "nostrif"),
    *("b", "by", "byt", "byz", "bee", "beekee", "bet", "beta", "k", "kau", "kauce", "kauci", "d", "dipl", "ten"),
    *("nájem by", "nájem b", "děti by", "kauce vče", "byt diplom", "pro náj", "z", "zed", "zedni", "včela be"),
    *('"nájem b', '"chová vč', "title:vč", "title:by", "by*", "byt OR vče", "diplom nost", "a", "p", "pro"),
)


@pytest.mark.parametrize("who", OTHERS)
async def test_suggestions_are_those_of_a_library_without_it(both, who):
    for typed in TYPED:
        for limit in (3, 8, 20):
            await the_same(both, "/api/v1/suggest", who, q=typed, limit=limit, lang="cs")


ASKED = (
    *("", "včelař", "vcelar", "medomet", "beekeeping", "nostrifikace", "nostrifikovat", "kauce", "byt", "byty děti"),
    *("zednička", "zednicka", "zedničky", "bytovka", "kaucionista", "byzantský", "bylinkár", "včely", "vcera", "včeri"),
    *("nájem včelař", "kauce medomet velbloud", "nájem bytu kauce velbloud", "byt -medomet", "byt -kauce", "medom*"),
    *('"Nájem bytu"', '"chová včely"', "title:včelařství", "title:byty", "byt OR medomet", "topic:health byt"),
    *("concept:diploma-recognition", "organisation:beta", "diplom zima", "nájom", "оренда", "rent", "Beta"),
)


@pytest.mark.parametrize("who", OTHERS)
async def test_searches_facets_spellings_and_reasons_are_those_of_a_library_without_it(both, who):
    facets = "kind,topic,concept,language,organisation,year,visibility,licence"
    for q in ASKED:
        await the_same(both, "/api/v1/search", who, q=q, facets=facets, explain="true", lang="cs")


@pytest.mark.parametrize("who", OTHERS)
async def test_narrowed_searches_are_those_of_a_library_without_it(both, who):
    for narrowed in (
        {"organisation": "beta"},
        {"not_organisation": "alfa"},
        {"year_to": "2000"},
        {"language": "vi"},
        {"topic": "health"},
        {"visibility": "organisation"},
        {"concept": ["rental-deposit", "housing"]},
    ):
        for q in ("", "byt", "kauce včelař", "medomet"):
            await the_same(both, "/api/v1/search", who, q=q, facets="organisation,concept,year", **narrowed)


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "relevance"])
async def test_pages_and_cursors_are_those_of_a_library_without_it(both, who, sort):
    for page in ("1", "2", "3"):
        await the_same(both, "/api/v1/search", who, q="byt", sort=sort, page=page, per_page=1)
    await the_same(both, "/api/v1/search", who, q="byt", sort=sort, cursor="*", per_page=1)


@pytest.mark.parametrize("who", OTHERS)
async def test_similar_documents_are_those_of_a_library_without_it(both, who):
    for document in ("p1", "p2", "s1", "m1"):
        await the_same(both, f"/api/v1/documents/{document}/similar", who, limit=20)


@pytest.mark.parametrize("who", OTHERS)
async def test_the_document_itself_is_not_there(both, who):
    for path in ("", "/pages/1", "/similar"):
        await the_same(both, f"/api/v1/documents/hidden{path}", who)
        (status, _), _ = await both.answers(f"/api/v1/documents/hidden{path}", who)
        assert status == 404


@pytest.mark.parametrize("who", OTHERS)
async def test_pages_are_marked_as_in_a_library_without_it(both, who):
    for q in ("včelař byt", "bytovka", "kaucionista", "zednička"):
        await the_same(both, "/api/v1/documents/p1/pages/1", who, q=q)


async def test_for_its_own_member_all_of_it_is_there(both):
    """Else the tests above would hold for a document that nobody finds."""

    async def kinds(typed: str, text: str) -> set[str]:
        found = await both.answer("/api/v1/suggest", ITS_OWN, q=typed, limit=20, lang="cs")
        return {each["kind"] for each in found["suggestions"] if each["text"] == text}

    assert await kinds("medo", "medomet") == {"word"}
    assert await kinds("nostri", "nostrifikace") == {"concept"}
    assert await kinds("včelařstv", "Včelařství pro nájemníky") == {"document"}
    assert await kinds("beta", "Včelařská Beta") == {"organisation"}
    mended = await both.answer("/api/v1/search", ITS_OWN, q="medomat", facets="organisation,concept", explain="true")
    assert (mended["did_you_mean"], mended["total"]) == ("medomet", 1)
    assert [form.lower() for each in mended["items"][0]["explanation"] for form in each["forms"]] == ["medomet"]
    narrow = await both.answer("/api/v1/search", ITS_OWN, q="medomet", kind="study")
    assert [(each["why"], each["total"]) for each in narrow["instead"]] == [("without_filters", 1)]
    everything = await both.answer("/api/v1/search", ITS_OWN, facets="organisation,concept,year")
    assert {each["value"] for each in everything["facets"]["organisation"]["values"]} == {"alfa", "beta", "gama"}
    assert "1999" in {each["value"] for each in everything["facets"]["year"]["values"]}
    similar = await both.answer("/api/v1/documents/p1/similar", ITS_OWN, limit=20)
    assert "hidden" in {item["id"] for item in similar["items"]}


@pytest.mark.parametrize("who", OTHERS)
async def test_for_others_none_of_it_is(both, who):
    """The same once more in plain words, for whoever does not trust comparisons."""
    for typed in ("medo", "nostri", "včelařstv", "bet", "beekee"):
        found = await both.answer("/api/v1/suggest", who, q=typed, limit=20, lang="cs")
        assert found["suggestions"] == [], typed
    for q in ("medomet", "medomat", "včelařství", "nostrifikace", "kaucionista"):
        answer = await both.answer("/api/v1/search", who, q=q, facets="organisation")
        assert (answer["total"], answer["did_you_mean"]) == (0, None), q
        # What a word's broader concept finds is no secret: the thesaurus is everybody's.
        assert {each["why"] for each in answer["instead"]} <= {"broader"}, q
    narrow = await both.answer("/api/v1/search", who, q="medomet", kind="study")
    assert narrow["instead"] == []
