"""Documents of real text: what Debian packages on this machine ship in Czech and English, cut to 300 words each.

Manual pages, documentation as plain text, and the Czech translations of programs' messages, which are most of the Czech
that a bare machine has. Nothing is fetched; what is found differs from machine to machine, so its size is told.
"""

import gzip
import re
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path

from library.language.tokens import spans
from tests.bench.corpus import LANGUAGES, ORGANISATIONS, TOPICS, WORDS, Generated

ENGLISH = ("/usr/share/man/man*/*", "/usr/share/doc/*/*.txt", "/usr/share/doc/*/*.txt.gz", "/usr/share/doc/*/README*")
CZECH = ("/usr/share/man/cs/man*/*", "/usr/share/gnupg/*.cs.txt", "/usr/share/doc/*/cs/*.txt")
CZECH_MESSAGES = "/usr/share/locale/cs/LC_MESSAGES/*.mo"
LARGEST = 2_000_000
"""Bytes of a file that is read."""
_MO = 0x950412DE
"""With which a file of compiled translations begins (GNU gettext manual, section 10.3)."""
_ROFF = re.compile(r"^[.'].*$|\\f.|\\[-&e|^ ]|\\\(..", re.MULTILINE)


def documents(most: int) -> list[Generated]:
    """So many at most; half of them Czech as far as there is so much."""
    czech = list(islice(_cut(chain(_read(CZECH), _messages()), "cs"), most // 2))
    english = list(islice(_cut(_read(ENGLISH), "en"), most - len(czech)))
    return [_document(number, language, words) for number, (language, words) in enumerate([*czech, *english])]


def _document(number: int, language: str, words: Sequence[str]) -> Generated:
    return Generated(
        id=f"r{number:06}",
        text=" ".join(words),
        topic=f"topic{number * number % TOPICS}",
        language=language if number % len(LANGUAGES) else "uk",
        year=2000 + number % 26,
        organisation=f"org{number % ORGANISATIONS}",
        visibility="members" if number % 10 == 0 else "public",
        added=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
    )


def _cut(texts: Iterator[str], language: str) -> Iterator[tuple[str, list[str]]]:
    waiting: list[str] = []
    for text in texts:
        waiting += (text[start:end] for start, end in spans(text))
        while len(waiting) >= WORDS:
            yield language, waiting[:WORDS]
            del waiting[:WORDS]


def _read(patterns: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(Path("/").glob(pattern.lstrip("/"))):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
                found = path.read_bytes()
                text = (gzip.decompress(found) if path.suffix == ".gz" else found).decode("utf-8", "ignore")
                yield _ROFF.sub(" ", text)


def _messages() -> Iterator[str]:
    """What programs say in Czech."""
    for path in sorted(Path("/").glob(CZECH_MESSAGES.lstrip("/"))):
        content = path.read_bytes()
        magic, _, count, _, table = struct.unpack_from("<5I", content)
        if magic == _MO:
            places = [struct.unpack_from("<2I", content, table + 8 * number) for number in range(count)]
            yield "\n".join(content[at : at + length].decode("utf-8", "ignore") for length, at in places[1:])
