"""What every search engine promises, by example."""

from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import msgspec
import pytest

from library.errors import BadRequest, IndexUnavailable
from library.model import Visibility
from library.search import (
    EVERYTHING,
    After,
    Every,
    FacetCount,
    Filter,
    IndexState,
    Not,
    Phrase,
    Prefix,
    SearchQuery,
    Some,
    Sort,
    Word,
)
from tests.builders import TODAY, a_member, a_practice, a_study, an_admin, an_entry, staff_of, the_public
from tests.contract.conftest import in_batches

YESTERDAY = date(2025, 5, 31)
TOMORROW = date(2025, 6, 2)


async def found(index, match=EVERYTHING, audience=None, **asked: Any):
    """The ids found, in the newest order unless asked otherwise."""
    asked = {"sort": Sort.NEWEST} | asked
    result = await index.search(SearchQuery(match=match, **asked), audience or the_public())
    assert len(result.hits) <= result.total
    return [hit.id for hit in result.hits]


def saying(text, document="p1", language="cs", **fields: Any):
    """A practice with one page of text."""
    return an_entry(a_practice(id=document, languages=(language,), **fields), [text])


class TestWords:
    async def test_a_word_is_found_in_any_of_its_forms(self, index):
        await index.update([saying("Děti chodí do školy.")])
        assert await found(index, Word("dětem")) == ["p1"]
        assert await found(index, Word("ŠKOLÁCH")) == ["p1"]
        assert await found(index, Word("učitel")) == []

    async def test_a_word_typed_without_diacritics_is_found(self, index):
        await index.update([saying("Děti chodí do školy.")])
        assert await found(index, Word("deti")) == ["p1"]
        assert await found(index, Word("skoly")) == ["p1"]

    async def test_the_vocabulary_tells_which_lemma_a_word_without_diacritics_has(self, index):
        await index.update([saying("děti", "p1"), saying("dětem", "p2")])
        assert sorted(await found(index, Word("deti"))) == ["p1", "p2"]

    async def test_words_of_ukrainian_and_english_are_inflected_too(self, index):
        await index.update([saying("Діти йдуть до школи.", "uk", "uk"), saying("The children played.", "en", "en")])
        assert await found(index, Word("дітям")) == ["uk"]
        assert await found(index, Word("child")) == ["en"]

    async def test_a_word_of_several_parts_means_the_parts_side_by_side(self, index):
        await index.update(
            [saying("v Praze-Krči", "p1"), saying("Krč je v Praze", "p2"), saying("č. 326/1999 Sb.", "p3")]
        )
        assert await found(index, Word("Praha-Krči")) == ["p1"]
        assert await found(index, Word("326/1999")) == ["p3"]

    async def test_what_holds_no_word_matches_nothing(self, index):
        await index.update([saying("děti")])
        for nothing in (Word("…"), Word(""), Phrase("—"), Prefix("")):
            assert await found(index, nothing) == []
            assert await found(index, Not(nothing)) == ["p1"]

    async def test_a_word_may_stand_in_a_title_a_description_or_a_page(self, index):
        await index.update(
            [
                an_entry(a_practice(id="title", title={"cs": "Naše škola"})),
                an_entry(a_practice(id="about", summary={"cs": "O škole."})),
                an_entry(a_practice(id="text"), ["První strana", "Ve škole"]),
            ]
        )
        assert sorted(await found(index, Word("školy"))) == ["about", "text", "title"]
        assert await found(index, Word("školy", "title")) == ["title"]

    async def test_a_field_that_is_a_facet_means_that_very_value(self, index):
        await index.update(
            [
                saying("a", "p1", topics=("legal aid",)),
                saying("b", "p2", topics=("Legal Aid", "housing")),
                saying("c", "p3", topics=("legal",)),
            ]
        )
        assert sorted(await found(index, Word("LEGAL AID", "topic"))) == ["p1", "p2"]
        assert sorted(await found(index, Phrase("legal aid", "topic"))) == ["p1", "p2"]
        assert sorted(await found(index, Prefix("leg", "topic"))) == ["p1", "p2", "p3"]
        assert await found(index, Word("aid", "topic")) == []

    async def test_a_field_that_nobody_knows_is_refused(self, index):
        await index.update([saying("a")])
        with pytest.raises(BadRequest):
            await found(index, Word("a", "colour"))
        with pytest.raises(BadRequest):
            await found(index, filters=(Filter("colour", ("red",)),))


