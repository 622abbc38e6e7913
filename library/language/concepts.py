"""Which concepts of the thesaurus stand in a text, and which ones typed words name.

A concept stands where one of its labels does, in any inflection: labels and texts are compared by lemma keys. Where
labels overlap the longest counts. A text is held against the labels of its own language, and against abbreviations
(OMJ, EAL) of any; typed words against all labels at once, diacritics or not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.language.fold import fold
from library.language.lemmas import LEMMA_LANGUAGES
from library.language.tokens import Form, Named, spans
from library.vocabulary.thesaurus import concepts

Keys = frozenset[str]
"""Under which one token may be compared: lemma keys (`cs:dítě`), and `=` with a word as it stands."""

FormOf = Callable[[str, str], Form]
"""A word and its language -> its form."""


class Branch(NamedTuple):
    """A place in the tree of labels: where the next tokens lead, and the concepts whose labels end here."""

    further: dict[str, "Branch"]
    concepts: set[str]


class Standing(NamedTuple):
    """Concepts that stand together in so many tokens from `first` on."""

    first: int
    length: int
    concepts: tuple[str, ...]


def named_in(forms: Sequence[Form], ids: NDArray[np.uint32], language: str, form_of: FormOf) -> tuple[Named, ...]:
    """The concepts that stand in a text of these tokens: token i is `forms[ids[i]]`."""
    tree = _tree_of(language, form_of)
    begins = np.array([_begins(form, tree.further) for form in forms], bool)
    if not begins.any():
        return ()
    tokens = ids.tolist()
    places: dict[str, list[tuple[int, int]]] = {}
    behind = 0
    for first in np.flatnonzero(begins[ids]).tolist():
        if first < behind:
            continue
        onwards = (keys_of_form(forms[tokens[place]]) for place in range(first, len(tokens)))
        found = _longest(tree, onwards, first)
        if found is not None:
            behind = first + found.length
            for concept in found.concepts:
                places.setdefault(concept, []).append((first, found.length))
    return tuple(Named(concept, tuple(places[concept])) for concept in sorted(places))


def named_by(tokens: Sequence[Keys], form_of: FormOf) -> Iterator[Standing]:
    """The concepts that typed tokens name, from left to right. Keys of lemmas and words are folded."""
    tree = _tree_of_all(form_of)
    behind = 0
    for first in range(len(tokens)):
        found = _longest(tree, iter(tokens[first:]), first) if first >= behind else None
        if found is not None:
            behind = first + found.length
            yield found


def _begins(form: Form, further: Mapping[str, Branch]) -> bool:
    """Whether some label begins with the form; of most forms no more need be known. Asked of every word of every text,
    so it makes nothing that it can do without."""
    for lemma in form.lemmas:
        if lemma in further:
            return True
    if "=" + form.form in further:
        return True
    surface = form.surface
    return surface != form.form and "=" + surface in further


def keys_of_form(form: Form) -> Keys:
    return frozenset((*form.lemmas, f"={form.form}", f"={form.surface}"))


def _longest(tree: Branch, tokens: Iterator[Keys], first: int) -> Standing | None:
    branches = [tree]
    longest = None
    for length, keys in enumerate(tokens, 1):
        branches = [further for branch in branches for key in keys if (further := branch.further.get(key)) is not None]
        if not branches:
            break
        ended = {concept for branch in branches for concept in branch.concepts}
        if ended:
            longest = Standing(first, length, tuple(sorted(ended)))
    return longest


@cache
def _tree_of(language: str, form_of: FormOf) -> Branch:
    """The labels of one language, and the abbreviations of others that are no words of it."""
    own = ((concept, text) for concept, spoken, text in _labels() if spoken == language)
    foreign = ((concept, text) for concept, spoken, text in _labels() if spoken != language and text.isupper())
    strange = ((concept, text) for concept, text in foreign if not form_of(text.lower(), language).lemmas)
    return _tree(
        (concept, [_key(form) for form in _forms(text, language, form_of)]) for concept, text in chain(own, strange)
    )


@cache
def _tree_of_all(form_of: FormOf) -> Branch:
    return _tree(
        (concept, _folded_keys(_forms(text, language, form_of), language)) for concept, language, text in _labels()
    )


def _folded_keys(forms: Sequence[Form], language: str) -> list[str]:
    # One syllable without its tone marks is some word of some language: a single one must be typed with them.
    if language not in LEMMA_LANGUAGES and len(forms) == 1:
        return [f"={forms[0].form}"]
    return [fold(_key(form)) for form in forms]


def _key(form: Form) -> str:
    return form.lemmas[0] if form.lemmas else f"={form.form}"


def _labels() -> Iterator[tuple[str, str, str]]:
    """Concept, language, label."""
    for concept in concepts().values():
        for language, labels in concept.labels.items():
            for text in labels:
                yield concept.id, language, text


def _forms(text: str, language: str, form_of: FormOf) -> list[Form]:
    return [form_of(text[start:end], language) for start, end in spans(text)]


def _tree(labels: Iterable[tuple[str, Sequence[str]]]) -> Branch:
    root = Branch({}, set())
    for concept, keys in labels:
        branch = root
        for key in keys:
            branch = branch.further.setdefault(key, Branch({}, set()))
        branch.concepts.add(concept)
    return root
