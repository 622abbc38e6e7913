"""The table of a text's tokens that is kept beside the text.

A text is analysed once, when it comes in. Indexing, rebuilding, cutting fragments and finding similar documents read
its table.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.language.fold import fold
from library.language.memo import Memo
from library.language.tokens import Apart, taken_apart

_LONGEST_NOTED = np.uint32(np.iinfo(np.uint16).max)


class Form(Struct, frozen=True, cache_hash=True):
    """A distinct word of a text: its lower-case form and the lemma keys (`cs:dítě`) under which it is found."""

    form: str
    lemmas: tuple[str, ...]

    @property
    def surface(self) -> str:
        """The form folded."""
        return fold(self.form)


class WrittenForms:
    """Forms as a table keeps them, of which each is read when it is asked for: most never are."""

    def __init__(self, written: bytes, numbered: "Numbered | None" = None) -> None:
        self.written = written
        self.numbered = numbered
        """None where they were looked up by another process, or long ago."""

    def __len__(self) -> int:
        return self.written.count(b"\n") if self.numbered is None else len(self.numbered.words)

    def __iter__(self) -> Iterator[Form]:
        form_of, lines = self._read()
        return map(form_of.__getitem__, lines)

    def __getitem__(self, number: int) -> Form:
        (form,) = self.at([number])
        return form

    def at(self, numbers: Iterable[int]) -> list[Form]:
        """Some of them, by their numbers. All are taken apart for it, and nothing of that is kept."""
        form_of, lines = self._read()
        return [form_of[lines[number]] for number in numbers]

    def __reduce__(self) -> tuple[Callable[..., "WrittenForms"], tuple[bytes]]:
        return WrittenForms, (self.written,)

    def _read(self) -> tuple["Memo[bytes, Form]", list[bytes]]:
        first, *lines = self.written.split(b"\n")
        return _forms_of_lines(first.removeprefix(_LINES).decode()), lines


Forms = tuple[Form, ...] | WrittenForms


class Numbered(NamedTuple):
    """By which numbers forms can be told apart that were looked up in the same lexicon, in the same language: those of
    their words. One form may have several, a number is always of one form."""

    lexicon: int
    """Its id: many words are in one, and tables outlast it."""
    language: str
    words: NDArray[np.uint32]


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
    (apart,) = taken_apart([text])
    whole = placed(apart, [0, len(apart.words)])
    return TokenPlaces(whole.ids, whole.starts, whole.lengths)


class Placed(NamedTuple):
    """Texts that stand side by side, as TokenPlaces has one, but that `ids` are counted through all of them."""

    different: NDArray[np.uint32]
    """The words of each that are different, by their numbers, in the order in which they come."""
    bounds: list[int]
    """Where those of each begin, and the end."""
    ids: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    lengths: NDArray[np.uint16]


def placed(texts: Apart, bounds: Sequence[int]) -> Placed:
    """Texts that stand side by side, by where the tokens of each begin, and the end."""
    words = texts.words
    places = np.arange(len(words), dtype=np.uint32)
    first = np.empty(len(texts.lexicon), np.uint32)
    first_of = np.empty(len(words), np.uint32)
    for begin, end in pairwise(bounds):
        of_text = words[begin:end]
        first[of_text[::-1]] = places[begin:end][::-1]  # of several, what is written last stays
        first.take(of_text, out=first_of[begin:end], mode="clip")  # other modes write into an array of their own before
    is_first = first_of == places
    before = np.zeros(len(words) + 1, np.uint32)  # how many are the first of their text
    is_first.cumsum(out=before[1:])
    return Placed(
        different=words[is_first],
        bounds=before.take(bounds).tolist(),
        ids=before.take(first_of),
        starts=texts.starts,
        lengths=np.minimum(texts.lengths, _LONGEST_NOTED).astype(np.uint16),
    )


class TokenTable(TokenPlaces, frozen=True, eq=False, kw_only=True):
    """The tokens of one text in a row: token i is `forms[ids[i]]`."""

    forms: Forms
    concepts: tuple[Named, ...] = ()

    def encode(self) -> bytes:
        gaps = self.starts.copy()
        gaps[1:] -= self.starts[:-1] + self.lengths[:-1]
        forms = self.forms.written if isinstance(self.forms, WrittenForms) else _written(self.forms)
        encoded = _Encoded(forms, _packed(self.ids), _packed(gaps), _packed(self.lengths), self.concepts)
        return _encoder.encode(encoded)

    @staticmethod
    def decode(blob: bytes) -> "TokenTable":
        encoded = _decoder.decode(blob)
        places = _places(encoded)
        return TokenTable(
            forms=_forms_of(encoded.forms),
            ids=places.ids,
            starts=places.starts,
            lengths=places.lengths,
            concepts=encoded.concepts,
        )


class _Encoded(Struct, frozen=True, array_like=True):
    """A table as it is kept: gaps between tokens instead of their starts, and each number in as few bytes as the
    largest of its column needs. Tables of earlier versions have their forms compressed, or bare and then columns of
    fixed widths."""

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
    largest = numbers.max(initial=0)
    width = 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4
    return _WIDTHS[width] + numbers.astype(_NUMBERS[width]).tobytes()


def _unpacked(column: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(column, _NUMBERS[column[0]], offset=1).astype(np.uint32)


# Forms ---------------------------------------------------------------------------------------------------------------

_LINES = b"1"
"""With which written forms begin: behind it the language of their lemmas, then a line for each. Those of an earlier
version begin with zlib's `x`."""
_WHOLE = "/"
"""Before a lemma key that stands there as it is. Other lemmas are what is to be done to the form: the character that is
so many behind this one says how many to take off its end, and what follows is put there instead."""


