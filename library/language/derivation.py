"""Which words are made from others by rule: the woman's name from the man's, the noun from the verb.

`mediátor` - `mediátorka`, `pracovník` - `pracovnice`, `prodloužit` - `prodloužení`. For Czech and Slovak, whose rules
are regular. Some of what the rules make is no word; nobody wrote it then, and nothing is found by it.
"""

from collections.abc import Iterator

from library.language.token_table import language_of

_PERSONS = {
    "cs": (
        *(("ník", "nice"), ("tel", "telka"), ("ář", "ářka"), ("ař", "ařka"), ("or", "orka"), ("ér", "érka")),
        *(("ant", "antka"), ("ent", "entka"), ("ista", "istka"), ("ec", "ka"), ("ce", "kyně"), ("log", "ložka")),
        *(("an", "anka"), ("át", "átka"), ("ák", "ačka")),
    ),
    "sk": (
        *(("ník", "níčka"), ("teľ", "teľka"), ("ár", "árka"), ("or", "orka"), ("ant", "antka"), ("ent", "entka")),
        *(("ista", "istka"), ("ec", "ka"), ("ca", "kyňa"), ("lóg", "logička"), ("an", "anka")),
    ),
}
_ACTIONS = {
    "cs": (
        ("ovat", "ování"),
        ("nout", "nutí"),
        ("it", "ení"),
        ("ět", "ění"),
        ("et", "ení"),
        ("at", "ání"),
        ("ít", "ití"),
    ),
    "sk": (("ovať", "ovanie"), ("núť", "nutie"), ("iť", "enie"), ("ieť", "enie"), ("ať", "anie")),
}
SHORTEST_STEM = 3
"""Letters that a word and its derivation share at least."""


def derived(key: str) -> Iterator[str]:
    """The keys of words that may be made from this one, or that it may be made from: `cs:lékař` -> `cs:lékařka`."""
    language = language_of(key)
    lemma = key[len(language) + 1 :]
    for one, other in (*_PERSONS.get(language, ()), *_ACTIONS.get(language, ())):
        for ending, instead in ((one, other), (other, one)):
            stem = lemma.removesuffix(ending)
            if stem != lemma and len(stem) >= SHORTEST_STEM:
                yield f"{language}:{stem}{instead}"
