"""What is wrong with a dictionary of forms, by its own evidence.

The dictionaries were put together from several lists, so the forms of one word often have different lemmas in them:
`vyběhneme` belongs to `vyběhnout` and `vyběhnout` to `vybíhat`, `řešen` to `řešený`, `nezletilých` to `zletilý`. And
they miss forms. Words of the same ending show which forms a word must have: where most of them have an `-ovi`, the
others have one too, even if the dictionary lacks it or gives it to another word.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import NamedTuple

from library.language.learning.suffixes import learn
from library.language.lemmas import NEGATIONS, SUPERLATIVES, is_infinitive
from library.language.rules import lemmas_by_rules

Lemmas = dict[str, tuple[str, ...]]
"""Words with their lemmas, the likeliest first, all in lower case."""

LONGEST_ENDING = 3
"""Letters at the end of a lemma by which its like are told."""

FEWEST_ALIKE = 20
"""Lemmas that must share an ending to say which forms are theirs."""

LEAST_SHARE = 0.1
"""Part of the lemmas of an ending that have a form, where it is one of inflection."""

DERIVED_ONCE = 5
"""Lemmas of an ending that have the form as a word of its own, where it is one of derivation."""

DERIVED_SHARE = 0.25
"""Words of their own to one that is none, from which on a form is one of derivation: half of them were overlooked."""

FEWEST_FORMS = 3
"""Forms that a word must have before others are concluded from them."""

FEWEST_NEIGHBOURS = 5
"""Words with the same forms that are needed to conclude from."""

AGREEING = 0.85
"""Part of a word's forms that a neighbour must have too."""

CONVINCED = 0.6
"""Part of the neighbours that have a form before the word is given it."""


class Edit(NamedTuple):
    """How a form is made from its lemma: take `cut` letters off the end, put `add` there."""

    cut: int
    add: str

    def form_of(self, lemma: str) -> str:
        return lemma[: len(lemma) - self.cut] + self.add


ITSELF = Edit(0, "")


