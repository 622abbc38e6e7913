"""Which everyday words belong together: by part of speech within a language, and from one language to another.

The families stand in `families/*.txt`, one a line, the words of each language between bars, in the order of LANGUAGES.
The thesaurus has the terms of the field; these are the ordinary words around them.
"""

from collections.abc import Iterator
from importlib.resources import files

LANGUAGES = ("cs", "en", "uk", "sk", "pl", "ru", "de")

Family = tuple[tuple[str, str], ...]
"""Pairs of a language (ISO 639-1) and a word of it, in its dictionary form."""


def families() -> Iterator[Family]:
    """Every family, read anew at each call. Raises ValueError for a line that has not one column a language."""
    folder = files("library.vocabulary") / "families"
    themes = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda theme: theme.name)
    lines = (line for theme in themes for line in theme.read_text(encoding="utf-8").splitlines())
    return (tuple(_members(line)) for line in lines if line and not line.startswith("#"))


def _members(line: str) -> Iterator[tuple[str, str]]:
    for language, column in zip(LANGUAGES, line.split("|"), strict=True):
        for word in filter(None, map(str.strip, column.split(","))):
            yield language, word
