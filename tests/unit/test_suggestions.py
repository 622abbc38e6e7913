"""How a question may go on while it is being typed."""

from typing import Any

import pytest

from library.asking import Asker
from library.exchange import open_exchange
from library.model import Organisation, Visibility
from library.search import Filter, SearchQuery
from library.settings import Settings
from library.syntax import parse
from tests.builders import a_member, a_practice, a_study, pages_of, the_public

NOTHING = ""


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path / "data", free_mb=1))
    try:
        await opened.accounts.add_organisation(Organisation(id="lipa", name="Azylový dům Lípa"))
        await opened.accounts.add_organisation(Organisation(id="empty", name="Azylová poradna"))
        await opened.add(
            a_practice(id="a", organisation="lipa", title={"cs": "Azyl v kostce", "en": "Asylum in short"}),
            pages_of("O azylu rozhoduje stát. Azyly jsou plné, azbest je pryč, azylanti čekají.", language="cs"),
        )
        await opened.add(
            a_practice(id="c", organisation="lipa", title={"cs": "Čaj o páté"}, summary={}),
            pages_of("Kurz češtiny a kurzy vaření pro děti. Česnek, cesta, cesty.", language="cs"),
        )
        await opened.add(
            a_study(id="m", organisation="lipa", title={"en": "Teapots"}, visibility=Visibility.MEMBERS),
            pages_of("Teaching assistants teach; the teacher teaches. Azure.", language="en"),
        )
        await opened.rebuild()
        yield opened
    finally:
        await opened.close()


async def suggested(exchange, typed, *, audience=None, language="cs", limit=20):
    return await exchange.finding.suggest(typed, audience or the_public(), language=language, limit=limit)


async def texts(exchange, typed, kind, **how: Any):
    return [each.text for each in await suggested(exchange, typed, **how) if each.kind == kind]


async def questions(exchange, typed, **how: Any):
    return [each.q for each in await suggested(exchange, typed, **how)]


class TestWords:
    async def test_a_word_is_completed_from_what_the_audience_may_see(self, exchange):
        assert "azbest" in await texts(exchange, "az", "word")
        assert "azure" not in await texts(exchange, "az", "word")
        assert "azure" in await texts(exchange, "az", "word", audience=a_member())

    async def test_each_word_comes_in_one_form(self, exchange):
        assert [text for text in await texts(exchange, "cest", "word") if text.startswith("cest")] == ["cesta"]

    @pytest.mark.parametrize("typed", ["čes", "ces", "ČES"])
    async def test_diacritics_may_be_left_out(self, exchange, typed):
        assert "česnek" in await texts(exchange, typed, "word")

    async def test_who_types_diacritics_means_them(self, exchange):
        assert {"cesta", "česnek"} <= {*await texts(exchange, "ces", "word")}
        assert await texts(exchange, "ces", "word", limit=2) == ["cesta"]
        assert await texts(exchange, "čes", "word", limit=2) == ["česnek"]

    async def test_words_before_stay_and_bound_what_may_follow(self, exchange):
        assert "kurz vaření" in await questions(exchange, "kurz va")
        assert "Kurzy   vaření" in await questions(exchange, "Kurzy   va")
        assert await questions(exchange, "azyl va") == []

    async def test_the_word_that_a_concept_is_called_by_comes_once(self, exchange):
        found = await suggested(exchange, "azy")
        assert [each.kind for each in found if each.q == "azyl"] == ["concept"]

    async def test_function_words_are_not_suggested(self, exchange):
        assert "pro" not in await texts(exchange, "pr", "word")


class TestConcepts:
    async def test_a_concept_comes_by_the_label_that_was_typed(self, exchange):
        assert "azyl" in await texts(exchange, "az", "concept")
        assert "asylum" in await texts(exchange, "asylu", "concept")
        assert "притулок" in await texts(exchange, "прит", "concept")

    async def test_of_several_labels_the_one_in_the_shown_language_is_preferred(self, exchange):
        english = await texts(exchange, "asyl", "concept", language="en")
        german = await texts(exchange, "asyl", "concept", language="de")
        assert "asylum" in english
        assert "Asyl" in german
        assert not {"asylum", "Asyl"} & {*english} & {*german}

    async def test_a_label_of_several_words_goes_on_behind_the_first(self, exchange):
        assert "zákon o azylu" in await questions(exchange, "zakon o az")
        assert "zákon o azylu" in await questions(exchange, "zákona o az")

    async def test_a_label_may_begin_with_other_words_where_nothing_else_was_typed(self, exchange):
        assert "zákon o azylu" in await texts(exchange, "azylu", "concept")

    async def test_what_was_typed_before_a_concept_stays(self, exchange):
        assert "stát azyl" in await questions(exchange, "stát azy")
        assert "vaření azyl" not in await questions(exchange, "vaření azy")

    async def test_a_concept_that_no_document_names_is_not_suggested(self, exchange):
        assert await texts(exchange, "nostrifik", "concept") == []