def _written(forms: Sequence[Form]) -> bytes:
    language = next((language_of(form.lemmas[0]) for form in forms if form.lemmas), "")
    return written_forms((written_form(form, language) for form in forms), language)


def _forms_of(kept: bytes | tuple[Form, ...]) -> Forms:
    if isinstance(kept, bytes):
        return WrittenForms(kept) if kept.startswith(_LINES) else _forms.decode(zlib.decompress(kept))
    return kept


@lru_cache(maxsize=32)
def _forms_of_lines(language: str) -> Memo[bytes, Form]:
    return Memo(partial(_form, language=language))


def written_forms(written: Iterable[bytes], language: str) -> bytes:
    """Forms as a table keeps them that has its lemmas in this language, of each of which that is known."""
    return b"\n".join((_LINES + language.encode(), *written))


def written_form(form: Form, language: str) -> bytes:
    """One of them."""
    return "\t".join((form.form, *(_ending(form.form, key, language) for key in form.lemmas))).encode()


def _form(line: bytes, language: str) -> Form:
    form, *endings = line.decode().split("\t")
    return Form(form, tuple(_lemma(form, ending, language) for ending in endings))


def _ending(form: str, key: str, language: str) -> str:
    if language_of(key) != language:
        return _WHOLE + key
    lemma = key.removeprefix(f"{language}:")
    common = len(os.path.commonprefix((form, lemma)))  # noqa: RUF071  # character by character is what is wanted
    return chr(ord(_WHOLE) + 1 + len(form) - common) + lemma[common:]


def _lemma(form: str, ending: str, language: str) -> str:
    if ending.startswith(_WHOLE):
        return ending.removeprefix(_WHOLE)
    cut = ord(ending[0]) - ord(_WHOLE) - 1
    return f"{language}:{form[: len(form) - cut]}{ending[1:]}"


EMPTY_TABLE = TokenTable(
    forms=(), ids=np.empty(0, np.uint32), starts=np.empty(0, np.uint32), lengths=np.empty(0, np.uint16)
)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Encoded)
_forms = msgspec.msgpack.Decoder(tuple[Form, ...])
_WIDTHS = {width: bytes((width,)) for width in (1, 2, 4)}
_NUMBERS = {width: np.dtype(f"<u{width}") for width in _WIDTHS}
