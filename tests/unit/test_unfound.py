"""Questions that found nothing: which are counted, how often, and which are never kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from library.unfound import Listening, Unfound, UnfoundQuestion

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
TODAY = NOON.date()


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def unfound(database) -> Unfound:
    return Unfound(database)


def asked(listening, *questions: str, by="somebody", organisation="", found=False, at=NOON):
    for question in questions:
        listening.hear(by, organisation, question, found=found, at=at)


def test_one_asker_counts_once_a_day_and_again_on_the_next(listening):
    asked(listening, "Kurzy  vaření", "kurzy vaření")
    asked(listening, "kurzy vaření", by="another")
    assert listening.settled(LATER) == {("", "kurzy vaření"): 2}
    asked(listening, "kurzy vaření", at=LATER)
    assert not listening.settled(LATER)
    asked(listening, "kurzy vaření", at=NOON + timedelta(days=1))
    assert listening.settled(NOON + timedelta(days=2)) == {("", "kurzy vaření"): 1}


def test_what_was_typed_on_the_way_to_a_longer_question_is_not_counted(listening):
    asked(listening, "kur", "kurz", "kurzy", "kurz", by="typing")
    asked(listening, "kurz", by="another")
    assert listening.settled(LATER) == {("", "kurzy"): 1, ("", "kurz"): 1}


def test_neither_is_what_was_typed_on_the_way_to_something_that_is_found(listening):
    asked(listening, "azylo")
    asked(listening, "azylový", found=True)
    asked(listening, "azyl")
    assert not listening.settled(LATER)


def test_a_question_waits_until_its_asker_may_have_typed_on(listening):
    asked(listening, "kurzy")
    assert not listening.settled(NOON - timedelta(seconds=1))
    asked(listening, "kurzy vaření")
    assert listening.settled(NOON) == {("", "kurzy vaření"): 1}


@pytest.mark.parametrize(
    "question",
    [
        "jana.novakova@post.example",
        "jana.novakova@",
        "850101/1234",
        "rodné číslo 855101 1237",
        "+420 604 123 456",
        "604 123 45",
        "účet 19-2000145399/0800",
        "klientka Jana Nováková",
        "a" * 101,
    ],
)
def test_a_question_that_may_hold_personal_data_is_never_kept(listening, question):
    asked(listening, question)
    assert not listening.settled(LATER)


def test_nothing_in_memory_says_who_asked(listening):
    asked(listening, "kurzy", by="address 192.0.2.7")
    before = set(listening._waiting)
    assert listening.settled(LATER)
    asked(listening, "kurzy", by="address 192.0.2.7", at=NOON + timedelta(days=1))
    assert "192.0.2.7" not in repr(vars(listening))
    assert before.isdisjoint(listening._waiting), "the key of the hash is another each day"


@pytest.mark.parametrize("question", ["zákon 326/1999", "školy 2015-2020", "§ 42 odst. 1"])
def test_laws_and_years_are_no_personal_data(listening, question):
    asked(listening, question)
    assert listening.settled(LATER) == {("", question): 1}


def test_what_waits_is_bounded(listening):
    for number in range(3_000):
        asked(listening, "kurzy", by=f"asker {number}")
    asked(listening, *(f"{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(80)), by="asker 0")
    counted = listening.settled(LATER)
    assert (counted["", "kurzy"], len(counted)) == (2_000, 50)


async def test_questions_are_told_from_so_many_askings_on(unfound):
    await unfound.keep({("alfa", "kurzy"): 2, ("", "kurzy"): 1, ("alfa", "vaření"): 2}, TODAY, 3)
    assert await unfound.most_asked(3, 10) == [UnfoundQuestion(question="kurzy", askings=3)]
    await unfound.keep({("alfa", "vaření"): 2}, TODAY, 3)
    assert [each.question for each in await unfound.most_asked(3, 10)] == ["vaření", "kurzy"]


async def test_an_organisation_is_told_of_its_own_and_of_nobodys_questions(unfound):
    await unfound.keep({("alfa", "kurzy"): 3, ("beta", "tajné"): 3, ("beta", "kurzy"): 3, ("", "byt"): 3}, TODAY, 3)
    assert [(each.question, each.askings) for each in await unfound.most_asked(3, 10, "alfa")] == [
        ("byt", 3),
        ("kurzy", 3),
    ]
    assert [(each.question, each.askings) for each in await unfound.most_asked(3, 10)] == [
        ("kurzy", 6),
        ("byt", 3),
        ("tajné", 3),
    ]


async def test_what_is_rare_goes_with_its_month_and_all_after_a_year(unfound):
    await unfound.keep({("", "often"): 3, ("", "once"): 1}, date(2025, 10, 31), 3)
    await unfound.keep({("", "now"): 1}, date(2025, 11, 1), 3)
    assert [each.question for each in await unfound.most_asked(1, 10)] == ["often", "now"]
    await unfound.keep({}, date(2026, 11, 1), 3)
    assert await unfound.most_asked(1, 10) == []
