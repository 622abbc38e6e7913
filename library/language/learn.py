"""How the files in data/ were learnt: `python -m library.language.learn` writes them anew from simplemma's dictionaries.

`python -m library.language.learn measure` says how good the rules are: they are learnt without a tenth of the lemmas and
asked for the forms of those, and so is simplemma's own guessing.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from zlib import crc32

from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY, DictionaryFactory

from library.language.fold import fold
from library.language.lemmas import LEMMA_LANGUAGES, SHORTEST_GUESS
from library.language.rules import DATA, LONGEST_SUFFIX, PREFIXES, Rule, Rules, shape, write_rules
from library.language.spellings import MAP_BITS, bit, grams

LEAST_SUPPORT = 2
"""Words that a suffix needs before it has a rule of its own."""

LEAST_SHARE = 0.2
"""The part of a suffix's words that a second rule must be right for to stand beside the first."""

RARE_LETTER = 0.001
"""A letter in a smaller part of the words came with a foreign one: `ö` in Czech."""

HIDDEN = 10
"""One lemma in so many is kept from the learner when it is measured."""

Pairs = list[tuple[str, str]]
"""Forms with their lemmas."""


def dictionary_pairs(language: str) -> Pairs:
    """The words of simplemma's dictionary with their lemmas, as they are written there."""
    words = LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary(language)
    return [(form, lemma) for form, lemma in words.items() if form.isalpha() and lemma.isalpha()]


def learn(pairs: Iterable[tuple[str, str]], language: str, alternatives: int) -> Rules:
    """The rules that get most of the pairs right, with up to so many alternatives each. Forms keep their capitals."""
    samples: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
    for form, lemma in pairs:
        if len(form) >= SHORTEST_GUESS:
            samples[shape(form, language)].append((form.lower(), _rule_between(form.lower(), lemma.lower(), language)))
    return {shape: _suffix_rules(samples[shape], alternatives) for shape in samples}


def _rule_between(form: str, lemma: str, language: str) -> Rule:
    prefix = PREFIXES.get(language, "\0")
    drop = len(prefix) if form.startswith(prefix) and not lemma.startswith(prefix) else 0
    rest = form[drop:]
    same = next((place for place, pair in enumerate(zip(rest, lemma, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(rest), len(lemma)) if same is None else same
    return Rule(drop, len(rest) - same, lemma[same:])


def _suffix_rules(samples: list[tuple[str, Rule]], alternatives: int) -> dict[str, tuple[Rule, ...]]:
    rules: dict[str, tuple[Rule, ...]] = {}
    for length in range(LONGEST_SUFFIX + 1):
        counts: dict[str, Counter[Rule]] = defaultdict(Counter)
        for form, rule in samples:
            counts[form[len(form) - length :]][rule] += 1
        for suffix, counted in counts.items():
            best = _best(counted, length, alternatives)
            if best and best != _inherited(suffix, rules):
                rules[suffix] = best
        # Where all words of a suffix agree, no longer suffix can say more.
        mixed = {suffix for suffix, counted in counts.items() if len(counted) > 1}
        samples = [sample for sample in samples if len(sample[0]) > length + 1 and sample[0][len(sample[0]) - length :] in mixed]
    return rules


def _best(counted: Counter[Rule], length: int, alternatives: int) -> tuple[Rule, ...]:
    """The most frequent rules that cut no more than the suffix."""
    enough = max(LEAST_SUPPORT, 0)
    ranked = sorted((-count, rule) for rule, count in counted.items() if rule.cut <= length and count >= enough)
    least = LEAST_SHARE * counted.total()
    return tuple(rule for place, (count, rule) in enumerate(ranked[:alternatives]) if place == 0 or -count >= least)


def _inherited(suffix: str, rules: Mapping[str, tuple[Rule, ...]]) -> tuple[Rule, ...]:
    shorter = (suffix[start:] for start in range(1, len(suffix) + 1))
    return next((rules[ending] for ending in shorter if ending in rules), ())
