"""Are the agreed lists whole, and do unknown terms come back with the nearest known one?"""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from library import vocabulary
from library.errors import NotFound
from library.model import Organisation, Practice, Study
from library.search import FACETS
from library.vocabulary import FIELDS, label, lists, unknown_terms

ROOT = Path(__file__).parents[2]
WELL_FORMED = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*|[A-Z]{2}([0-9]{3})?")
FREE_FACETS = {"organisation", "year", "concept", "ocr"}
"""Facets that are no agreed lists: who shared it, when, what it names, and how surely it was read."""


@pytest.mark.parametrize("agreed", lists().values(), ids=lists())
def test_every_term_has_a_label_in_czech_english_and_ukrainian(agreed):
    assert all(term.labels.get(language) for term in agreed.terms for language in ("cs", "en", "uk"))


@pytest.mark.parametrize("list_id", ["topic", "target_group"])
def test_topics_and_target_groups_also_speak_the_other_languages_of_the_members(list_id):
    spoken = {"cs", "en", "uk", "sk", "pl", "ru", "de", "vi"}
    assert all(set(term.labels) == spoken for term in lists()[list_id].terms)


@pytest.mark.parametrize("agreed", lists().values(), ids=lists())
def test_term_ids_are_well_formed(agreed):
    assert [term.id for term in agreed.terms if not WELL_FORMED.fullmatch(term.id)] == []


@pytest.mark.parametrize("agreed", lists().values(), ids=lists())
def test_no_two_terms_of_a_list_are_called_the_same(agreed):
    for language in ("cs", "en", "uk"):
        labels = [term.labels[language] for term in agreed.terms]
        assert len(set(labels)) == len(labels)


def test_every_facet_that_is_no_free_text_has_a_list():
    assert set(FACETS) - FREE_FACETS <= set(lists())


def test_every_list_is_used_by_a_field_of_the_model():
    assert set(FIELDS.values()) == set(lists())
    of_the_model = {*Practice.__struct_fields__, *Study.__struct_fields__, "kind"}
    assert {path.partition(".")[0] for path in FIELDS} <= of_the_model


def test_countries_are_those_of_the_nationalities():
    assert lists()["country"].terms == lists()["nationality"].terms


def test_lists_are_read_once():
    assert lists() is lists()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("topic", "housing", "cs"), "Bydlení"),
        (("topic", "housing", "fr"), "Housing"),
        (("topic", "gardening", "cs"), "gardening"),
    ],
)
def test_a_label_falls_back_to_english_and_then_to_the_id(asked, expected):
    assert label(*asked) == expected


def test_an_unknown_list_is_not_found():
    with pytest.raises(NotFound, match="the lists are: topic"):
        label("colour", "red", "en")


def test_unknown_terms_are_named_with_the_nearest_known_one():
    reasons = unknown_terms({"topics": ["housing", "healt"], "licence": "cc-by-4"})
    assert [(reason.name, reason.place) for reason in reasons] == [("topics[1]", "body"), ("licence", "body")]
    assert "did you mean 'health'?" in reasons[0].reason
    assert "did you mean 'cc-by-4.0'?" in reasons[1].reason


def test_where_nothing_is_near_the_whole_list_is_said():
    (reason,) = unknown_terms({"scale": "xyz"})
    assert "it has: local, regional, national, international" in reason.reason


def test_terms_inside_other_fields_are_looked_at_too():
    said = {
        "place": {"country": "CS", "region": "CZ065", "municipality": "Javorná"},
        "resources": {"cost_band": "50k-251k", "cost": "50 000"},
        "recommendations": [{"text": "…", "addressee": "schools"}, {"text": "…", "addressee": "school"}],
        "related": ({"relation": "adapt", "document": "x"},),
    }
    names = {reason.name for reason in unknown_terms(said)}
    assert names == {
        "place.country",
        "place.region",
        "resources.cost_band",
        "recommendations[1].addressee",
        "related[0].relation",
    }


@pytest.mark.parametrize("odd", [{"topics": 7}, {"topics": "housing"}, {"place": "Praha"}, {"topics": None}, {}])
def test_what_is_no_list_of_terms_is_left_to_the_model(odd):
    assert unknown_terms(odd) == ()


@pytest.mark.parametrize(
    ("path", "how_many", "invented"),
    [
        (ROOT / "library" / "partners.toml", 10, False),
        (ROOT / "ingest" / "samples" / "organisations.toml", 8, True),
    ],
)
def test_organisations_to_start_with_are_organisations_of_the_model(path, how_many, invented):
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    found = msgspec.convert(written["organisation"], list[Organisation])
    assert len({organisation.id for organisation in found}) == how_many
    assert {organisation.invented for organisation in found} == {invented}


def test_an_agreed_list_can_be_asked_for_by_its_id():
    assert vocabulary.agreed_list("kind") is lists()["kind"]
