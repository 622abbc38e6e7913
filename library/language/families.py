"""Which other words somebody may mean who types one: of another part of speech, or of another language."""

from collections.abc import Iterable, Mapping
from functools import cache

from library.language.concepts import FormOf, Keys
from library.language.derivation import derived
from library.language.fold import fold
from library.language.tokens import spans
from library.vocabulary.families import families

Members = tuple[str, ...]
"""A family as the lemma keys of its words."""


def relatives(lemmas: Iterable[str], keys: Keys, form_of: FormOf) -> tuple[str, ...]:
    """The lemma keys of all who are in a family with one of these lemma keys or folded keys."""
    of_key = _families_of(form_of)
    members = {member for key in keys for family in of_key.get(key, ()) for member in family}
    members.update(member for lemma in lemmas for member in derived(lemma))
    return tuple(sorted(member for member in members if fold(member) not in keys))


@cache
def _families_of(form_of: FormOf) -> Mapping[str, tuple[Members, ...]]:
    """The families of a folded key."""
    found: dict[str, tuple[Members, ...]] = {}
    for family in families():
        members = tuple(dict.fromkeys(_keys(family, form_of)))
        for folded in set(map(fold, members)):
            found[folded] = (*found.get(folded, ()), members)
    return found


def _keys(family: Iterable[tuple[str, str]], form_of: FormOf) -> list[str]:
    # A term of two words (town hall) has no key of its own.
    single = ((language, word) for language, word in family if len(list(spans(word))) == 1)
    return [key for language, word in single for key in form_of(word, language).lemmas]
