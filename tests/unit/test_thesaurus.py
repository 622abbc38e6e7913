"""Which concepts there are, and that they hang together."""

import re
from collections import Counter

import pytest

from library.errors import NotFound
from library.language import fold
from library.vocabulary import agreed_list
from library.vocabulary.thesaurus import as_skos, concepts, language_of_label, pref_label

DEEPEST = 5
BASE = "https://library.example/vocabulary/concepts"


def levels(concept_id: str, below: tuple[str, ...] = ()) -> int:
    assert concept_id not in below, f"a circle: {below}"
    return 1 + max((levels(broader, (*below, concept_id)) for broader in concepts()[concept_id].broader), default=0)


def test_every_concept_has_a_name_in_czech_english_and_ukrainian():
    assert len(concepts()) >= 250
    for concept in concepts().values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", concept.id)
        assert {"cs", "en", "uk"} <= concept.labels.keys()
        assert all(label == label.strip() and label for labels in concept.labels.values() for label in labels)


@pytest.mark.parametrize("language", ["cs", "en", "uk", "sk", "pl", "ru", "de", "vi"])
def test_a_label_means_one_concept(language: str):
    labels = Counter(fold(label) for concept in concepts().values() for label in concept.labels.get(language, ()))
    assert [label for label, times in labels.items() if times > 1] == []


def test_links_lead_to_concepts_both_ways_and_in_no_circle():
    for concept in concepts().values():
        assert all(concept.id in concepts()[other].narrower for other in concept.broader)
        assert all(concept.id in concepts()[other].related for other in concept.related)
        assert levels(concept.id) <= DEEPEST


def test_every_agreed_topic_is_a_concept():
    topics = {term.id for term in agreed_list("topic").terms}
    assert {concept.topic for concept in concepts().values() if concept.topic} == topics


def test_a_concept_is_called_by_its_english_name_where_there_is_no_other():
    assert pref_label("bilingual-assistant", "cs") == "dvojjazyčný asistent"
    assert pref_label("bilingual-assistant", "fr") == pref_label("bilingual-assistant", "en")
    with pytest.raises(NotFound):
        pref_label("nothing", "cs")


def test_the_skos_has_a_statement_for_each_concept_and_each_label():
    turtle = as_skos(BASE)
    labels = sum(len(labels) for concept in concepts().values() for labels in concept.labels.values())
    assert turtle.count("a skos:Concept ;") == len(concepts())
    assert turtle.count("skos:prefLabel") + turtle.count("skos:altLabel") == labels
    assert f"<{BASE}/bilingual-assistant>\n" in turtle
    assert '"dvojjazyčný asistent"@cs' in turtle


@pytest.mark.parametrize(
    ("concept", "typed", "language"),
    [
        ("unaccompanied-minor", "unaccompanied minors", "en"),
        ("unaccompanied-minor", "nezletilých bez doprovodu", "cs"),
        ("trade-licence", "живностенського листа", "uk"),
        ("trade-licence", "zivnostensky list", "cs"),
        ("trade-licence", "x", "cs"),
    ],
)
def test_words_tell_in_which_language_they_name_a_concept(concept, typed, language):
    assert language_of_label(concept, typed) == language