class TestPhrasesAndPrefixes:
    async def test_a_phrase_is_exact_but_for_case_and_diacritics(self, index):
        await index.update([saying("Děti chodí do školy.")])
        assert await found(index, Phrase("deti CHODI do")) == ["p1"]
        assert await found(index, Phrase("děti chodit")) == []
        assert await found(index, Phrase("do chodí")) == []

    async def test_quotes_mean_exact_also_around_one_word(self, index):
        await index.update([saying("Děti.")])
        assert await found(index, Phrase("děti")) == ["p1"]
        assert await found(index, Phrase("dětem")) == []

    async def test_a_phrase_may_repeat_a_word(self, index):
        await index.update([saying("den za dnem, den co den", "p1"), saying("den a den", "p2")])
        assert await found(index, Phrase("den co den")) == ["p1"]

    async def test_a_phrase_may_run_over_the_end_of_a_page(self, index):
        await index.update([an_entry(a_practice(), ["Děti chodí", "", "do školy"])])
        assert await found(index, Phrase("chodí do")) == ["p1"]

    async def test_a_phrase_does_not_run_from_one_title_or_keyword_into_the_next(self, index):
        await index.update(
            [
                an_entry(
                    a_practice(
                        title={"cs": "děti škola", "en": "school yard"}, summary={}, keywords=("nový byt", "dům")
                    )
                )
            ]
        )
        assert await found(index, Phrase("škola school")) == []
        assert await found(index, Phrase("byt dům")) == []
        assert await found(index, Phrase("school yard")) == ["p1"]

    async def test_a_phrase_does_not_run_from_a_title_into_the_text(self, index):
        await index.update([an_entry(a_practice(title={"cs": "děti"}, summary={"cs": "škola"}), ["byt"])])
        assert await found(index, Phrase("děti škola")) == []
        assert await found(index, Phrase("škola byt")) == []

    async def test_a_prefix_is_the_beginning_of_a_word(self, index):
        await index.update([saying("školní jídelna", "p1"), saying("škála", "p2")])
        assert await found(index, Prefix("sko")) == ["p1"]
        assert sorted(await found(index, Prefix("Šk"))) == ["p1", "p2"]
        assert await found(index, Prefix("kol")) == []

    async def test_only_the_last_word_of_a_prefix_is_one(self, index):
        await index.update([saying("nová školní jídelna", "p1"), saying("školní nová", "p2")])
        assert await found(index, Prefix("nová škol")) == ["p1"]
        assert await found(index, Prefix("nov škol")) == []


class TestClauses:
    @pytest.fixture(autouse=True)
    async def three(self, index):
        await index.update([saying("děti škola byt", "p1"), saying("děti škola", "p2"), saying("děti", "p3")])

    async def test_every_of_them(self, index):
        assert sorted(await found(index, Every((Word("děti"), Word("škola"))))) == ["p1", "p2"]

    async def test_every_of_none_is_everything(self, index):
        assert sorted(await found(index, Every(()))) == ["p1", "p2", "p3"]

    async def test_some_of_them(self, index):
        words = (Word("děti"), Word("škola"), Word("byt"))
        assert sorted(await found(index, Some(words))) == ["p1", "p2", "p3"]
        assert sorted(await found(index, Some(words, at_least=2))) == ["p1", "p2"]
        assert await found(index, Some(words, at_least=3)) == ["p1"]
        assert await found(index, Some(())) == []

    async def test_not(self, index):
        assert await found(index, Not(Word("škola"))) == ["p3"]
        assert await found(index, Every((Word("škola"), Not(Word("byt"))))) == ["p2"]
        assert await found(index, Not(Not(Word("byt")))) == ["p1"]

    async def test_an_and_may_be_met_on_different_pages(self, index):
        await index.update([an_entry(a_practice(id="p4"), ["slunce", "měsíc"])])
        assert await found(index, Every((Word("slunce"), Word("měsíc")))) == ["p4"]


