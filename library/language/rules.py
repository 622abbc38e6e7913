"""What the lemma of a word that no dictionary knows is likely to be: by the longest of its suffixes that has a rule.

The rules are learnt from a dictionary by learn.py: one set for words as they stand in texts, one for folded words. A
rule says what goes off the end of a word and what comes there instead; some also take a prefix (`nej-`, `ge-`) off.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"

LONGEST_SUFFIX = 10
"""Letters of the longest suffix that a rule looks at."""

PREFIXES = {"cs": "nej", "sk": "naj", "pl": "naj", "uk": "най", "ru": "наи", "de": "ge"}
"""What stands at the front of superlatives and participles but not of their lemmas."""

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


def guess(word: str, language: str) -> str | None:
    """The most likely lemma, in lower case, of a word as it stands in a text; None where no rule fits."""
    lowered = word.lower()
    found = _longest(lowered, read_rules(f"{language}.rules").get(shape(word, language), {}))
    return found[0].lemma_of(lowered) if found else None


def folded_guesses(surface: str, language: str) -> tuple[str, ...]:
    """The likely lemmas, folded, of a folded word, the most likely first."""
    rules = read_rules(f"{language}.folded.rules")
    # A person who types a German noun without its umlauts does without its capital too.
    shapes = (NOUN, shape(surface, language)) if language == "de" else (shape(surface, language),)
    found = (rule for shape in shapes for rule in _longest(surface, rules.get(shape, {})))
    return tuple(dict.fromkeys(rule.lemma_of(surface) for rule in found))


def _longest(word: str, rules: dict[str, tuple[Rule, ...]]) -> tuple[Rule, ...]:
    # Something of the word must be left of the suffix, or every rule could swallow a short word whole.
    for length in range(min(LONGEST_SUFFIX, len(word) - 1), -1, -1):
        if found := rules.get(word[len(word) - length :]):
            return found
    return ()


@lru_cache
def read_rules(name: str) -> Rules:
    """The rules of a file in data/. A line holds a shape, alternatives (`drop,cut,add`) and the suffixes they are for."""
    rules: Rules = {}
    for line in (DATA / name).read_text().splitlines():
        shape, alternatives, suffixes = line.split("\t")
        found = tuple(_rule(alternative) for alternative in alternatives.split(" "))
        rules.setdefault(shape, {}).update(dict.fromkeys(suffixes.split(" "), found))
    return rules


def write_rules(name: str, rules: Rules) -> None:
    lines: dict[tuple[str, tuple[Rule, ...]], list[str]] = {}
    for shape, by_suffix in rules.items():
        for suffix, found in by_suffix.items():
            lines.setdefault((shape, found), []).append(suffix)
    text = "".join(
        f"{shape}\t{' '.join(f'{rule.drop},{rule.cut},{rule.add}' for rule in found)}\t{' '.join(sorted(suffixes))}\n"
        for (shape, found), suffixes in sorted(lines.items())
    )
    (DATA / name).write_text(text)


def _rule(alternative: str) -> Rule:
    drop, cut, add = alternative.split(",")
    return Rule(int(drop), int(cut), add)
