"""How rules for the ends of words (rules.py) are learnt from words with their lemmas."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from library.language.lemmas import SHORTEST_GUESS
from library.language.rules import LONGEST_SUFFIX, PREFIXES, Rule, Rules, shape

ALTERNATIVES = 3
"""Rules that a suffix may have."""

LEAST_SHARE = 0.1
"""The part of a suffix's words that a second rule must be right for to stand beside the first."""

TRUST = 10
"""Words of a suffix that weigh as much as what the shorter suffix says."""

LEAST_WORDS = 2
"""Words that a suffix needs to say anything."""

FAINT = 0.02
"""Below this share a rule of the shorter suffix is forgotten, if no word of the longer one has it."""


Pair = tuple[str, str]
"""A form, with its capitals, and its lemma."""


def learn(pairs: Iterable[Pair], language: str, least_share: float = LEAST_SHARE) -> Rules:
    """The rules that get most of the pairs right."""
    samples: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
    for form, lemma in pairs:
        if len(form) >= SHORTEST_GUESS:
            samples[shape(form, language)].append((form.lower(), _rule_between(form.lower(), lemma.lower(), language)))
    return {shape: _suffix_rules(samples[shape], least_share) for shape in sorted(samples)}


def _rule_between(form: str, lemma: str, language: str) -> Rule:
    prefix = PREFIXES.get(language, "\0")
    drop = len(prefix) if form.startswith(prefix) and not lemma.startswith(prefix) else 0
    rest = form[drop:]
    same = next((place for place, pair in enumerate(zip(rest, lemma, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(rest), len(lemma)) if same is None else same
    return Rule(drop, len(rest) - same, lemma[same:])


def _suffix_rules(samples: list[tuple[str, Rule]], least_share: float) -> dict[str, tuple[Rule, ...]]:
    rules: dict[str, tuple[Rule, ...]] = {}
    shorter: dict[str, dict[Rule, float]] = {}
    for length in range(LONGEST_SUFFIX + 1):
        counts: dict[str, Counter[Rule]] = defaultdict(Counter)
        for form, rule in samples:
            counts[form[len(form) - length :]][rule] += 1
        shares = {
            suffix: _shares(counted, shorter.get(suffix[1:], {}) if length else {})
            for suffix, counted in counts.items()
            if counted.total() >= LEAST_WORDS
        }
        for suffix, shared in shares.items():
            best = _best(shared, length, least_share)
            if best and best != _inherited(suffix, rules):
                rules[suffix] = best
        # Where all words of a suffix agree, no longer suffix can say more.
        mixed = {suffix for suffix, counted in counts.items() if len(counted) > 1}
        samples = [
            (form, rule) for form, rule in samples if len(form) > length + 1 and form[len(form) - length :] in mixed
        ]
        shorter = shares
    return rules


def _shares(counted: Mapping[Rule, int], shorter: Mapping[Rule, float]) -> dict[Rule, float]:
    """The part of a suffix's words that each rule is right for; where they are few, the shorter suffix has a say."""
    trust = TRUST if shorter else 0
    total = sum(counted.values()) + trust
    heard = counted.keys() | {rule for rule, share in shorter.items() if share > FAINT}
    return {rule: (counted.get(rule, 0) + trust * shorter.get(rule, 0.0)) / total for rule in heard}


def _best(shares: Mapping[Rule, float], length: int, least_share: float) -> tuple[Rule, ...]:
    """The most frequent rules that cut no more than the suffix."""
    ranked = sorted((-share, rule) for rule, share in shares.items() if rule.cut <= length)
    return tuple(
        rule for place, (share, rule) in enumerate(ranked[:ALTERNATIVES]) if not place or -share >= least_share
    )


def _inherited(suffix: str, rules: Mapping[str, tuple[Rule, ...]]) -> tuple[Rule, ...]:
    shorter = (suffix[start:] for start in range(1, len(suffix) + 1))
    return next((rules[ending] for ending in shorter if ending in rules), ())
