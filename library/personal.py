"""Which personal data a text may hold: numbers, addresses and names that could tell who a person is; pure.

What an organisation publishes of itself is left alone, so that its staff are not shown it again and again: role
mailboxes, landlines and free lines, accounts for gifts, the contact and the authors that the description names.

Birth numbers: Act 133/2000 Sb., section 13, and the Czech Statistical Office's rules of their checksum. Accounts:
Decree 169/2011 Sb.; IBAN: ISO 13616. Bank codes: the list of the Czech National Bank.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from library.entries import about, titles
from library.language import fold
from library.model import Document, Page, Study, Value
from library.personal_words import personal_words

Kind = Literal["birth_number", "passport", "residence_permit", "phone", "email", "bank_account", "name"]
NEAR = 60
"""Characters before a number in which a word says what it is, and around a landline in which one says whose it is."""
MOST = 1_000
"""Findings that are kept of one document: whoever looks through so many will not look through more."""


class PersonalFinding(Value, frozen=True):
    """Something that may be personal data, and where it stands. What it says is masked."""

    kind: Kind
    page: int | None
    """As a reader counts; None: in the description."""
    field: str
    """`text`, or which field of the description."""
    start: int
    """In characters of the page or of the field's text."""
    end: int
    masked: str
    """The first sign of each part; dots for the rest."""
    value: str
    """A digest of what it says, the same wherever the same stands: a person need confirm it once."""


class Place(NamedTuple):
    """A text, and what it is called in a finding."""

    page: int | None
    field: str
    text: str


class Sighted(NamedTuple):
    kind: Kind
    start: int
    end: int


def personal_findings(document: Document, pages: Iterable[Page]) -> tuple[PersonalFinding, ...]:
    """What of the document's text and description may be personal data, in the order in which it stands there; the
    same on one page is named once."""
    places = [*_described(document), *(Place(page.number, "text", page.text) for page in pages)]
    published = _published(document)

    @cache  # a search through all of the text, for which few documents give a reason
    def names_were_changed() -> bool:
        return any(personal_words().changed_names.search(place.text) for place in places)

    found: dict[tuple[Kind, int | None, str, str], PersonalFinding] = {}
    for place in places:
        for each in sighted(place.text):
            written = place.text[each.start : each.end]
            if fold(written) in published:
                continue
            if each.kind == "name" and _is_half_a_name(written) and names_were_changed():
                continue
            value = _digest(each.kind, written)
            finding = PersonalFinding(
                kind=each.kind,
                page=place.page,
                field=place.field,
                start=each.start,
                end=each.end,
                masked=masked(written),
                value=value,
            )
            found.setdefault((each.kind, place.page, place.field, value), finding)
            if len(found) == MOST:
                return tuple(found.values())
    return tuple(found.values())


def sighted(text: str) -> list[Sighted]:
    """What may be personal data in a text, in order; of what overlaps, the surer one."""
    kept: list[Sighted] = []
    looks = (*(_OF_NUMBERS if _LONG_NUMBER.search(text) else ()), *(_OF_WORDS if "@" in text else (_names,)))
    for look in looks:
        for each in look(text):
            if all(each.end <= other.start or other.end <= each.start for other in kept):
                kept.append(each)
    return sorted(kept, key=lambda each: each.start)


def masked(written: str) -> str:
    """So that one who knows it recognises it, and nobody else learns it."""
    return re.sub(r"[^\W_]+", lambda part: part[0][0] + "•" * min(len(part[0]) - 1, 8), written)


def _digest(kind: Kind, written: str) -> str:
    same = re.sub(r"[^\w@]", "", fold(written))
    return hashlib.sha256(f"{kind}:{same}".encode()).hexdigest()[:32]


def _described(document: Document) -> Iterator[Place]:
    # The names of partners, authors and publishers are said in order to be published.
    for each in (*titles(document), *about(document)):
        if each.field != "names":
            yield Place(None, each.field, each.text)


