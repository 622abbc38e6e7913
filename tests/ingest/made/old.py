"""RTF and the Word documents of before 2007."""

from itertools import groupby

from tests.ingest.made.known import Block, Known

_CODE_PAGES = {"cs": ("cp1250", 238), "uk": ("cp1251", 204), "vi": ("cp1252", 0)}


def rtf(known: Known) -> bytes:
    """Letters of the language's own code page as bytes, all others by number, as Word writes them."""
    encoding, charset = _CODE_PAGES[known.language]
    pages = r"\page ".join("".join(_rtf(block, encoding) for block in page) for page in known.pages)
    head = rf"{{\fonttbl{{\f0\fcharset0 Arial;}}{{\f1\fcharset{charset} Arial CE;}}}}{{\colortbl;\red0\green0\blue0;}}"
    info = rf"{{\info{{\title {_spelt(known.title, encoding)}}}{{\author {_spelt(known.author, encoding)}}}}}"
    info = info.replace(r"\title ", r"\title\f1 ").replace(r"\author ", r"\author\f1 ")
    foot = r"{\footer pata \chpgn\par}{\*\generator Test;}"
    return rf"{{\rtf1\ansi\ansicpg1252\deff1{head}{info}{foot}\f1\uc1 {pages}}}".encode("ascii")


def _rtf(block: Block, encoding: str) -> str:
    spelt = [_spelt(text, encoding) for text in block.texts]
    match block.kind:
        case "item":
            return rf"{{\listtext\'b7\tab}}\pard\ls1 {spelt[0]}\par" + "\n"
        case "row":
            return r"\trowd " + "".join(rf"\pard\intbl {text}\cell " for text in spelt) + r"\row" + "\n"
        case _:
            return rf"\pard {spelt[0]}\par" + "\n"


def _spelt(text: str, encoding: str) -> str:
    return "".join(
        "".join(letters) if plain else "".join(_numbered(letter, encoding) for letter in letters)
        for plain, letters in groupby(text, str.isascii)
    )


def _numbered(letter: str, encoding: str) -> str:
    try:
        return rf"\'{letter.encode(encoding)[0]:02x}"
    except UnicodeEncodeError:
        number = ord(letter)
        return rf"\u{number - 65_536 if number > 32_767 else number}?"
