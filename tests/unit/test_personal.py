"""Which personal data is found in a text, measured on two sets of sentences of our own: personal_texts.toml, which the
rules were tuned on, and personal_texts_unseen.toml, which is the one to report."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from library.model import Contact, Person
from library.personal import is_birth_number, is_iban, is_role_mailbox, masked, personal_findings, sighted
from tests.builders import a_practice, a_study, pages_of

MARKED = re.compile(r"\{(\w+)\|([^}]*)\}")
TEXTS = tomllib.loads(Path(__file__).with_name("personal_texts.toml").read_text(encoding="utf-8"))
UNSEEN = tomllib.loads(Path(__file__).with_name("personal_texts_unseen.toml").read_text(encoding="utf-8"))


def marked(sentence: str) -> tuple[str, set[tuple[str, str]]]:
    """The sentence without its marks, and what they mark."""
    return MARKED.sub(r"\2", sentence), set(MARKED.findall(sentence))


def found_in(text: str) -> set[tuple[str, str]]:
    return {(each.kind, text[each.start : each.end]) for each in sighted(text)}


def shares(sentences: list[str]) -> dict[str, tuple[int, int, int]]:
    """Kind -> how many were marked, how many of them were found, how many were found in all."""
    wanted, right, all_found = Counter(), Counter(), Counter()
    for sentence in sentences:
        text, marks = marked(sentence)
        found = found_in(text)
        wanted.update(kind for kind, _ in marks)
        right.update(kind for kind, _ in marks & found)
        all_found.update(kind for kind, _ in found)
    return {kind: (wanted[kind], right[kind], all_found[kind]) for kind in wanted | all_found}


@pytest.mark.parametrize("group", TEXTS)
def test_nearly_all_that_is_marked_is_found_and_little_else(group):
    counts = shares(TEXTS[group])
    wanted, right, found = (sum(each) for each in zip(*counts.values(), strict=True))
    assert right / wanted >= 0.95, counts
    assert right / found >= 0.85, counts  # half of the sentences are traps


@pytest.mark.parametrize(
    ("group", "of_all", "of_found"),
    [("numbers", 22 / 23, 22 / 23), ("contacts", 1, 1), ("names", 9 / 15, 9 / 11)],
)
def test_of_sentences_that_no_rule_was_tuned_on_no_less_is_found_than_was_measured(group, of_all, of_found):
    wanted, right, found = (sum(each) for each in zip(*shares(UNSEEN[group]).values(), strict=True))
    assert right / wanted >= of_all
    assert right / found >= of_found


@pytest.mark.parametrize(
    ("written", "why_not"),
    [
        ("850212/6469", "eleven does not divide it"),
        ("850231/6460", "there was no such day"),
        ("851312/6464", "there is no such month"),
        ("485213123", "nine digits without a slash may be anything"),
        ("560212/123", "nine digits were for those born before 1954"),
    ],
)
def test_what_only_looks_like_a_birth_number_is_none(written, why_not):
    assert found_in(f"Viz {written} tamtéž.") == set(), why_not


@pytest.mark.parametrize("month", ["02", "52", "22", "72"])
def test_women_and_later_numbers_have_months_of_their_own(month):
    ending = next(f"{number:04}" for number in range(10_000) if int(f"05{month}12{number:04}") % 11 == 0)
    assert is_birth_number("05", month, "12", "/", ending)


def test_the_rest_ten_was_written_as_nought():
    assert is_birth_number("78", "01", "23", "/", "3540")
    assert int("780123354") % 11 == 10


def test_an_iban_has_check_digits():
    assert is_iban("CZ65 0800 0000 1920 0014 5399")
    assert not is_iban("CZ66 0800 0000 1920 0014 5399")


@pytest.mark.parametrize("address", ["info@alfa.example", "pravni.poradna@alfa.example", "alfa@alfa.example"])
def test_mailboxes_of_tasks_are_nobodys(address):
    assert is_role_mailbox(address)


@pytest.mark.parametrize("address", ["info.olena@alfa.example", "info@gmail.com", "novakova@alfa.example"])
def test_mailboxes_of_people_are_theirs(address):
    assert not is_role_mailbox(address)


def test_a_finding_says_where_it_stands_and_does_not_repeat_it():
    page = "Klientka Olena Kovalenko, r. č. 926103/1186."
    name, number = personal_findings(a_practice(), pages_of("Nic.", page))
    assert [(each.kind, each.page) for each in (name, number)] == [("name", 2), ("birth_number", 2)]
    assert page[number.start : number.end] == "926103/1186"
    assert (name.masked, number.masked) == ("O•••• K••••••••", "9•••••/1•••")


def test_the_same_on_a_page_is_named_once_and_on_each_page_that_has_it():
    found = personal_findings(a_practice(), pages_of("Tel. 777 123 456, 777123456.", "Tel. 777 123 456."))
    assert [each.page for each in found] == [1, 2]
    assert len({each.value for each in found}) == 1


def test_the_description_is_looked_through_too():
    (found,) = personal_findings(a_practice(summary={"cs": "Paní Marie Dvořáková vypráví."}), [])
    assert (found.kind, found.page, found.field) == ("name", None, "summary")


def test_the_contact_and_the_authors_have_published_themselves():
    contact = Contact(role="coordinator", email="svobodova@alfa.example")
    assert personal_findings(a_practice(contact=contact), pages_of("Pište na svobodova@alfa.example.")) == ()
    study = a_study(authors=(Person(family="Hladíková", given="Ester"),))
    assert personal_findings(study, pages_of("Píše paní Ester Hladíková.")) == ()


@pytest.mark.parametrize(
    "says", ["Jména klientek byla změněna.", "All names have been changed.", "Імена змінено.", "Mená sme zmenili."]
)
def test_where_names_were_changed_half_names_are_none_and_whole_ones_are(says):
    text = "Klientka Marie přišla. Klientka Marie Dvořáková přišla."
    found = personal_findings(a_practice(), pages_of(f"{text} {says}"))
    assert [each.masked for each in found] == [masked("Marie Dvořáková")]


if __name__ == "__main__":
    for group, sentences in TEXTS.items():
        print(group, shares(sentences))
        for sentence in sentences:
            text, marks = marked(sentence)
            if marks != found_in(text):
                print("   ", sentence, "missed", marks - found_in(text), "false", found_in(text) - marks)
