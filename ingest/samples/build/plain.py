"""A source as Markdown, as it was written, and as text without any markup."""

from textwrap import fill

from ingest.samples.build.source import (
    Block,
    Bullets,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
    Quotation,
    Source,
    Table,
    words,
)

WIDTH = 78
CODE_PAGES = {"interni-postup-krizovy-fond": "windows-1250"}
"""Texts that are not UTF-8, on purpose: members' folders hold such files, and a reader has to cope."""


def markdown(source: Source) -> bytes:
    return source.body.encode()


def plain_text(source: Source) -> bytes:
    return "\n\n".join(filter(None, map(_text, source.blocks))).encode(CODE_PAGES.get(source.id, "utf-8")) + b"\n"


def _text(block: Block) -> str:
    match block:
        case Heading() | Paragraph():
            return fill(words(block.runs), WIDTH)
        case Quotation():
            return fill(words(block.runs), WIDTH, initial_indent="    ", subsequent_indent="    ")
        case Bullets():
            return "\n".join(_item("- ", words(item)) for item in block.items)
        case Numbered():
            return "\n".join(_item(f"{n}. ", words(item)) for n, item in enumerate(block.items, block.start))
        case Table():
            return _columns([[words(cell) for cell in row] for row in block.rows])
        case NewPage():
            return ""


def _item(mark: str, text: str) -> str:
    return fill(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))


def _columns(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
