"""What staff are told of the files that they handed in, in words that need no technical training.

One data file a language, `cs.toml`, `en.toml`, `uk.toml`, with the same keys in each; details.py has what is known more
exactly.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from library.errors import LibraryError, Reason
from library.words.details import in_words_of

LANGUAGES = ("cs", "en", "uk")
DEFAULT = "en"
_PLACE = re.compile(r"(?P<field>\w+)(?:\[(?P<row>\d+)\])?(?:\.(?P<part>.+))?")


class Failure(Struct, frozen=True):
    """What is said of a file that was not taken in."""

    what: str
    cure: str


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is said in one language."""

    language: str
    standing: Mapping[str, str]
    """By the state of a job, or by its step while it is being worked on."""
    report: Mapping[str, str]
    kind: Mapping[str, str]
    """Of what may be personal data, and of how two documents are alike."""
    field: Mapping[str, str]
    """What a field of a document is called, by its name in a description."""
    failure: Mapping[str, Failure]
    """By the code of an error."""
    reason: Mapping[str, str]
    """Why a field of a description, or a cell of a table, was refused; by the reason's code."""

    def of_failure(self, code: str) -> Failure:
        """What is said of this code, or of any failure where it has no words of its own."""
        return self.failure.get(code, self.failure["extraction-failed"])

    def why(self, code: str, detail: str) -> str:
        """What is said of this code, with what the library knows more exactly; without a code only that."""
        exactly = self.of_detail(detail)
        if not code:
            return exactly
        what = self.of_failure(code).what
        return f"{what} ({exactly})" if exactly else what

    def of_detail(self, sentence: str) -> str:
        """What the library says more exactly of a file, a job or a command; in English where it has no words for it."""
        return in_words_of(self.language, sentence)

    def of_error(self, error: LibraryError) -> str:
        """Which fields were refused and why; what the error says, where it is about no fields."""
        return self.of_reasons(error.reasons) or self.of_detail(error.detail)

    def of_reason(self, reason: Reason) -> str:
        """Why a field was refused; in English where the reason has no code."""
        return self.reason[reason.code].format_map(dict(reason.values)) if reason.code else reason.reason

    def of_reasons(self, reasons: Iterable[Reason]) -> str:
        """All of them, each after what it is about."""
        return "; ".join(f"{self.of_place(each.name)}: {self.of_reason(each)}" for each in reasons)

    def of_place(self, name: str) -> str:
        """Where in a description something stands, as a reason names it (`authors[0].family`): with what that is
        called, and as it is written there; values are counted from 1."""
        found = _PLACE.fullmatch(name)
        if found is None or found["field"] not in self.field:
            return name
        called, row = self.field[found["field"]], found["row"]
        value = self.report["value"].format(number=int(row) + 1) if row else ""
        written = ", ".join(filter(None, (found["field"], value, found["part"])))
        return written if called == found["field"] else f"{called} ({written})"

    def of_fields(self, names: Iterable[str]) -> str:
        """What these fields are called, one after the other."""
        return ", ".join(self.field[name] for name in names)

    def of_step(self, step: str, page: int, pages: int) -> str:
        if page and f"{step}_page" in self.standing:
            return self.standing[f"{step}_page"].format(page=page, pages=pages)
        return self.standing[step]


def words(language: str) -> Words:
    """What is said in this language, or in English where it is none of ours."""
    return _read(language if language in LANGUAGES else DEFAULT)


def because(name: str, code: str, **values: object) -> Reason:
    """The reason with this code why a field of a body is refused; it says itself in English."""
    filled = tuple((blank, str(value)) for blank, value in values.items())
    return Reason(name, "body", _read(DEFAULT).reason[code].format_map(dict(filled)), code, filled)


@cache
def _read(language: str) -> Words:
    written = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.convert({**tomllib.loads(written), "language": language}, Words)