def edit_between(lemma: str, form: str) -> Edit:
    same = next((place for place, pair in enumerate(zip(lemma, form, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(lemma), len(form)) if same is None else same
    return Edit(len(lemma) - same, form[same:])


def mended(written: Lemmas, language: str) -> tuple[Lemmas, Lemmas]:
    """The words of the dictionary with their lemmas put right, and words it lacks with theirs."""
    lemmas = _one_infinitive(written) if language == "cs" else dict(written)
    habits = Habits(_paradigms(lemmas))
    lemmas = _with_comparatives(lemmas, language)
    lemmas = _heads_of_their_own(lemmas, habits, language)
    lemmas = _with_superlatives(lemmas, language)
    if language == "cs":
        participles = Participles(lemmas, language)
        lemmas = _with_verbal_nouns(lemmas, participles, language)
        lemmas = _with_participles(lemmas, participles)
    lemmas = _derived_apart(lemmas, habits)
    paradigms = _paradigms(lemmas)
    lacking: dict[str, list[str]] = {}
    for form, lemma in sorted(concluded_forms(paradigms)):
        if habits.derives(lemma, form):
            continue
        if form not in lemmas:
            lacking.setdefault(form, []).append(lemma)
        # `určite` is seldom an imperative: what is a lemma, or has no inflection, is itself.
        elif form not in paradigms and lemma not in lemmas[form] and _negated_alike(form, lemma, language):
            lemmas[form] = (*lemmas[form], lemma)
    return lemmas, {form: tuple(found) for form, found in lacking.items()}


class Habits:
    """Which edits are inflection in words of an ending, and which make new words."""

    def __init__(self, paradigms: Mapping[str, set[str]]) -> None:
        self._alike: dict[str, list[str]] = defaultdict(list)
        self._inflected: dict[str, Counter[Edit]] = defaultdict(Counter)
        self._grown = {lemma for lemma, forms in paradigms.items() if len(forms) >= FEWEST_FORMS}
        self._derived: dict[tuple[str, Edit], int] = {}
        for lemma, forms in paradigms.items():
            endings = [lemma[-length:] for length in range(1, LONGEST_ENDING + 1)]
            edits = [edit_between(lemma, form) for form in forms if form not in paradigms]
            for ending in dict.fromkeys(endings):
                self._alike[ending].append(lemma)
                self._inflected[ending].update(edits)

    def inflects(self, lemma: str, form: str) -> bool:
        """Whether the form looks like an inflection of the lemma."""
        edit, ending = edit_between(lemma, form), self._ending(lemma)
        inflected = self._inflected[ending][edit]
        derived = self._times_derived(ending, edit)
        usual = inflected >= LEAST_SHARE * len(self._alike[ending]) and DERIVED_SHARE * inflected >= derived
        return usual and edit.cut < len(lemma) - 1

    def derives(self, lemma: str, form: str) -> bool:
        """Whether the form looks like a word of its own that was made from the lemma."""
        edit, ending = edit_between(lemma, form), self._ending(lemma)
        derived = self._times_derived(ending, edit)
        longer = len(form) >= len(lemma) and edit != ITSELF
        return longer and derived >= DERIVED_ONCE and derived > DERIVED_SHARE * self._inflected[ending][edit]

    def makes(self, lemma: str, head: str) -> bool:
        """Whether words of their own are made from such lemmas as this one was."""
        return self._times_derived(self._ending(lemma), edit_between(lemma, head)) > 1

    def _times_derived(self, ending: str, edit: Edit) -> int:
        """How many lemmas of the ending have a form so made that has forms itself."""
        asked = ending, edit
        if asked not in self._derived:
            made = ((lemma, edit.form_of(lemma)) for lemma in self._alike[ending] if edit.cut < len(lemma))
            self._derived[asked] = sum(form != lemma and form in self._grown for lemma, form in made)
        return self._derived[asked]

    def _ending(self, lemma: str) -> str:
        endings = (lemma[-length:] for length in range(LONGEST_ENDING, 1, -1))
        return next((ending for ending in endings if len(self._alike[ending]) >= FEWEST_ALIKE), lemma[-1:])


def concluded_forms(paradigms: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Forms with the lemma that must have them, since its neighbours do."""
    alike: dict[str, list[str]] = defaultdict(list)
    for lemma in paradigms:
        alike[lemma[-LONGEST_ENDING:]].append(lemma)
    for members in alike.values():
        if len(members) >= FEWEST_NEIGHBOURS:
            yield from _concluded({lemma: _edits(lemma, paradigms[lemma]) for lemma in members})


def _edits(lemma: str, forms: set[str]) -> set[Edit]:
    edits = {edit_between(lemma, form) for form in forms} | {ITSELF}
    return {edit for edit in edits if edit.cut < len(lemma) - 1 or edit == ITSELF}


def _concluded(edits_of: Mapping[str, set[Edit]]) -> Iterator[tuple[str, str]]:
    counted = Counter(edit for edits in edits_of.values() for edit in edits)
    usual = {
        edit: place for place, edit in enumerate(edit for edit in sorted(counted) if counted[edit] >= FEWEST_NEIGHBOURS)
    }
    # As bits of a number, sets are compared fast enough to compare each word with each.
    bits = {lemma: sum(1 << usual[edit] for edit in edits & usual.keys()) for lemma, edits in edits_of.items()}
    kinds = Counter(bits.values())

    @cache
    def further(own: int) -> tuple[Edit, ...]:
        count = own.bit_count()
        if count < FEWEST_FORMS:
            return ()
        near = [
            (kind, number)
            for kind, number in kinds.items()
            if kind.bit_count() >= count and (kind & own).bit_count() >= AGREEING * count
        ]
        weight = sum(number for _, number in near)
        if weight < FEWEST_NEIGHBOURS:
            return ()
        having = {edit: sum(number for kind, number in near if kind >> place & 1) for edit, place in usual.items()}
        return tuple(
            edit for edit, place in usual.items() if not own >> place & 1 and having[edit] >= CONVINCED * weight
        )

    for lemma, own in bits.items():
        for edit in further(own):
            yield edit.form_of(lemma), lemma


def _paradigms(lemmas: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """The forms of each lemma."""
    paradigms: dict[str, set[str]] = defaultdict(set)
    for form, found in lemmas.items():
        for lemma in found:
            paradigms[lemma].add(form)
    return dict(paradigms)


def _one_infinitive(lemmas: Lemmas) -> Lemmas:
    """`pomoct` and `pomoci` are one word."""
    heads = {lemma for found in lemmas.values() for lemma in found}
    twins = {head: head[:-1] + "i" for head in heads if head.endswith("ct") and head[:-1] + "i" in heads}
    return {form: _distinct(twins.get(lemma, lemma) for lemma in found) for form, found in lemmas.items()}


def _with_comparatives(lemmas: Lemmas, language: str) -> Lemmas:
    """`staršímu` is a form of `starý`, as `starší` is."""
    superlative = SUPERLATIVES[language]
    compared = {form for form in lemmas if form.endswith(("ší", "ший")) and superlative + form in lemmas}
    positive = {
        form: tuple(lemma for lemma in lemmas[form] if lemma.endswith(("ý", "í", "y", "ий", "ій")) and lemma != form)
        for form in compared
    }
    return {
        form: _distinct(lemma for head in heads for lemma in positive.get(head, ()) or (head,))
        for form, heads in lemmas.items()
    }


def _with_superlatives(lemmas: Lemmas, language: str) -> Lemmas:
    """`nejdražšímu` has the lemmas of `dražšímu`."""
    superlative = SUPERLATIVES[language]
    return {
        form: lemmas.get(form.removeprefix(superlative), heads) if heads[0].startswith(superlative) else heads
        for form, heads in lemmas.items()
    }


def _heads_of_their_own(lemmas: Lemmas, habits: Habits, language: str) -> Lemmas:
    """A word that is the lemma of others is its own lemma, and has another one only where it may be a form of that."""
    found = dict(lemmas)
    for head, forms in _paradigms(lemmas).items():
        if head in lemmas and lemmas[head] != (head,):
            grown = len(forms) >= FEWEST_FORMS
            others = (lemma for lemma in lemmas[head] if _may_have(lemma, head, habits, language, grown=grown))
            found[head] = _distinct((head, *others))
    return found


def _may_have(lemma: str, head: str, habits: Habits, language: str, *, grown: bool) -> bool:
    """Whether a word that is a lemma may be a form of another one."""
    if is_infinitive(lemma, language) and (is_infinitive(head, language) or _is_verbal_noun(head, (lemma,), language)):
        return False
    if grown and head[-1] == "í" and lemma == head[:-1] + "ý":  # `zdraví` is no plural of `zdravý`
        return False
    if habits.inflects(lemma, head):
        return True
    unlike = head[:2] != lemma[:2] or 2 * edit_between(lemma, head).cut > len(lemma)
    return not (unlike or habits.makes(lemma, head) or habits.makes(head, lemma))


def _with_verbal_nouns(lemmas: Lemmas, verbs_of: "Participles", language: str) -> Lemmas:
    """`doučování` is a word of its own, whatever forms of it the dictionary has, and `vyhoštění` no plural."""
    found = dict(lemmas)
    for form, heads in lemmas.items():
        if _is_verbal_noun(form, heads, language):
            found[form] = _distinct((form, *(lemma for lemma in heads if not is_infinitive(lemma, language))))
        elif form.endswith(("ání", "ení", "ění")) and heads == (form[:-1] + "ý",) and verbs_of.short(form[:-1]):
            found[form] = (form,)
    return found


def _is_verbal_noun(form: str, lemmas: tuple[str, ...], language: str) -> bool:
    if language != "cs":
        return False
    # `změní` ends like one and is a form of `změnit`.
    verbs = [lemma for lemma in lemmas if is_infinitive(lemma, language)]
    return form.endswith(("ání", "ení", "ění", "tí")) and any(not verb.startswith(form[:-1]) for verb in verbs)


def _derived_apart(lemmas: Lemmas, habits: Habits) -> Lemmas:
    """`uprchlice` is no form of `uprchlík`, though the dictionary has no other form of it."""
    paradigms = _paradigms(lemmas)
    return {
        form: (form,) if len(found) == 1 and form not in paradigms and habits.derives(found[0], form) else found
        for form, found in lemmas.items()
    }


class Participles:
    """Of which verbs short participles are forms: `řešen` of `řešit`, though the dictionary says `řešený`."""

    def __init__(self, lemmas: Lemmas, language: str) -> None:
        self._verbs = {head for heads in lemmas.values() for head in heads if is_infinitive(head, language)}
        pairs = [
            (form, head)
            for form, heads in lemmas.items()
            for head in heads
            if head in self._verbs and form.endswith(("án", "en", "ěn", "ut", "it", "át", "at")) and form != head
        ]
        self._rules = learn(pairs, language)
        self._language = language

    def short(self, participle: str) -> tuple[str, ...]:
        """The verb of a participle without ending."""
        likely = lemmas_by_rules(participle, self._language, self._rules)
        return tuple(islice((lemma for lemma in likely if lemma in self._verbs), 1))

    def verbs(self, form: str, lemmas: tuple[str, ...]) -> tuple[str, ...]:
        """The verb of a short participle that the dictionary has for a form of a long one."""
        stem = form[:-1] if form[-1] in "aoiy" else form
        long = {stem + "ý", stem[:-2] + "aný" if stem.endswith("án") else ""}
        return self.short(stem) if long.issuperset(lemmas) else ()


def _with_participles(lemmas: Lemmas, verbs_of: Participles) -> Lemmas:
    return {form: verbs_of.verbs(form, heads) or heads for form, heads in lemmas.items()}


def _negated_alike(form: str, lemma: str, language: str) -> bool:
    negation = NEGATIONS.get(language, "\0")
    return is_infinitive(lemma, language) or form.startswith(negation) == lemma.startswith(negation)


def _distinct(lemmas: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lemmas))
