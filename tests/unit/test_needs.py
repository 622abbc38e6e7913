"""Which documents need somebody: the database says the same as the nouns do."""

from datetime import date, timedelta

import msgspec
import pytest

from library.model import Finding, Person, PersonalDataCheck, Visibility, missing_to_publish
from library.needs import Need, Needs, Own
from tests.builders import TODAY, a_practice, a_study

TEXT = {"cs": "Něco."}
SAID = {
    "summary": TEXT,
    "languages": ("cs",),
    "topics": ("housing",),
    "target_groups": ("women",),
    "scale": "local",
    "licence": "cc-by-4.0",
    "personal_data_check": PersonalDataCheck(by="Eva", on=TODAY, result="none found"),
}
PRACTICE = {**SAID, **dict.fromkeys(("context", "objectives", "activities", "results"), TEXT), "evidence": "own-data"}
STUDY = {
    **SAID,
    "authors": (Person(family="Nová"),),
    "publisher": "Severka",
    "year": 2024,
    "study_type": "survey",
    "findings": (Finding(sentence="Nájmy rostou."),),
}


@pytest.fixture
def needs(database) -> Needs:
    return Needs(database)


def alfas(*alike: str) -> Own:
    return Own(organisation="alfa", today=TODAY, alike=frozenset(alike))


def emptied(document, field: str):
    said = {name: value for name, value in msgspec.structs.asdict(document).items() if name != field}
    return type(document)(**{**said, "id": f"without-{field.replace('_', '-')}"})


@pytest.mark.parametrize(
    "whole",
    [a_practice(id="whole", **PRACTICE), a_study(id="whole", organisation="alfa", **STUDY)],
    ids=["practice", "study"],
)
async def test_what_is_missing_to_publish_is_what_the_model_says(needs, whole, put):
    assert missing_to_publish(whole) == ()
    fields = [each.name for each in msgspec.structs.fields(whole) if not each.required]
    documents = [whole, *(emptied(whole, field) for field in fields if field != "visibility")]
    for each in documents:
        await put(each, ())
    expected = {each.id for each in documents if set(missing_to_publish(each)) - {"personal_data_check"}}
    assert len(expected) > 8
    assert (await needs.those(alfas(), Need.MISSING, 100)).keys() == expected


async def test_documents_are_counted_by_need_and_told_the_last_changed_first(needs, put, withdraw):
    due = {"late": TODAY - timedelta(days=1), "today": TODAY, "later": TODAY + timedelta(days=1)}
    for name, day in due.items():
        await put(a_practice(id=name, **{**PRACTICE, "review_due": day}), ())
    await put(a_practice(id="draft", **{**PRACTICE, "context": {}}), ())
    await put(a_practice(id="own", **{**PRACTICE, "context": {}}, visibility=Visibility.ORGANISATION), ())
    await put(a_practice(id="theirs", **{**PRACTICE, "context": {}}, organisation="beta"), ())
    await put(a_practice(id="gone", **{**PRACTICE, "context": {}}), ())
    await withdraw("gone")
    own = alfas("late", "theirs")
    assert await needs.counts(own) == (
        {Need.MISSING: 1, Need.PERSONAL_DATA: 0, Need.RESEMBLANCE: 1, Need.REVIEW: 2},
        3,
    )
    assert await needs.those(own, None, 2) == {"draft": (Need.MISSING,), "today": (Need.REVIEW,)}
    assert await needs.those(own, None, 2, 2) == {"late": (Need.RESEMBLANCE, Need.REVIEW)}
    assert await needs.of(own, ["later", "late", "theirs"]) == {"later": (), "late": (Need.RESEMBLANCE, Need.REVIEW)}


async def test_where_there_is_nothing_nothing_needs_anybody(needs):
    assert await needs.counts(Own(organisation="nobody", today=date.min, alike=frozenset())) == (
        dict.fromkeys(Need, 0),
        0,
    )