def _published(document: Document) -> frozenset[str]:
    """What the description itself names for everybody to see, folded."""
    names = {document.contact.email, document.contact.role} if document.contact else set()
    if isinstance(document, Study):
        for person in document.authors:
            names |= {person.family, f"{person.given} {person.family}", f"{person.family} {person.given}"}
    return frozenset(map(fold, names - {""}))


def _is_half_a_name(written: str) -> bool:
    """`Olena`, `Olena K.`: where a text says that its names were changed, these are no names."""
    return len(re.findall(r"[^\W\d_]{2,}", written)) < 2  # noqa: PLR2004  # a given name and a family name


# Numbers of people ---------------------------------------------------------------------------------------------------

_BIRTH = re.compile(r"(?<![\d/-])(\d{2})(\d{2})(\d{2})(\s?/\s?|)(\d{3,4})(?![\d/-])")
EVIDENCE_DAY = 40
"""Added to the day in the insurance numbers of foreigners who have no birth number."""
FIRST_WITH_CHECK = 54
"""The year from which birth numbers have ten digits."""


def _birth_numbers(text: str) -> Iterator[Sighted]:
    for found in _BIRTH.finditer(text):
        if personal_words().amount.match(text, found.end()):
            continue
        if is_birth_number(*found.groups()) or (_was_born(*found.groups()[:3]) and _called(text, found)):
            yield Sighted("birth_number", *found.span())


def is_birth_number(year: str, month: str, day: str, slash: str, end: str) -> bool:
    """Whether these parts make a birth number: a date that there was, and from 1954 on a number that eleven divides."""
    if len(end) == 3:  # noqa: PLR2004  # before 1954: no check digit, so the slash has to tell
        return bool(slash) and int(year) < FIRST_WITH_CHECK and end != "000" and _was_a_day(1900, year, month, day)
    century = 1900 if int(year) >= FIRST_WITH_CHECK else 2000
    return _checks(year + month + day + end) and _was_a_day(century, year, month, day)


def _was_born(year: str, month: str, day: str) -> bool:
    return _was_a_day(1900, year, month, day) or _was_a_day(2000, year, month, day)


def _called(text: str, found: re.Match[str]) -> bool:
    """Whether the text calls it a birth number: then one sign may be wrong, as after text recognition."""
    return personal_words().birth.search(text, max(0, found.start() - NEAR), found.start()) is not None


def _checks(digits: str) -> bool:
    number = int(digits)
    if number % 11 == 0:
        return True
    # Until 1985 the rest ten was written as nought.
    return int(digits[:9]) % 11 == 10 and digits[9] == "0"  # noqa: PLR2004


def _was_a_day(century: int, year: str, month: str, day: str) -> bool:
    true_month = next((int(month) - added for added in (70, 50, 20, 0) if int(month) > added), 0)
    true_day = int(day) - (EVIDENCE_DAY if int(day) > EVIDENCE_DAY else 0)
    try:
        date(century + int(year), true_month, true_day)
    except ValueError:
        return False
    return True


_DOCUMENT_NUMBER = re.compile(r"(?<![\w/-])(?:[A-ZА-ЯІЇЄ]{1,3}\s?[№-]?\s?)?\d{6,9}(?![\w/-]|[.,]\d)")
_FILE_NUMBER = re.compile(r"(?<!\w)OAM\s?-\s?\d{2,7}(?:\s?-\s?\d+)?(?:\s?/\s?[A-ZŽ]{2,3})?(?:\s?-\s?[A-Z0-9]+)*(?!\w)")
"""Of the Ministry of the Interior: it names one person's proceedings."""


def _document_numbers(text: str) -> Iterator[Sighted]:
    for found in _FILE_NUMBER.finditer(text):
        yield Sighted("residence_permit", *found.span())
    for found in _DOCUMENT_NUMBER.finditer(text):
        before = text[max(0, found.start() - NEAR) : found.start()]
        passport, permit = _last(personal_words().passport, before), _last(personal_words().permit, before)
        if max(passport, permit) >= 0 and not personal_words().amount.match(text, found.end()):
            yield Sighted("passport" if passport >= permit else "residence_permit", *found.span())


