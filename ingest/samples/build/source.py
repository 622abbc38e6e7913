"""What does a source say? Its front matter, as the member's description, and its Markdown, as blocks of text.

The Markdown is the little that the sources need: headings, paragraphs, quotations, flat lists, pipe tables, **bold**,
*italics*, and `<!-- page -->` alone on a line for a new page.
"""

import re
import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct

FORMATS = ("pdf", "docx", "odt", "html", "md", "txt")


class CannotBuild(Exception):
    """A source that is not written as agreed, or something that the machine lacks."""


class Run(Struct, frozen=True):
    """A piece of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]


class Heading(Struct, frozen=True):
    level: int
    """1 is the document's title."""
    runs: Runs


class Paragraph(Struct, frozen=True):
    runs: Runs


class Quotation(Struct, frozen=True):
    runs: Runs


class Bullets(Struct, frozen=True):
    items: tuple[Runs, ...]


class Numbered(Struct, frozen=True):
    items: tuple[Runs, ...]
    start: int = 1


class Table(Struct, frozen=True):
    rows: tuple[tuple[Runs, ...], ...]
    """The first one is the head; all have as many cells as it has."""


class NewPage(Struct, frozen=True):
    pass


Block = Heading | Paragraph | Quotation | Bullets | Numbered | Table | NewPage


class Source(Struct, frozen=True, kw_only=True):
    id: str
    format: str
    """One of FORMATS."""
    metadata: dict[str, Any]
    """The front matter but `format`, and the id: field names of `library.model` -> values as TOML has them."""
    description: str
    """The same as TOML."""
    body: str

    @property
    def title(self) -> str:
        return str(self.metadata["title"][self.spoken])

    @property
    def language(self) -> str:
        """ISO 639-1, as the file shall say it of itself; empty where the source leaves it to be detected."""
        return str(self.metadata.get("languages", [""])[0])

    @property
    def spoken(self) -> str:
        """The language that it is written in, said or not: the first one with a title."""
        return str(next(iter(self.metadata["title"])))

    @property
    def author(self) -> str:
        """The people who wrote it, divided as office programs do, else the organisation's id."""
        people = (f"{person.get('given', '')} {person['family']}" for person in self.metadata.get("authors", ()))
        return "; ".join(people) or str(self.metadata["organisation"])

    @property
    def blocks(self) -> tuple[Block, ...]:
        return parse(self.body)


# Front matter --------------------------------------------------------------------------------------------------------


def read_source(path: Path) -> Source:
    """Raises CannotBuild, which names the file."""
    try:
        return parse_source(path.stem, path.read_text(encoding="utf-8"))
    except (CannotBuild, ValueError) as error:
        raise CannotBuild(f"{path.name}: {error}") from error


def parse_source(name: str, text: str) -> Source:
    before, opened, rest = text.partition("+++\n")
    front, closed, body = rest.partition("\n+++\n")
    if before or not opened or not closed:
        raise CannotBuild("the front matter must stand at the top, between two lines `+++`")
    metadata = {"id": name, **tomllib.loads(front)}
    kind_of_file = metadata.pop("format", "")
    if kind_of_file not in FORMATS:
        raise CannotBuild(f"`format` must be one of {', '.join(FORMATS)}, not {kind_of_file!r}")
    return Source(
        id=name,
        format=kind_of_file,
        metadata=metadata,
        description=f'id = "{name}"\n' + re.sub(r"(?m)^format\s*=.*\n", "", f"{front}\n"),
        body=body.strip() + "\n",
    )


# Markdown ------------------------------------------------------------------------------------------------------------

_LINE = re.compile(
    r"(?P<blank>\s*)"
    r"|(?P<page><!-- page -->)"
    r"|(?P<heading>(?P<level>#{1,4}) (?P<head>.+))"
    r"|(?P<quotation>> ?(?P<quoted>.*))"
    r"|(?P<bullets>- (?P<bullet>.+))"
    r"|(?P<numbered>(?P<number>\d{1,2})\. (?P<step>.+))"
    r"|(?P<table>\|.*\|)"
    r"|(?P<paragraph>[^\s|<`#].*)"
)
_KINDS = ("blank", "page", "heading", "quotation", "bullets", "numbered", "table", "paragraph")
_RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+")
_STYLED = re.compile(r"(?P<stars>\*{1,3})(?![\s*])(?P<text>.+?)(?<![\s*])(?P=stars)(?!\*)")


def parse(body: str) -> tuple[Block, ...]:
    """Raises CannotBuild, which quotes the line that is no Markdown of ours."""
    lines = [_matched(line.rstrip()) for line in body.splitlines()]
    return tuple(
        block for kind, run in groupby(lines, key=_kind) if kind != "blank" for block in _blocks(kind, list(run))
    )


def _matched(line: str) -> re.Match[str]:
    if match := _LINE.fullmatch(line):
        return match
    raise CannotBuild(f"cannot read the line {line[:60]!r}: no nested lists, HTML or code in the sources")


def _kind(line: re.Match[str]) -> str:
    return next(kind for kind in _KINDS if line[kind] is not None)


def _blocks(kind: str, lines: list[re.Match[str]]) -> list[Block]:
    """The blocks in lines of one kind that follow each other."""
    match kind:
        case "page":
            return [NewPage() for _ in lines]
        case "heading":
            return [Heading(len(line["level"]), styled(line["head"])) for line in lines]
        case "quotation":
            return [Quotation(styled(" ".join(line["quoted"] for line in lines)))]
        case "bullets":
            return [Bullets(tuple(styled(line["bullet"]) for line in lines))]
        case "numbered":
            return [Numbered(tuple(styled(line["step"]) for line in lines), int(lines[0]["number"]))]
        case "table":
            return [_table([line["table"] for line in lines if not _RULE.fullmatch(line["table"])])]
        case _:
            return [Paragraph(styled(" ".join(line["paragraph"] for line in lines)))]


def _table(lines: list[str]) -> Table:
    rows = tuple(tuple(styled(cell.strip()) for cell in line[1:-1].split("|")) for line in lines)
    if len({len(row) for row in rows}) > 1:
        raise CannotBuild(f"the rows of the table {lines[0][:60]!r} have different numbers of cells")
    return Table(rows)


def styled(text: str) -> Runs:
    """Text with **bold**, *italics* and ***both*** as runs; one may stand inside the other."""
    return tuple(_runs(text, bold=False, italic=False))


def _runs(text: str, *, bold: bool, italic: bool) -> list[Run]:
    runs: list[Run] = []
    end = 0
    for match in _STYLED.finditer(text):
        runs += _plain(text[end : match.start()], bold=bold, italic=italic)
        stars = len(match["stars"])
        runs += _runs(match["text"], bold=bold or stars > 1, italic=italic or stars != len("**"))
        end = match.end()
    return runs + _plain(text[end:], bold=bold, italic=italic)


def _plain(text: str, *, bold: bool, italic: bool) -> list[Run]:
    return [Run(text, bold, italic)] if text else []


def words(runs: Runs) -> str:
    """The text alone."""
    return "".join(run.text for run in runs)
