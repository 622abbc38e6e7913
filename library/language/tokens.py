"""Where the words of a text stand: tokens, and the table of them that is kept beside the text.

A text is analysed once, when it comes in. Indexing, rebuilding, cutting fragments and finding similar documents read
its table.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.language.fold import fold

# Letters and digits with the combining marks that may follow them; an apostrophe inside a word belongs to it.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670"
# Nothing is ever given back (`+` behind a quantifier): that takes a third of the time.
_TOKEN = re.compile(rf"[^\W_][^\W_{_MARKS}]*+(?:[{_MARKS}]++[^\W_]*+)*+(?:['’ʼ][^\W_{_MARKS}]++)*+")
_APART = re.compile(f"({_TOKEN.pattern})")

LONGEST_TOKEN = 64
"""Characters of a token that count; what is longer is no word that anybody types."""
COMPRESSION = 1
"""Of zlib: half the time of its usual 6, for an eighth more bytes."""


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each token begins and ends. The parts of `Praha-Krči`, `326/1999` and `a@b.cz` are tokens of their own:
    whoever asks for the whole asks for the parts side by side."""
    for found in _TOKEN.finditer(text):
        yield found.span()


def taken_apart(text: str) -> tuple[list[str], NDArray[np.uint32], NDArray[np.uint32]]:
    """The same tokens, at most LONGEST_TOKEN characters of each, where each begins and how long it is. Of a whole page
    this takes a third of the time."""
    parts = _APART.split(text)  # what stands before the first token, the token, what stands before the second
    lengths = np.fromiter(map(len, parts), np.uint32, len(parts))
    tokens, lengths_of_tokens = parts[1::2], lengths[1::2]
    if lengths_of_tokens.max(initial=0) > LONGEST_TOKEN:
        tokens = [token[:LONGEST_TOKEN] for token in tokens]
    return tokens, lengths.cumsum(dtype=np.uint32)[:-1:2], lengths_of_tokens


class Form(Struct, frozen=True):
    """A distinct word of a text: its lower-case form and the lemma keys (`cs:dítě`) under which it is found."""

    form: str
    lemmas: tuple[str, ...]

    @property
    def surface(self) -> str:
        """The form folded."""
        return fold(self.form)


def language_of(key: str) -> str:
    """The language of a lemma key: `cs:dítě` -> `cs`."""
    return key.partition(":")[0]


class Named(Struct, frozen=True, array_like=True):
    """A concept of the thesaurus that stands in a text: its id, and each place as (first token, number of tokens)."""

    concept: str
    places: tuple[tuple[int, int], ...]


class TokenPlaces(Struct, frozen=True, eq=False):
    """Where the tokens of one text stand, and which of them are the same word: token i is `lengths[i]` characters from
    `starts[i]` on, and the form with the number `ids[i]`."""

    ids: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    lengths: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.ids)

    def span(self, token: int) -> tuple[int, int]:
        """Where the token begins and ends, in characters."""
        start = int(self.starts[token])
        return start, start + int(self.lengths[token])

    def spans(self, tokens: Sequence[int]) -> list[tuple[int, int]]:
        """The same of each of these tokens."""
        start, length = self.starts.item, self.lengths.item  # of a few, faster than any slice
        return [(start(token), start(token) + length(token)) for token in tokens]

    @staticmethod
    def decode(blob: bytes) -> "TokenPlaces":
        """Of an encoded table only this: a page of results needs no more, and the words take ten times as long."""
        return _places(_decoder.decode(blob))


def token_places(text: str) -> TokenPlaces:
    """Of a text that was never analysed, as its table has them, without looking any word up."""
    return placed(*taken_apart(text))[1]


def placed(
    tokens: Sequence[str], starts: NDArray[np.uint32], lengths: NDArray[np.uint32]
) -> tuple[Iterable[str], TokenPlaces]:
    """What was taken apart, as different words and where they stand."""
    numbers = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    return numbers, TokenPlaces(
        ids=np.fromiter(map(numbers.__getitem__, tokens), np.uint32, len(tokens)),
        starts=starts,
        lengths=np.minimum(lengths, np.iinfo(np.uint16).max).astype(np.uint16),
    )


class TokenTable(TokenPlaces, frozen=True, eq=False, kw_only=True):
    """The tokens of one text in a row: token i is `forms[ids[i]]`."""

    forms: tuple[Form, ...]
    concepts: tuple[Named, ...] = ()

    def encode(self) -> bytes:
        ends = np.zeros(len(self), np.int64)
        ends[1:] = self.starts[:-1].astype(np.int64) + self.lengths[:-1]
        return _encoder.encode(
            _Encoded(
                zlib.compress(_encoder.encode(self.forms), COMPRESSION),
                _packed(self.ids),
                _packed(self.starts - ends),
                _packed(self.lengths),
                self.concepts,
            )
        )

    @staticmethod
    def decode(blob: bytes) -> "TokenTable":
        encoded = _decoder.decode(blob)
        places = _places(encoded)
        return TokenTable(
            forms=_forms.decode(zlib.decompress(encoded.forms)) if isinstance(encoded.forms, bytes) else encoded.forms,
            ids=places.ids,
            starts=places.starts,
            lengths=places.lengths,
            concepts=encoded.concepts,
        )


class _Encoded(Struct, frozen=True, array_like=True):
    """A table as it is kept: gaps between tokens instead of their starts, and each number in as few bytes as the
    largest of its column needs. Tables of earlier versions have their forms bare, and columns of fixed widths."""

    forms: bytes | tuple[Form, ...]
    ids: bytes
    gaps: bytes
    lengths: bytes
    concepts: tuple[Named, ...] = ()


def _places(encoded: _Encoded) -> TokenPlaces:
    if not isinstance(encoded.forms, bytes):
        columns = (np.frombuffer(encoded.ids, "<u4"), np.frombuffer(encoded.gaps, "<u4"))
        return TokenPlaces(*columns, np.frombuffer(encoded.lengths, "<u2"))
    lengths = _unpacked(encoded.lengths)
    starts = np.cumsum(_unpacked(encoded.gaps), dtype=np.uint32)
    starts[1:] += np.cumsum(lengths[:-1], dtype=np.uint32)
    return TokenPlaces(_unpacked(encoded.ids), starts, lengths.astype(np.uint16))


def _packed(numbers: NDArray[Any]) -> bytes:
    """How many bytes each number takes, and the numbers."""
    largest = int(numbers.max(initial=0))
    width = next(width for width in (1, 2, 4) if largest < 1 << 8 * width)
    return bytes((width,)) + numbers.astype(f"<u{width}").tobytes()


def _unpacked(column: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(column, f"<u{column[0]}", offset=1).astype(np.uint32)


EMPTY_TABLE = TokenTable(
    forms=(), ids=np.empty(0, np.uint32), starts=np.empty(0, np.uint32), lengths=np.empty(0, np.uint16)
)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Encoded)
_forms = msgspec.msgpack.Decoder(tuple[Form, ...])