def _last(word: re.Pattern[str], text: str) -> int:
    """Where the word ends last; -1 where it does not stand."""
    return max((found.end() for found in word.finditer(text)), default=-1)


# Accounts ------------------------------------------------------------------------------------------------------------

_ACCOUNT = re.compile(r"(?<![\d/-])(?:(\d{2,6})\s?-\s?)?(\d{5,10})\s?/\s?(\d{4})(?![\d/])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?(?!\w)")
_PREFIX_WEIGHTS = (10, 5, 8, 4, 2, 1)
_ACCOUNT_WEIGHTS = (6, 3, 7, 9, 10, 5, 8, 4, 2, 1)


def _accounts(text: str) -> Iterator[Sighted]:
    for found in _ACCOUNT.finditer(text):
        prefix, number, bank = found.groups()
        if (
            bank in personal_words().banks
            and _weighs(number, _ACCOUNT_WEIGHTS)
            and _weighs(prefix or "", _PREFIX_WEIGHTS)
        ):
            yield from _unless_for_gifts(text, found)
    for found in _IBAN.finditer(text):
        if is_iban(found[0]):
            yield from _unless_for_gifts(text, found)


def _unless_for_gifts(text: str, found: re.Match[str]) -> Iterator[Sighted]:
    if not personal_words().gifts.search(text, max(0, found.start() - 2 * NEAR), found.start()):
        yield Sighted("bank_account", *found.span())


def _weighs(digits: str, weights: Sequence[int]) -> bool:
    padded = digits.zfill(len(weights))
    return sum(int(digit) * weight for digit, weight in zip(padded, weights, strict=True)) % 11 == 0


def is_iban(written: str) -> bool:
    """Whether the check digits of an IBAN are right."""
    sign = re.sub(r"\s", "", written)
    return int("".join(str(int(letter, 36)) for letter in sign[4:] + sign[:4])) % 97 == 1


# Telephones and mailboxes --------------------------------------------------------------------------------------------

_INTERNATIONAL = re.compile(
    r"(?<![\w+])(?:\+|00)(?P<country>420|421|\d{1,3})[\s\u00a0./-]?(?P<rest>\(?\d(?:[\s\u00a0()./-]{0,2}\d){6,11})(?!\d)"
)
_NATIONAL = re.compile(
    r"(?<![\w+.,/-])\d{3}(?P<gap>[\s\u00a0.-]?)\d{3}(?P=gap)\d{3}(?![\w/-]|[.,]\d|[\s\u00a0]\d{3}\b)"
)
_ABROAD = re.compile(
    r"(?<![\w+.,/(-])(?:"
    r"\(?0(?:39|50|6[3678]|7[37]|9[1-9])\)?[\s\u00a0.-]?\d{3}(?:[\s\u00a0.-]?\d{2}){2}"
    r"|09[0145]\d[\s\u00a0./-]\d{3}[\s\u00a0.-]?\d{3}"
    r")(?![\w/-]|[.,]\d)"
)
"""A mobile telephone as it is written in Ukraine (067 123 45 67) and in Slovakia (0905 123 456)."""
_MOBILE = ("6", "7")
_EMAIL = re.compile(r"(?<![\w.+-])[\w+-]+(?:\.[\w+-]+)*@(?:[\w-]+\.)+[^\W\d_]{2,}(?!\w)")


