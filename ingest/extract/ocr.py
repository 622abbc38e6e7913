"""From the picture of a page to its text, and how sure that is: Tesseract, with the language files of the system.

Nothing is loaded before the first page needs it. Where the language is not known, a first page is read in all served
languages at once and, once that has told its language, in this one alone; what is surer is kept. The pages behind
are read in the language found, and in all again where they do not seem to be in it: pages of one file may differ.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from ingest.extract.contract import Limits
from library.errors import NeedsOcr
from library.language import language_by_function_words
from library.model import SURE_OCR

try:
    import tesserocr
except ImportError:  # a machine for which nobody built it
    tesserocr = None

LANGUAGE_FILES = {
    "cs": "ces", "uk": "ukr", "en": "eng", "sk": "slk", "ru": "rus", "de": "deu", "pl": "pol", "vi": "vie",
    "fr": "fra", "es": "spa", "ar": "ara",
}  # fmt: skip
"""ISO 639-1 -> what Tesseract calls the file of the language."""
SERVED = ("cs", "uk", "en", "sk", "ru", "de", "pl", "vi")
"""Languages that a page may be in where nobody has said which."""
FOLDERS = (
    *("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata"),
    *("/usr/share/tessdata", "/usr/share/tesseract/tessdata", "/usr/local/share/tessdata"),
)
"""Where systems keep language files: Debian, then others."""
_NO_DOUBT = 0.93
"""Mean confidence that a page reaches only in its own language: measured, 99 % of its letters are right."""
_LEAST = 0.35
"""Mean confidence below which nothing is believed."""
_FEWEST_LETTERS = 3
_DIRECTION = "osd"
"""The file that tells which way up a page is."""
_SUFFIX = ".traineddata"
_WITH_DIRECTION = 1
"""Tesseract's page segmentation mode 1: lines and columns found by itself, the page turned as it needs to be. The
default mode reads a page that lies on its side as fluent nonsense."""
_LSTM_ONLY = 1
_AGAIN = "then `good-practice-ingest retry --code needs-ocr`"
_VARIABLES = {
    # Lines whose letters are much less high than the gaps count as specks: 1.25 loses whole lines of clean print.
    "textord_min_linesize": "2.5",
}


class Picture(Struct, frozen=True):
    """A page as one byte of grey a pixel, rows one after the other."""

    pixels: bytes
    width: int
    height: int
    stride: int
    """Bytes from one row to the next."""
    dpi: int


class Recognised(Struct, frozen=True):
    """What was read from a picture."""

    text: str
    confidence: float
    """Mean over the words, from 0 to 1."""
    language: str = ""
    """In which most of its letters were read, ISO 639-1."""

    @property
    def is_text(self) -> bool:
        """False for what is found in photographs and drawings."""
        return self.confidence >= _LEAST and sum(map(str.isalpha, self.text)) >= _FEWEST_LETTERS

    @property
    def weight(self) -> float:
        """What is compared: many sure letters are better than few."""
        return self.confidence * len(self.text)


class Recogniser:
    """Reads the pages of one file. `spoken`: the languages that its owner said it is in, ISO 639-1."""

    def __init__(self, spoken: Sequence[str], limits: Limits) -> None:
        self._seconds = limits.ocr_seconds
        self._folders = folders(limits)
        self._found = tuple(language for language in spoken if language in LANGUAGE_FILES)
        self._engines: dict[tuple[str, ...], Any] = {}

    def read(self, picture: Picture) -> Recognised:
        """The text of one page; empty where it takes too long. Raises NeedsOcr where a language file that this needs
        is not on the machine."""
        read = self._read(picture, self._found) if self._found else None
        if read is not None and self._believes(read):
            return read
        try:
            again = self._in_any_language(picture)
        except NeedsOcr:
            if read is None:
                raise
            return read
        return again if read is None else max(read, again, key=lambda each: each.weight)

    def close(self) -> None:
        for engine in self._engines.values():
            engine.End()
        self._engines.clear()

    def _believes(self, read: Recognised) -> bool:
        """Whether a page is in the language that it was read in: in another, it may look rather sure too."""
        return read.confidence >= _NO_DOUBT or (
            read.confidence >= SURE_OCR and language_by_function_words(read.text) in self._found
        )

    def _in_any_language(self, picture: Picture) -> Recognised:
        read = self._read(picture, SERVED)
        language = language_by_function_words(read.text) or read.language
        if language not in SERVED:
            return read
        self._found = (language,)
        return max(read, self._read(picture, self._found), key=lambda each: each.weight)

    def _read(self, picture: Picture, languages: tuple[str, ...]) -> Recognised:
        engine = self._engines.get(languages) or self._engine(languages)
        engine.SetImageBytes(picture.pixels, picture.width, picture.height, 1, picture.stride)
        engine.SetSourceResolution(picture.dpi)
        try:
            if not engine.Recognize(self._seconds * 1000):
                return Recognised("", 0.0)
            return Recognised(engine.GetUTF8Text(), engine.MeanTextConf() / 100, _language(engine))
        finally:
            engine.Clear()

    def _engine(self, languages: tuple[str, ...]) -> Any:
        if tesserocr is None:
            raise NeedsOcr(f"the pages of this file are pictures, and tesserocr is not installed; {_AGAIN}")
        # English beside it: names, addresses and loans stand in every text.
        names = [LANGUAGE_FILES[language] for language in dict.fromkeys((*languages, "en"))]
        folder = folder_with([_DIRECTION, *names], self._folders)
        engine = tesserocr.PyTessBaseAPI(path=folder, lang="+".join(names), psm=_WITH_DIRECTION, oem=_LSTM_ONLY)
        for name, value in _VARIABLES.items():
            engine.SetVariable(name, value)
        self._engines[languages] = engine
        return engine


def _language(engine: Any) -> str:
    letters: Counter[str] = Counter()
    for word in tesserocr.iterate_level(engine.GetIterator(), tesserocr.RIL.WORD):
        if not word.Empty(tesserocr.RIL.WORD):
            letters[word.WordRecognitionLanguage()] += len(word.GetUTF8Text(tesserocr.RIL.WORD))
    most = max(letters, key=lambda name: letters[name], default="")
    return next((language for language, name in LANGUAGE_FILES.items() if name == most), "")


def folders(limits: Limits) -> tuple[str, ...]:
    """Where language files are looked for."""
    return (limits.tessdata,) if limits.tessdata else FOLDERS


def folder_with(names: Sequence[str], among: Sequence[str]) -> str:
    """The folder that has these language files. Raises NeedsOcr with the command that brings them."""
    fullest = max(among, key=lambda folder: len(_there(folder, names)))
    there = _there(fullest, names)
    missing = [name for name in names if name not in there]
    if not missing:
        return fullest
    packages = " ".join(f"tesseract-ocr-{name}" for name in missing)
    raise NeedsOcr(
        f"the pages of this file are pictures of text, and what reads them is not installed: "
        f"`sudo apt-get install {packages}`, {_AGAIN}"
    )


def _there(folder: str, names: Sequence[str]) -> list[str]:
    return [name for name in names if (Path(folder) / f"{name}{_SUFFIX}").is_file()]
