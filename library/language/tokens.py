"""Where the words of a text stand: tokens, and the table of them that is kept beside the text.

A text is analysed once, when it comes in. Indexing, rebuilding, cutting fragments and finding similar documents read
its table.
"""

import re
from collections.abc import Iterator

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.language.fold import fold

# Letters and digits with the combining marks that may follow them; an apostrophe inside a word belongs to it.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670"
_TOKEN = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]+[^\W_]*)*(?:['’ʼ][^\W_{_MARKS}]+)*")

LONGEST_TOKEN = 64
"""Characters of a token that count; what is longer is no word that anybody types."""


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each token begins and ends. The parts of `Praha-Krči`, `326/1999` and `a@b.cz` are tokens of their own:
    whoever asks for the whole asks for the parts side by side."""
    for found in _TOKEN.finditer(text):
        yield found.span()


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


class TokenTable(Struct, frozen=True, eq=False):
    """The tokens of one text in a row: token i is `forms[ids[i]]`, `lengths[i]` characters from `starts[i]` on."""

    forms: tuple[Form, ...]
    ids: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    lengths: NDArray[np.uint16]
    concepts: tuple[Named, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def span(self, token: int) -> tuple[int, int]:
        """Where the token begins and ends, in characters."""
        start = int(self.starts[token])
        return start, start + int(self.lengths[token])

    def encode(self) -> bytes:
        return _encoder.encode(
            _Encoded(
                self.forms,
                self.ids.astype("<u4").tobytes(),
                self.starts.astype("<u4").tobytes(),
                self.lengths.astype("<u2").tobytes(),
                self.concepts,
            )
        )

    @staticmethod
    def decode(blob: bytes) -> "TokenTable":
        encoded = _decoder.decode(blob)
        return TokenTable(
            forms=encoded.forms,
            ids=np.frombuffer(encoded.ids, dtype="<u4"),
            starts=np.frombuffer(encoded.starts, dtype="<u4"),
            lengths=np.frombuffer(encoded.lengths, dtype="<u2"),
            concepts=encoded.concepts,
        )


class _Encoded(Struct, frozen=True, array_like=True):
    forms: tuple[Form, ...]
    ids: bytes
    starts: bytes
    lengths: bytes
    concepts: tuple[Named, ...] = ()


EMPTY_TABLE = TokenTable((), np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint16))

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Encoded)
