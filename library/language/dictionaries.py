"""What the dictionary of a language says of a word, from a file that all processes share.

simplemma has its dictionaries as one stream each, which every process would have to read through at its start: seconds
of processor time and some 100 MB for seven languages. Here each is read through once on a machine and kept as a trie,
of which the system holds in memory what is looked at, once for all processes.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import marisa_trie
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY, DefaultDictionaryFactory

FOLDER = Path(__file__).parent / "__pycache__"
"""Where Python, too, keeps what it can make again."""

_FORMAT = 1


class Dictionary(Protocol):
    def get(self, word: str, /) -> str | None:
        """The dictionary form of a word, written as the dictionary writes it; None for a word that it does not have."""
        ...


class SharedDictionary:
    """A dictionary in a file that is mapped into memory. The file says of a word how many letters to take off its end,
    and what to put there instead."""

    def __init__(self, path: Path) -> None:
        self._endings = marisa_trie.BytesTrie()
        self._endings.mmap(str(path))

    def get(self, word: str, /) -> str | None:
        # The trie takes NUL for the end of its own texts.
        found = None if "\0" in word else self._endings.get(word)
        if not found:
            return None
        cut, *ending = found[0]
        return word[: len(word) - cut] + bytes(ending).decode()


@cache
def dictionary(language: str) -> Dictionary:
    """The dictionary of a language that simplemma has. Where its file can neither be read nor made, simplemma's own."""
    path = _path(language)
    try:
        if not path.exists():
            _make(path, language)
        return SharedDictionary(path)
    except (OSError, subprocess.CalledProcessError):
        return LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary(language)


def write(language: str, path: Path) -> None:
    """Make the file of a language's dictionary. Takes seconds, and for the largest some hundred MB."""
    written = path.with_suffix(".new")
    marisa_trie.BytesTrie(_endings(language)).save(str(written))
    with written.open("rb") as file:
        os.fsync(file.fileno())
    written.replace(path)


def _endings(language: str) -> Iterator[tuple[str, bytes]]:
    for word, lemma in DefaultDictionaryFactory().get_dictionary(language).items():
        alike = next((place for place, pair in enumerate(zip(word, lemma, strict=False)) if pair[0] != pair[1]), None)
        common = min(len(word), len(lemma)) if alike is None else alike
        yield word, bytes([len(word) - common]) + lemma[common:].encode()


def _make(path: Path, language: str) -> None:
    """In a process of its own, which takes with it the memory that it needs; by one process only."""
    path.parent.mkdir(exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        if not path.exists():
            command = [sys.executable, "-m", __name__, language, str(path)]
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own


def _path(language: str) -> Path:
    return FOLDER / f"{language}.{_FORMAT}.simplemma-{version('simplemma')}.trie"


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
