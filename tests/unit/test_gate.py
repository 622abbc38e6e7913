"""When a document may become public, and what a person's word is worth."""

from datetime import UTC, date, datetime

import pytest

from library.gate import Gate, GateRecord, all_confirmed, keep, pass_gate, seen
from library.model import PersonalDataCheck, Visibility
from library.personal import personal_findings
from tests.builders import a_practice, pages_of

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
FOUND = personal_findings(a_practice(), pages_of("Mobil 777 123 456."))
MORE = personal_findings(a_practice(), pages_of("Mobil 777 123 456, také 602 345 678."))


def checked(result) -> PersonalDataCheck:
    return PersonalDataCheck(by="Eva", on=date(2025, 5, 5), result=result)


def test_what_has_nothing_in_it_becomes_public_and_says_who_looked():
    passed = pass_gate(a_practice(), (), None, NOW)
    assert passed.document.visibility is Visibility.PUBLIC
    assert passed.document.personal_data_check == PersonalDataCheck(by="library", on=NOW.date(), result="none found")


def test_what_may_hold_personal_data_stays_with_the_members():
    passed = pass_gate(a_practice(), FOUND, None, NOW)
    assert (passed.document.visibility, passed.record.held) == (Visibility.MEMBERS, True)
    assert passed.document.personal_data_check is None


@pytest.mark.parametrize("result", ["none found", "removed"])
def test_that_there_is_none_is_disproved_by_what_is_found(result):
    assert pass_gate(a_practice(personal_data_check=checked(result)), FOUND, None, NOW).record.held


@pytest.mark.parametrize("result", ["consent given", "not personal"])
def test_whoever_hands_it_in_may_say_that_it_may_be_there(result):
    passed = pass_gate(a_practice(personal_data_check=checked(result)), FOUND, None, NOW)
    assert (passed.document.visibility, passed.vouched) == (Visibility.PUBLIC, True)


def test_the_same_word_said_again_does_not_hold_for_another_text():
    said = a_practice(personal_data_check=checked("not personal"))
    first = pass_gate(said, FOUND, None, NOW).record
    assert pass_gate(said, FOUND, first, NOW).document.visibility is Visibility.PUBLIC
    second = pass_gate(said, MORE, first, NOW)
    assert second.document.visibility is Visibility.MEMBERS
    assert pass_gate(said, MORE, second.record, NOW).record.held
    assert len(second.record.unconfirmed) == 1


def test_what_a_person_has_looked_at_needs_no_second_look():
    record = all_confirmed(GateRecord(checked=NOW, findings=MORE, held=True))
    assert not record.held
    assert pass_gate(a_practice(), FOUND, record, NOW).document.visibility is Visibility.PUBLIC


def test_other_findings_are_seen_otherwise():
    records = [GateRecord(checked=NOW, findings=findings) for findings in (FOUND, MORE)]
    assert seen(records[0]) != seen(records[1])


async def test_a_record_comes_out_as_it_was_kept(database):
    gate = Gate(database)
    assert await gate.record("p1") is None
    record = GateRecord(checked=NOW, findings=MORE, held=True, confirmed=frozenset({"a"}), said=checked("removed"))
    await database.write(lambda writing: keep(writing, "p1", record))
    assert await gate.record("p1") == record
    await database.write(lambda writing: keep(writing, "p1", all_confirmed(record)))
    assert not (await gate.record("p1")).held