class TestAudience:
    async def test_a_members_document_is_hidden_from_the_public(self, index):
        await index.update([saying("děti", visibility=Visibility.MEMBERS)])
        assert await found(index, Word("děti"), the_public()) == []
        assert await found(index, Word("děti"), a_member("beta")) == ["p1"]

    async def test_an_organisations_document_is_hidden_from_all_others(self, index):
        await index.update([saying("děti", organisation="alfa", visibility=Visibility.ORGANISATION)])
        assert await found(index, Word("děti"), staff_of("beta")) == []
        assert await found(index, Word("děti"), a_member("alfa")) == ["p1"]
        assert await found(index, Word("děti"), an_admin()) == ["p1"]

    async def test_an_embargo_ends_on_its_day(self, index):
        await index.update([saying("děti", "p1", embargo_until=TOMORROW), saying("děti", "p2", embargo_until=TODAY)])
        assert await found(index, Word("děti"), the_public()) == ["p2"]
        assert await found(index, Word("děti"), the_public(TOMORROW)) == ["p1", "p2"]
        assert await found(index, Word("děti"), a_member("beta", YESTERDAY)) == []
        assert await found(index, Word("děti"), a_member("alfa", YESTERDAY)) == ["p1", "p2"]

    async def test_what_is_hidden_is_in_no_count(self, index):
        await index.update(
            [
                saying("děti", "p1", topics=("housing",)),
                saying("děti", "p2", topics=("housing", "health"), visibility=Visibility.MEMBERS),
            ]
        )
        result = await index.search(SearchQuery(match=Word("děti"), facets=("topic",)), the_public())
        assert result.total == 1
        assert result.facets["topic"].values == (FacetCount("housing", 1),)

    async def test_a_hidden_document_does_not_teach_the_engine_a_word(self, index):
        # Only the hidden document writes `dane`, which would make `daně` a less likely reading of it.
        await index.update([saying("daně", "p1"), saying("nic", "p3")])
        before = await index.search(SearchQuery(match=Word("dane")), the_public())
        await index.update([saying("Dane", "p2", visibility=Visibility.MEMBERS)])
        assert before.total == 1
        assert await index.search(SearchQuery(match=Word("dane")), the_public()) == before

    async def test_a_hidden_word_does_not_choose_among_equal_completions(self, index):
        public = saying(" ".join(f"zq{number}x" for number in range(0, 200, 2)), "p1")
        hidden = saying(" ".join(f"zq{number}x" for number in range(1, 400, 2)), "p2", visibility=Visibility.MEMBERS)
        await index.update([public, hidden])
        first = ("zq0x", "zq100x", "zq102x", "zq104x", "zq106x")
        assert await index.completions("zq", the_public(), 5) == first

    async def test_frequent_words_are_those_of_most_visible_documents(self, index):
        hidden = [saying("zákon", f"h{number}", visibility=Visibility.MEMBERS) for number in range(3)]
        await index.update([saying("žáci a byt", "p1"), saying("byt a byt", "p2"), *hidden])
        public, members = [await index.frequent_words(who, 100) for who in (the_public(), a_member())]
        assert public.index("byt") < public.index("zaci")
        assert {"a", "zakon"}.isdisjoint(public)
        assert members.index("zakon") < members.index("byt")
        assert await index.frequent_words(the_public(), 1) == public[:1]