def _telephones(text: str) -> Iterator[Sighted]:
    for found in _INTERNATIONAL.finditer(text):
        digits = re.sub(r"\D", "", found["rest"])
        home = found["country"] in ("420", "421")
        if not home or digits.startswith((*_MOBILE, "9")) or _of_a_case(text, found):
            yield Sighted("phone", *found.span())
    for found in _ABROAD.finditer(text):
        if _says_phone(text, found, in_groups=not found[0].isdecimal()):
            yield Sighted("phone", *found.span())
    for found in _NATIONAL.finditer(text):
        in_groups = bool(found["gap"]) and found[0].startswith(_MOBILE)
        if _says_phone(text, found, in_groups=in_groups) and (found[0].startswith(_MOBILE) or _of_a_case(text, found)):
            yield Sighted("phone", *found.span())


def _says_phone(text: str, found: re.Match[str], *, in_groups: bool) -> bool:
    """Whether digits are a telephone number: no sum, and a mobile one written `in_groups` or one that is called so."""
    if personal_words().amount.match(text, found.end()):
        return False
    return in_groups or personal_words().phone.search(text, max(0, found.start() - NEAR), found.start()) is not None


def _of_a_case(text: str, found: re.Match[str]) -> bool:
    """Landlines are an office's, unless the text speaks of a person."""
    return personal_words().case.search(_lowered(text[max(0, found.start() - NEAR) : found.start()])) is not None


def _mailboxes(text: str) -> Iterator[Sighted]:
    for found in _EMAIL.finditer(text):
        if not is_role_mailbox(found[0]):
            yield Sighted("email", *found.span())


def is_role_mailbox(address: str) -> bool:
    """Whether an address is an office's and no person's: it is called after a task, a place or its own domain, and
    is not at a service where anybody gets one."""
    local, _, domain = fold(address).partition("@")
    if domain in personal_words().free_mail:
        return False
    own = domain.split(".")[:-1]
    parts = [part for part in re.split(r"[._+\d-]+", local) if part]
    return all(_is_role(part, own) for part in parts)


def _is_role(part: str, own: Collection[str]) -> bool:
    words = personal_words()
    return part in own or part in words.role_mailboxes or part.startswith(words.role_mailbox_begins)


# Names ---------------------------------------------------------------------------------------------------------------

_NAME_PART = re.compile(r"(?::|\s\|)?[ \u00a0\n]([^\W\d_]+(?:['’ʼ-][^\W\d_]+)*)(\.?)")
MOST_PARTS = 3
"""Of a name: given name, family name, and one more."""


def _names(text: str) -> Iterator[Sighted]:
    for case in personal_words().case.finditer(_lowered(text)):
        parts = _name_behind(text, case.end())
        if parts and _is_name([part for part, _ in parts]):
            yield Sighted("name", parts[0][1].start, parts[-1][1].stop)


def _lowered(text: str) -> str:
    """In lower case, each sign where it was. A pattern that ignores case takes three times as long."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(sign.lower()[0] for sign in text)


def _name_behind(text: str, place: int) -> list[tuple[str, range]]:
    """The words behind a case word that are written like a name, titles left out, each with where it stands."""
    parts: list[tuple[str, range]] = []
    while len(parts) < MOST_PARTS and (found := _NAME_PART.match(text, place)):
        place = found.end()
        if not parts and found[1].lower() in personal_words().titles:
            continue
        if not found[1][0].isupper():
            break
        parts.append((found[1], range(*found.span(1))))
        if found[2] and len(found[1]) > 1:
            break
    return parts


def _is_name(parts: Sequence[str]) -> bool:
    """Initials alone tell nobody; headings are written in capitals; some words are those of offices and places."""
    whole = [part for part in parts if len(part) > 1]
    return any(not part.isupper() for part in whole) and not any(
        fold(part) in personal_words().no_names for part in whole
    )


_LONG_NUMBER = re.compile(r"\d(?:[\s ./()-]{0,3}\d){5}|OAM")
_OF_NUMBERS: tuple[Callable[[str], Iterator[Sighted]], ...] = (
    _birth_numbers,
    _accounts,
    _document_numbers,
    _telephones,
)
"""The surest first."""
_OF_WORDS: tuple[Callable[[str], Iterator[Sighted]], ...] = (_mailboxes, _names)
