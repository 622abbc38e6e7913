"""From parameters to a SearchQuery: nothing here knows HTTP."""

from datetime import UTC, datetime

import pytest

from library.errors import Reason
from library.search import After, Every, Filter, SearchQuery, Sort, Word
from library.web.cursors import write_cursor
from library.web.problems import InvalidParameter
from library.web.search import read_search


def reasons(**given: str | list[str]) -> list[Reason]:
    with pytest.raises(InvalidParameter) as refused:
        read(**given)
    return list(refused.value.reasons)


def read(**given: str | list[str]):
    return read_search({name: [value] if isinstance(value, str) else value for name, value in given.items()})


def test_without_parameters_everything_is_asked_for_newest_first():
    asked = read()
    assert asked.search == SearchQuery(sort=Sort.NEWEST)
    assert (asked.page, asked.by_cursor, asked.fields, asked.warnings) == (1, False, (), ())


def test_words_are_looked_for_by_relevance():
    assert read(q="děti cizinců").search == SearchQuery(match=Every((Word("děti"), Word("cizinců"))))


def test_a_filter_may_be_repeated_and_excluded():
    asked = read(topic=["housing", "health", "housing"], not_language="cs")
    assert asked.search.filters == (Filter("topic", ("housing", "health")), Filter("language", ("cs",), excluded=True))


def test_bounds_are_numbers_and_moments():
    search = read(year_from="1999", year_to="2020", added_since="2025-01-31").search
    assert (search.year_from, search.year_to) == (1999, 2020)
    assert search.added_since == datetime(2025, 1, 31, tzinfo=UTC)


def test_a_page_is_an_offset_and_a_limit():
    search = read(page="3", per_page="50").search
    assert (search.offset, search.limit) == (100, 50)


def test_fields_and_facets_stand_between_commas():
    asked = read(fields="title, year", facets="topic,language,topic", facet_size="5")
    assert asked.fields == ("title", "year")
    assert (asked.search.facets, asked.search.facet_size) == (("topic", "language"), 5)


def test_without_highlights_no_fragments_are_asked_for():
    assert read(highlight="off").search.fragments == 0
    assert read(highlight="on").search.fragments == SearchQuery().fragments


def test_a_cursor_brings_its_order_and_its_hit():
    asked = read(q="byt", cursor=write_cursor(Sort.OLDEST, After("p1", 1.5)))
    assert (asked.search.sort, asked.search.after, asked.by_cursor) == (Sort.OLDEST, After("p1", 1.5), True)


def test_the_star_begins_a_walk_by_cursor():
    asked = read(cursor="*", sort="title")
    assert (asked.search.sort, asked.search.after, asked.by_cursor) == (Sort.TITLE, None, True)


@pytest.mark.parametrize("cursor", ["nonsense", "%%%", "žluť", "W10", "", "e30", "WyJuZXdlc3QiXQ"])
def test_a_cursor_that_is_not_ours_is_refused(cursor):
    if cursor:
        assert [reason.name for reason in reasons(cursor=cursor)] == ["cursor"]


def test_a_cursor_cannot_be_combined_with_a_page_or_another_order():
    cursor = write_cursor(Sort.NEWEST, After("p1", 0.0))
    assert [reason.name for reason in reasons(cursor=cursor, page="2", sort="title")] == ["page", "sort"]


def test_empty_fields_of_a_form_ask_for_nothing():
    assert read(q="", topic=["", " "], page="", cursor="", sort="").search == SearchQuery(sort=Sort.NEWEST)


def test_an_unknown_parameter_is_refused_and_the_nearest_named():
    assert reasons(langauge="cs") == [Reason("langauge", "query", "unknown parameter; did you mean 'language'?")]


def test_everything_that_is_wrong_is_told_at_once():
    wrong = {
        "per_page": "101",
        "page": "0",
        "sort": "newst",
        "year_from": "x",
        "added_since": "soon",
        "highlight": "yes",
    }
    named = {reason.name: reason.reason for reason in reasons(**wrong)}
    assert named.keys() == wrong.keys()
    assert named["per_page"] == "must be a whole number from 1 to 100"
    assert named["sort"].endswith("did you mean 'newest'?")


def test_what_may_be_given_once_is_refused_twice():
    assert reasons(q=["a", "b"], page=["1", "2"]) == [
        Reason("q", "query", "given more than once"),
        Reason("page", "query", "given more than once"),
    ]


def test_an_unknown_field_or_facet_is_refused_with_the_known_ones():
    assert [reason.name for reason in reasons(fields="titel", facets="topics")] == ["facets", "fields"]


def test_pages_end_where_only_a_cursor_goes_on():
    assert read(page="100", per_page="100").search.offset == 9_900
    assert [reason.name for reason in reasons(page="101", per_page="100")] == ["page"]
    assert "cursor=*" in reasons(page="501")[0].reason


def test_too_many_values_of_a_filter_are_refused():
    assert [reason.name for reason in reasons(topic=[str(number) for number in range(101)])] == ["topic"]


def test_a_very_long_query_is_cut_with_a_warning():
    asked = read(q="a" * 1001)
    assert len(asked.q) == 1000
    assert asked.warnings == ("Only the first 1000 of 1001 characters were read.",)


def test_a_value_of_no_agreed_list_is_searched_and_the_nearest_named():
    asked = read(topic="housin")
    assert asked.search.filters == (Filter("topic", ("housin",)),)
    assert asked.warnings == ("'housin' is not in the agreed list of topic. Did you mean 'housing'?",)


@pytest.mark.parametrize(
    "q", ['"', "((", "OR", "a:b:c", "-", "\x00", "\ud800", "topic:", "*", "~9", "[a TO b]", "\u202e"]
)
def test_nothing_that_is_typed_is_an_error(q):
    read(q=q)


def test_labels_speak_the_language_asked_for_or_accepted():
    accepted = "xx, cs-CZ;q=0.5, uk;q=0.8"
    assert read_search({}, accept_language=accepted).language == "uk"
    assert read_search({"lang": ["cs"]}, accept_language=accepted).language == "cs"
    assert read_search({}, accept_language="xx;q=nonsense").language == "en"
    assert [reason.name for reason in reasons(lang="tlh")] == ["lang"]
