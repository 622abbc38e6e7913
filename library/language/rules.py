"""What the lemma of a word that no dictionary knows is likely to be: by the suffixes it has that have rules.

The rules are learnt from a dictionary by learning/: one set for words as they stand in texts, one for folded words. A
rule says what goes off the end of a word and what comes there instead; some also take a prefix (`nej-`, `ge-`) off.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from library.language.fold import fold

DATA = Path(__file__).parent / "data"

LONGEST_SUFFIX = 10
"""Letters of the longest suffix that a rule looks at."""

PREFIXES = {"cs": "nej", "sk": "naj", "pl": "naj", "uk": "най", "ru": "наи", "de": "ge"}
"""What stands at the front of superlatives and participles but not of their lemmas."""

FOLDED_LANGUAGES = ("cs", "sk", "pl", "de")
"""Languages whose folded words need rules of their own; Russian ones are alike but for ё, Ukrainian ones for ґ."""

PLAIN, PREFIXED, NOUN = "plain", "prefixed", "noun"


class Rule(NamedTuple):
    """Take `drop` letters off the front and `cut` off the end, then put `add` there."""

    drop: int
    cut: int
    add: str

    def lemma_of(self, word: str) -> str:
        return word[self.drop : len(word) - self.cut] + self.add


Rules = dict[str, dict[str, tuple[Rule, ...]]]
"""By shape and suffix: the rules for words of that shape that end so, the most likely first."""


def shape(word: str, language: str) -> str:
    """The kind of word that has rules of its own: a German noun, known by its capital; what begins with the language's
    prefix; anything else."""
    if language == "de" and word[0].isupper():
        return NOUN
    return PREFIXED if word.lower().startswith(PREFIXES.get(language, "\0")) else PLAIN


def likely_lemmas(word: str, language: str) -> Iterator[str]:
    """The lemmas, in lower case, that rules have for a word as it stands in a text: those of its longest suffix first,
    then those of shorter ones."""
    return lemmas_by_rules(word, language, read_rules(f"{language}.rules"))


def lemmas_by_rules(word: str, language: str, rules: Rules) -> Iterator[str]:
    lowered = word.lower()
    found = (
        rule.lemma_of(lowered) for each in _by_suffix(lowered, rules.get(shape(word, language), {})) for rule in each
    )
    yield from dict.fromkeys(found)


def likely_folded_lemmas(surface: str, language: str) -> tuple[str, ...]:
    """The likely lemmas, folded, of a folded word, the most likely first."""
    rules = read_rules(f"{language}.folded.rules" if language in FOLDED_LANGUAGES else f"{language}.rules")
    # Whoever types a German noun without its umlauts does without its capital too.
    shapes = (NOUN, shape(surface, language)) if language == "de" else (shape(surface, language),)
    found = (rule for shape in shapes for rule in next(_by_suffix(surface, rules.get(shape, {})), ()))
    return tuple(dict.fromkeys(fold(rule.lemma_of(surface)) for rule in found))


def _by_suffix(word: str, rules: Mapping[str, tuple[Rule, ...]]) -> Iterator[tuple[Rule, ...]]:
    # Something of the word must be left of the suffix, or every rule could swallow a short word whole.
    for length in range(min(LONGEST_SUFFIX, len(word) - 1), -1, -1):
        if found := rules.get(word[len(word) - length :]):
            yield found


@lru_cache
def read_rules(name: str) -> Rules:
    """The rules of a file in data/. A line has a shape, alternatives (`drop,cut,add`) and the suffixes they are for."""
    return rules_from_text((DATA / name).read_text(encoding="utf-8"))


def rules_from_text(text: str) -> Rules:
    rules: Rules = {}
    for line in text.splitlines():
        shape, alternatives, suffixes = line.split("\t")
        found = tuple(_rule(alternative) for alternative in alternatives.split(" "))
        rules.setdefault(shape, {}).update(dict.fromkeys(suffixes.split(" "), found))
    return rules


def text_of_rules(rules: Rules) -> str:
    lines: dict[tuple[str, tuple[Rule, ...]], list[str]] = {}
    for shape, by_suffix in rules.items():
        for suffix, found in by_suffix.items():
            lines.setdefault((shape, found), []).append(suffix)
    return "".join(
        f"{shape}\t{' '.join(f'{rule.drop},{rule.cut},{rule.add}' for rule in found)}\t{' '.join(sorted(suffixes))}\n"
        for (shape, found), suffixes in sorted(lines.items())
    )


@cache
def _rule(alternative: str) -> Rule:
    drop, cut, add = alternative.split(",")
    return Rule(int(drop), int(cut), add)
