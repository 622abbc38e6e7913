"""What members may say of their files."""

from datetime import date

import pytest

from library.errors import BadRequest
from library.model import Practice, Study
from library.said import document_from, read_said

KNOWN = {"id": "d1", "organisation": "alfa"}


def test_a_plain_text_is_in_the_documents_own_language():
    said = read_said({"title": "Діти у школі", "summary": {"cs": "Děti ve škole"}})
    document = document_from(said, language="uk", **KNOWN)
    assert document.title == {"uk": "Діти у школі"}
    assert document.summary == {"cs": "Děti ve škole"}


def test_a_study_is_a_study():
    said = read_said({"kind": "study", "title": "t", "authors": [{"family": "Nová"}], "year": 2024})
    document = document_from(said, language="cs", **KNOWN)
    assert isinstance(document, Study)
    assert document.authors[0].family == "Nová"


def test_days_are_kept_as_json_can_hold_them():
    said = read_said({"title": "t", "embargo_until": date(2027, 6, 30)})
    assert said["embargo_until"] == "2027-06-30"
    assert document_from(said, language="cs", **KNOWN).embargo_until == date(2027, 6, 30)


def test_what_the_library_knows_itself_wins():
    document = document_from({"title": "t"}, language="cs", files=(), **KNOWN)
    assert isinstance(document, Practice)
    assert document.organisation == "alfa"


@pytest.mark.parametrize(
    ("given", "name", "cure"),
    [
        ({"titel": "t"}, "titel", "did you mean 'title'"),
        ({"organisation": "beta"}, "organisation", "leave it out"),
        ({"id": "../x"}, "id", "small letters"),
        ({"title": "t", "year": "soon"}, "year", "whole number"),
        ({"title": "t", "year": 99999999999}, "year", "such as 2024"),
        ({"title": "t", "year": -1}, "year", "such as 2024"),
        ({"title": "t", "place": {"town": "Javorná"}}, "place.town", "unknown field"),
        ({"title": "t", "topics": ["houssing"]}, "topics", "housing"),
        ({"title": "t", "languages": ["cz"]}, "languages", "cs"),
        ({"title": "t", "visibility": "everyone"}, "visibility", "everyone"),
    ],
)
def test_each_field_that_cannot_be_used_is_named_with_its_cure(given: dict[str, object], name: str, cure: str):
    with pytest.raises(BadRequest) as raised:
        read_said(given)
    (reason,) = raised.value.reasons
    assert reason.name.startswith(name)
    assert cure in reason.reason