class TestNarrowing:
    @pytest.fixture(autouse=True)
    async def four(self, index):
        await index.update(
            [
                saying("děti", "p1", topics=("housing", "health"), scale="local", year=2020),
                saying("děti", "p2", topics=("housing",), scale="national", year=2022),
                saying("děti", "p3", topics=("law",), scale="local", year=None),
                an_entry(a_study(id="s1", topics=(), scale="", year=2024, added=datetime(2025, 3, 1, tzinfo=UTC))),
            ]
        )

    async def test_values_of_one_filter_widen_and_filters_narrow(self, index):
        health_or_law = Filter("topic", ("health", "law"))
        assert sorted(await found(index, filters=(health_or_law,))) == ["p1", "p3"]
        assert await found(index, filters=(health_or_law, Filter("topic", ("housing",)))) == ["p1"]
        assert await found(index, filters=(Filter("kind", ("study",)),)) == ["s1"]

    async def test_an_excluded_filter_turns_it_round(self, index):
        assert sorted(await found(index, filters=(Filter("topic", ("housing",), excluded=True),))) == ["p3", "s1"]

    async def test_a_value_that_nobody_has_matches_nothing(self, index):
        assert await found(index, filters=(Filter("topic", ("sport",)),)) == []
        assert len(await found(index, filters=(Filter("topic", ("sport",), excluded=True),))) == 4

    async def test_a_document_without_a_year_fails_any_bound(self, index):
        assert sorted(await found(index, year_from=2022)) == ["p2", "s1"]
        assert sorted(await found(index, year_to=2022)) == ["p1", "p2"]
        assert sorted(await found(index, year_from=-9999)) == ["p1", "p2", "s1"]

    async def test_added_since(self, index):
        assert await found(index, added_since=datetime(2025, 3, 1, tzinfo=UTC)) == ["s1"]
        assert await found(index, added_since=datetime(2025, 3, 1, 0, 0, 1, tzinfo=UTC)) == []

    async def test_a_facet_counts_hits_by_value_most_first(self, index):
        facet = (await index.search(SearchQuery(facets=("topic",)), the_public())).facets["topic"]
        assert facet.values == (FacetCount("housing", 2), FacetCount("health", 1), FacetCount("law", 1))
        assert (facet.other, facet.missing) == (0, 1)

    async def test_a_facet_is_cut_at_its_size_and_says_what_is_left(self, index):
        facet = (await index.search(SearchQuery(facets=("topic",), facet_size=1), the_public())).facets["topic"]
        assert facet.values == (FacetCount("housing", 2),)
        assert facet.other == 2

    async def test_a_facets_own_filter_does_not_narrow_its_counts(self, index):
        asked = SearchQuery(filters=(Filter("topic", ("law",)),), facets=("topic", "scale"), facet_size=1)
        facets = (await index.search(asked, the_public())).facets
        assert facets["topic"].values == (FacetCount("housing", 2), FacetCount("law", 1, selected=True))
        assert facets["topic"].other == 1
        assert facets["scale"].values == (FacetCount("local", 1),)

    async def test_bounds_of_the_year_do_not_narrow_the_counts_of_years(self, index):
        asked = SearchQuery(year_from=2023, facets=("year", "topic"))
        counted = (await index.search(asked, the_public())).facets
        everything = (await index.search(SearchQuery(facets=("year", "topic")), the_public())).facets
        assert counted["year"] == everything["year"]
        assert counted["topic"] != everything["topic"]

    async def test_a_selected_value_is_listed_even_without_hits(self, index):
        asked = SearchQuery(filters=(Filter("topic", ("sport",)),), facets=("topic",))
        assert FacetCount("sport", 0, selected=True) in (await index.search(asked, the_public())).facets["topic"].values

    async def test_a_facets_own_filter_narrows_its_counts_where_that_is_asked_for(self, index):
        asked = SearchQuery(filters=(Filter("topic", ("law",)),), facets=("topic",), facets_narrowed=True)
        law = (FacetCount("law", 1, selected=True),)
        assert (await index.search(asked, the_public())).facets["topic"].values == law
        asked = SearchQuery(year_from=2023, facets=("year",), facets_narrowed=True)
        assert {count.value for count in (await index.search(asked, the_public())).facets["year"].values} == {"2024"}

    async def test_an_excluded_filter_narrows_its_own_facet_too(self, index):
        asked = SearchQuery(filters=(Filter("topic", ("housing",), excluded=True),), facets=("topic",))
        assert (await index.search(asked, the_public())).facets["topic"].values == (FacetCount("law", 1),)


