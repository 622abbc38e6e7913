"""The words beside which numbers and names are personal data, and those beside which they are not."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from msgspec import Struct


class PersonalWords(Struct, frozen=True):
    """What `personal_words.toml` says, ready to be looked for."""

    case: re.Pattern[str]
    """Of texts in lower case."""
    birth: re.Pattern[str]
    titles: frozenset[str]
    no_names: frozenset[str]
    changed_names: re.Pattern[str]
    phone: re.Pattern[str]
    amount: re.Pattern[str]
    passport: re.Pattern[str]
    permit: re.Pattern[str]
    gifts: re.Pattern[str]
    banks: frozenset[str]
    free_mail: frozenset[str]
    role_mailbox_begins: tuple[str, ...]
    role_mailboxes: frozenset[str]


@cache
def personal_words() -> PersonalWords:
    listed: dict[str, list[str]] = tomllib.loads(
        files("library").joinpath("personal_words.toml").read_text(encoding="utf-8")
    )
    return PersonalWords(
        case=re.compile(_whole(listed["case"])),
        birth=re.compile("|".join(listed["birth"]), re.IGNORECASE),
        titles=frozenset(listed["titles"]),
        no_names=frozenset(listed["no_names"]),
        changed_names=re.compile("|".join(listed["changed_names"]), re.IGNORECASE),
        phone=re.compile(_whole(listed["phone"]), re.IGNORECASE),
        amount=re.compile(rf"\s*(?:{'|'.join(listed['amount'])})", re.IGNORECASE),
        passport=re.compile(_whole(listed["passport"]), re.IGNORECASE),
        permit=re.compile(_whole(listed["permit"]), re.IGNORECASE),
        gifts=re.compile(_whole(listed["gifts"]), re.IGNORECASE),
        banks=frozenset(listed["banks"]),
        free_mail=frozenset(listed["free_mail"]),
        role_mailbox_begins=tuple(listed["role_mailbox_begins"]),
        role_mailboxes=frozenset(listed["role_mailboxes"]),
    )


def _whole(words: Iterable[str]) -> str:
    """A pattern of whole words."""
    endings = (word.replace("…", r"[^\W\d_]*") for word in words)
    return rf"(?<!\w)(?:{'|'.join(endings)})(?!\w)"
