"""Which concepts of the thesaurus stand in a text, and which ones typed words name.

A concept stands where one of its labels does, in any inflection: labels and texts are compared by lemma keys. Where
labels overlap the longest counts. A text is held against the labels of its own language, and against abbreviations
(OMJ, EAL) of any; typed words against all labels at once, diacritics or not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from itertools import chain, count, pairwise
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.language.fold import fold
from library.language.lemmas import LEMMA_LANGUAGES
from library.language.memo import Memo
from library.language.token_table import Form, Named
from library.language.tokens import Apart, spans
from library.vocabulary.thesaurus import concepts

Keys = frozenset[str]
"""Under which one token may be compared: lemma keys (`cs:dítě`), and `=` with a word as it stands."""

FormOf = Callable[[str, str], Form]
"""A word and its language -> its form."""


class Branch(NamedTuple):
    """A place in the tree of labels: where the next tokens lead, and the concepts whose labels end here."""

    further: dict[str, "Branch"]
    concepts: list[str]


class Standing(NamedTuple):
    """Concepts that stand together in so many tokens from `first` on."""

    first: int
    length: int
    concepts: tuple[str, ...]


class InLabels(NamedTuple):
    """What words are to labels, each at its number."""

    begun: NDArray[np.object_]
    """Which labels a word begins: a LabelBegun, or None."""
    is_one: NDArray[np.bool_]
    """Whether it is a label by itself."""
    next_words: NDArray[np.uint64]
    """With which words those that it begins go on: a few bits for them, which any other word may share."""
    as_next: NDArray[np.uint64]
    """By which bits it is among them."""


def named_in(texts: Apart, bounds: NDArray[np.intp], labels: InLabels) -> list[tuple[Named, ...]]:
    """The concepts that stand in each of the texts that stand side by side, by where its tokens begin, and the end."""
    # Most that begin with a usual word do not go on: `v`, of `v tísni`.
    words = texts.words
    goes_on = np.zeros(len(words) + 1, np.bool_)
    np.not_equal(labels.next_words.take(words[:-1]) & labels.as_next.take(words[1:]), 0, out=goes_on[1:-1])
    goes_on[bounds] = False  # no label goes on in the next text
    goes_on = goes_on[1:]
    firsts = (goes_on | labels.is_one.take(words)).nonzero()[0]
    begun = labels.begun.take(words.take(firsts)).tolist()
    begins = list(zip(firsts.tolist(), begun, goes_on.take(firsts).tolist(), strict=True))
    of_texts = pairwise(firsts.searchsorted(bounds).tolist())
    return [
        _named(texts, begins[some:behind], begin, end)
        for (some, behind), (begin, end) in zip(of_texts, pairwise(bounds.tolist()), strict=True)
    ]


def _named(
    texts: Apart, begins: "Sequence[tuple[int, LabelBegun | None, bool]]", begin: int, end: int
) -> tuple[Named, ...]:
    """What stands in one of them: at which tokens labels begin, which these are, and whether they go on."""
    places: dict[str, list[tuple[int, int]]] = {}
    behind = begin
    for first, begun, more in begins:
        if first < behind:
            continue
        here, token = begun, first
        found: tuple[str, ...] = ()
        while here is not None:
            token += 1
            if here.concepts:
                found, behind = here.concepts, token
            here = here.after[texts.lexicon.word(texts.words.item(token))] if more and token < end else None
        for concept in found:
            places.setdefault(concept, []).append((first - begin, behind - first))
    return tuple([Named(concept, tuple(places[concept])) for concept in sorted(places)])


def named_by(tokens: Sequence[Keys], form_of: FormOf) -> Iterator[Standing]:
    """The concepts that typed tokens name, from left to right. Keys of lemmas and words are folded."""
    tree = _tree_of_all(form_of)
    behind = 0
    for first, keys in enumerate(tokens):
        found = _longest(_branches(tree, keys), iter(tokens[first + 1 :]), first) if first >= behind else None
        if found is not None:
            behind = first + found.length
            yield found


class LabelBegun:
    """Where some tokens of a label lead to."""

    def __init__(self, branches: tuple[Branch, ...], keys: Mapping[str, Keys]) -> None:
        self.concepts = tuple(sorted({concept for branch in branches for concept in branch.concepts}))
        """Those whose label ends here."""
        self.after: Memo[str, LabelBegun | None] = Memo(
            lambda word: _begun([to for branch in branches for to in _branches(branch, keys[word])], keys)
        )
        """Where a word leads to; None where no label goes on with it."""


def _begun(branches: Sequence[Branch], keys: Mapping[str, Keys]) -> LabelBegun | None:
    return LabelBegun(tuple(branches), keys) if branches else None


@cache
def in_labels(language: str, form_of: FormOf) -> Callable[[Form], tuple[LabelBegun | None, bool, int, int]]:
    """What a form in a text in this language is to its labels, as InLabels has it: most are nothing to them."""
    tree = _tree_of(language, form_of)
    keys: Memo[str, Keys] = Memo(lambda word: _keys_of_form(form_of(word, language)))
    bits = {key: 1 << hash(key) % 64 for branch in tree.further.values() for key in branch.further}

    def what_it_is(form: Form) -> tuple[LabelBegun | None, bool, int, int]:
        own = _keys_of_form(form)
        branches = _branches(tree, own)
        begun = _begun(branches, keys)
        as_next = reduce(or_, [bits[key] for key in own & bits.keys()], 0)
        if begun is None:
            return None, False, 0, as_next
        next_words = reduce(or_, [bits[key] for branch in branches for key in branch.further], 0)
        return begun, bool(begun.concepts), next_words, as_next

    return what_it_is


def _keys_of_form(form: Form) -> Keys:
    return frozenset((*form.lemmas, f"={form.form}", f"={form.surface}"))


def _branches(branch: Branch, keys: Keys) -> tuple[Branch, ...]:
    return tuple(further for key in keys if (further := branch.further.get(key)) is not None)


def _longest(branches: Sequence[Branch], tokens: Iterator[Keys], first: int) -> Standing | None:
    """What stands from token `first` on, which leads to these branches; `tokens` are those behind it."""
    longest = None
    for length in count(1):
        ended = {concept for branch in branches for concept in branch.concepts}
        if ended:
            longest = Standing(first, length, tuple(sorted(ended)))
        keys = next(tokens, None) if any(branch.further for branch in branches) else None
        if keys is None:
            return longest
        branches = [further for branch in branches for further in _branches(branch, keys)]
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
    root = Branch({}, [])
    for concept, keys in labels:
        branch = root
        for key in keys:
            branch = branch.further.get(key) or branch.further.setdefault(key, Branch({}, []))
        if concept not in branch.concepts:
            branch.concepts.append(concept)
    return root