class TestOrder:
    @pytest.fixture(autouse=True)
    async def five(self, index):
        early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
        await index.update(
            [
                saying("děti", "a", year=2020, added=early, title={"cs": "Žena"}),
                saying("děti", "b", year=2022, added=early, title={"cs": "čas"}),
                saying("děti", "c", year=2022, added=late, title={"cs": "Čas"}),
                saying("děti", "d", year=None, added=late, title={"cs": "Auto"}),
                saying("děti", "e", year=2022, added=None, title={"cs": "Dům"}),
            ]
        )

    async def test_newest_is_by_year_then_by_when_it_was_added(self, index):
        assert await found(index, sort=Sort.NEWEST) == ["c", "b", "e", "a", "d"]

    async def test_oldest_puts_what_has_no_date_last_as_well(self, index):
        assert await found(index, sort=Sort.OLDEST) == ["a", "b", "c", "e", "d"]

    async def test_titles_are_sorted_without_case_and_diacritics(self, index):
        assert await found(index, sort=Sort.TITLE) == ["d", "b", "c", "e", "a"]

    async def test_everything_comes_newest_first_where_nothing_scores(self, index):
        assert await found(index, sort=Sort.RELEVANCE) == ["c", "b", "e", "a", "d"]

    @pytest.mark.parametrize("sort", Sort)
    async def test_pages_follow_each_other_without_a_gap(self, index, sort):
        whole = await found(index, Word("dětem"), sort=sort)
        by_offset = [await found(index, Word("dětem"), sort=sort, offset=start, limit=2) for start in (0, 2, 4, 6)]
        assert [*chain.from_iterable(by_offset)] == whole

    @pytest.mark.parametrize("sort", Sort)
    async def test_one_can_go_on_behind_a_hit(self, index, sort):
        asked = SearchQuery(match=Word("dětem"), sort=sort, limit=2)
        seen = []
        page = await index.search(asked, the_public())
        while page.hits:
            seen += [hit.id for hit in page.hits]
            after = After(page.hits[-1].id, page.hits[-1].score)
            page = await index.search(SearchQuery(match=Word("dětem"), sort=sort, limit=2, after=after), the_public())
            assert page.total == 5
        assert seen == await found(index, Word("dětem"), sort=sort)

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.TITLE])
    async def test_going_on_behind_a_hit_that_has_gone_finds_something(self, index, sort):
        last = (await index.search(SearchQuery(match=Word("dětem"), sort=sort, limit=2), the_public())).hits[-1]
        await index.update([], withdrawn=[last.id])
        assert await found(index, Word("dětem"), sort=sort, after=After(last.id, last.score))

    async def test_by_relevance_what_scores_less_than_a_hit_that_has_gone_still_follows(self, index):
        await index.update([saying("děti a děti, " * 20, "best")])
        asked = SearchQuery(match=Word("dětem"), limit=1)
        (best,) = (await index.search(asked, the_public())).hits
        await index.update([], withdrawn=[best.id])
        after = After(best.id, best.score)
        assert sorted(await found(index, Word("dětem"), sort=Sort.RELEVANCE, after=after)) == ["a", "b", "c", "d", "e"]

    async def test_no_hits_may_be_asked_for(self, index):
        result = await index.search(SearchQuery(limit=0), the_public())
        assert (result.total, result.hits) == (5, ())

    async def test_of_fewer_hits_than_are_enough_there_is_only_their_number(self, index):
        few = SearchQuery(enough=6, facets=("topic",))
        result = await index.search(few, the_public())
        assert (result.total, result.hits, result.facets) == (5, (), {})
        result = await index.search(msgspec.structs.replace(few, enough=5), the_public())
        assert (result.total, len(result.hits), list(result.facets)) == (5, 5, ["topic"])


class TestPassages:
    async def passages(self, index, match, **asked: Any):
        (hit,) = (await index.search(SearchQuery(match=match, **asked), the_public())).hits
        return {(passage.zone, passage.table): passage.tokens for passage in hit.passages}

    async def test_a_passage_says_on_which_page_which_tokens_matched(self, index):
        await index.update([an_entry(a_practice(), ["nic tu není", "děti a školy", ""])])
        assert await self.passages(index, Every((Word("škola"), Word("dětem")))) == {("text", 1): (0, 2)}

    async def test_a_phrase_is_pointed_at_whole_and_a_prefix_by_its_word(self, index):
        await index.update([an_entry(a_practice(), ["děti chodí do školy, děti"])])
        assert await self.passages(index, Phrase("chodí do")) == {("text", 0): (1, 2)}
        assert await self.passages(index, Prefix("ško")) == {("text", 0): (3,)}

    async def test_a_document_that_matched_in_its_title_points_there(self, index):
        await index.update([an_entry(a_practice(title={"cs": "Děti", "en": "Our children"}), ["nic"])])
        assert await self.passages(index, Word("child")) == {("title", 1): (1,)}

    async def test_what_was_excluded_or_is_a_facet_is_not_pointed_at(self, index):
        await index.update([an_entry(a_practice(topics=("housing",)), ["housing děti"])])
        match = Every((Word("housing", "topic"), Not(Word("škola"))))
        assert await self.passages(index, match) == {}

    async def test_no_more_passages_than_asked_for(self, index):
        await index.update([an_entry(a_practice(), ["děti"] * 5)])
        assert len(await self.passages(index, Word("děti"), fragments=2)) == 2
        assert await self.passages(index, Word("děti"), fragments=0) == {}