class TestOrganisations:
    async def test_an_organisation_that_shares_something_is_a_filter(self, exchange):
        (found,) = [each for each in await suggested(exchange, "azylový d") if each.kind == "organisation"]
        assert (found.text, found.q, found.filter) == ("Azylový dům Lípa", "", Filter("organisation", ("lipa",)))
        assert found.total == 2

    async def test_it_is_found_by_any_word_of_its_name(self, exchange):
        assert await texts(exchange, "lip", "organisation") == ["Azylový dům Lípa"]

    async def test_one_that_shares_nothing_is_not_suggested(self, exchange):
        assert await texts(exchange, "azylová por", "organisation") == []

    async def test_what_was_typed_before_its_name_stays(self, exchange):
        (found,) = [each for each in await suggested(exchange, "vaření dum li") if each.kind == "organisation"]
        assert (found.q, found.total) == ("vaření", 1)
        assert await texts(exchange, "velbloud li", "organisation") == []


class TestDocuments:
    async def test_a_document_is_found_by_its_title(self, exchange):
        (found,) = [each for each in await suggested(exchange, "azyl kost") if each.kind == "document"]
        assert (found.text, found.document, found.total) == ("Azyl v kostce", "a", 1)
        assert found.q == "title:azyl title:kost*"

    async def test_the_title_is_the_one_that_goes_on_so(self, exchange):
        assert await texts(exchange, "short", "document") == ["Asylum in short"]
        assert await texts(exchange, "kost", "document", language="en") == ["Azyl v kostce"]

    async def test_short_beginnings_are_no_title(self, exchange):
        assert await texts(exchange, "ko", "document") == []

    async def test_what_was_withdrawn_a_moment_ago_is_not_shown(self, exchange):
        await exchange.withdraw("a", "a test")
        assert await texts(exchange, "kost", "document") == []


class TestWhatIsNoPlainWord:
    @pytest.mark.parametrize(
        "typed",
        [NOTHING, "  ", "…", '"', '"azyl"', "(azyl)", "-azy", "kurz -azy", "topic:hou", "-topic:hou", "a" * 500],
    )
    async def test_nothing_is_suggested_where_no_word_goes_on(self, exchange, typed):
        assert await suggested(exchange, typed) == ()

    async def test_an_open_quote_is_closed(self, exchange):
        assert await questions(exchange, '"kurzy va') == ['"kurzy vaření"']
        assert await questions(exchange, "„kurzy va") == ['„kurzy vaření"']

    async def test_a_quote_bounds_to_words_that_stand_so(self, exchange):
        assert await questions(exchange, '"vaření kur') == []

    async def test_within_a_title_words_go_on(self, exchange):
        assert await questions(exchange, "title:kost") == ["title:kostka"]
        assert await questions(exchange, "title:vař") == []

    async def test_alternatives_groups_and_stars_are_gone_on_with_by_words(self, exchange):
        assert "velbloud OR azbest" in await questions(exchange, "velbloud OR azb")
        assert "(velbloud OR azbest" in await questions(exchange, "(velbloud OR azb")
        assert "azbest" in await questions(exchange, "azb*")
        assert {each.kind for each in await suggested(exchange, "velbloud OR azy")} == {"word"}

    @pytest.mark.parametrize(
        "typed", ["title", "a OR", "AND", "((((", "\x00", "\u202e", "🙈a", "a~9", "'; DROP", "%s", "é"]
    )
    async def test_nothing_that_is_typed_is_an_error(self, exchange, typed):
        for each in await suggested(exchange, typed):
            assert each.total > 0


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 20])
async def test_never_more_than_asked_for(exchange, limit):
    for typed in ("a", "az", "c", "k", "azyl"):
        assert len(await suggested(exchange, typed, limit=limit)) <= limit


async def test_something_of_each_kind_is_among_few(exchange):
    found = await suggested(exchange, "azy", limit=8)
    assert {each.kind for each in found} == {"word", "concept", "organisation", "document"}


@pytest.mark.parametrize("audience", [the_public(), a_member("lipa")], ids=["the public", "a member"])
async def test_each_finds_as_much_as_it_says(exchange, audience):
    beginnings = ("a", "az", "azyl", "c", "č", "k", "kurz", "t", "tea", "d", "kurz v", "lip", "vaření l", "azyl kost")
    for typed in beginnings:
        for each in await suggested(exchange, typed, audience=audience):
            asked = SearchQuery(match=parse(each.q), filters=(each.filter,) if each.filter else ())
            meant = Asker(exchange.index, exchange.analyzer, audience).meant(asked)
            found = await exchange.index.search(meant, audience)
            assert found.total == each.total > 0, each
            assert each.document in {None, *(hit.id for hit in found.hits)}


async def test_words_and_concepts_that_find_most_come_first(exchange):
    totals = [each.total for each in await suggested(exchange, "a") if each.kind in {"word", "concept"}]
    assert totals == sorted(totals, reverse=True)


async def test_what_came_in_later_is_suggested_after_the_next_commit(exchange):
    assert await texts(exchange, "nostri", "concept") == []
    await exchange.add(a_practice(id="n", organisation="lipa"), pages_of("Nostrifikace diplomů.", language="cs"))
    await exchange.catch_up()
    assert await texts(exchange, "nostri", "concept") == ["nostrifikace"]