class TestKeeping:
    async def test_an_entry_replaces_the_one_with_its_id(self, index):
        await index.update([saying("děti")])
        await index.update([saying("škola")])
        assert await found(index) == ["p1"]
        assert await found(index, Word("děti")) == []
        assert await found(index, Word("škola")) == ["p1"]

    async def test_the_last_of_one_update_counts(self, index):
        await index.update([saying("děti"), saying("škola")])
        assert await found(index, Word("škola")) == ["p1"]
        assert await found(index, Word("děti")) == []

    async def test_a_withdrawn_document_is_gone(self, index):
        await index.update([saying("děti", "p1"), saying("děti", "p2")])
        await index.update([], withdrawn=["p1", "never there"])
        assert await found(index) == ["p2"]

    async def test_a_new_index_knows_only_what_it_was_given(self, index):
        await index.update([saying("děti", "old")])
        await index.rebuild(in_batches([saying("děti", "p1")], [], [saying("děti", "p2")]))
        assert sorted(await found(index, Word("děti"))) == ["p1", "p2"]

    async def test_an_index_that_was_never_made_says_so(self, unmade):
        assert await unmade.state() is IndexState.MISSING
        with pytest.raises(IndexUnavailable):
            await unmade.search(SearchQuery(), the_public())
        with pytest.raises(IndexUnavailable):
            await unmade.update([saying("děti")])

    async def test_the_generation_changes_with_every_change(self, index):
        seen = [await index.generation()]
        await index.update([saying("děti")])
        seen.append(await index.generation())
        await index.update([], withdrawn=["p1"])
        seen.append(await index.generation())
        await index.rebuild(in_batches())
        seen.append(await index.generation())
        assert len(set(seen)) == 4
        assert seen[-1] == await index.generation()

    async def test_what_was_prepared_is_found_after_the_update_that_brings_it(self, index):
        first, second, third = (saying("děti", name) for name in ("a", "b", "c"))
        await index.update([saying("byty", "b")])
        await index.prepare([first])
        await index.prepare([second])
        assert await found(index, Word("děti")) == []
        await index.update([first, second, third])
        assert sorted(await found(index, Word("děti"))) == ["a", "b", "c"]
        assert await found(index, Word("byt")) == []

    async def test_only_what_the_update_brings_counts_of_what_was_prepared(self, index):
        await index.prepare([saying("děti", "a"), saying("děti", "b")])
        await index.prepare([saying("děti", "b")])
        await index.update([saying("byty", "b")])
        assert await found(index) == ["b"]
        assert await found(index, Word("děti")) == []

    async def test_of_what_was_prepared_a_later_entry_or_its_withdrawal_counts(self, index):
        prepared = [saying("děti", name) for name in ("a", "b", "c")]
        await index.prepare(prepared)
        await index.update([*prepared, saying("byty", "b")], ["c"])
        assert await found(index, Word("děti")) == ["a"]
        assert await found(index, Word("byt")) == ["b"]

    async def test_nothing_of_what_was_prepared_outlives_a_purge(self, index):
        prepared = [saying("děti", "a"), saying("děti", "b")]
        await index.prepare(prepared)
        await index.purge(["a"])
        await index.update(prepared[1:])
        assert await found(index, Word("děti")) == ["b"]

    async def test_many_small_updates_lose_nothing(self, index):
        for number in range(40):
            await index.update([saying(f"děti slovo{number % 7}", f"p{number % 30:02}")])
        assert len(await found(index, Word("dětem"), limit=100)) == 30
        assert sorted(await found(index, Word("slovo3"))) == ["p01", "p08", "p10", "p17", "p24"]
