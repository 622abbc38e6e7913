"""The text of a Markdown file: what a reader of the finished page would see."""

import re
from collections.abc import Iterator

from ingest.extract.charset import decode
from ingest.extract.clues import dated, in_language, titled, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import SECTION, numbered, paginate

_FRONT_MATTER = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n.*?^(?:\1|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_SAID = re.compile(r"""^(title|author|date|lang)[ \t]*[:=][ \t]*["']?([^\n]+?)["']?[ \t]*$""", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)(.*?)[ \t]*#*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DEFINITION = re.compile(r" {0,3}\[[^\]^]+\]:[ \t]")
_TABLE_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$")
_QUOTE = re.compile(r"^ {0,3}(?:>[ \t]?)+")
_BULLET = re.compile(r"^([ \t]*)[*+-][ \t]+(?:\[[ xX]\][ \t]+)?")

# In this order: what stands in code is taken as it is by the first of them.
_INLINE = (
    (re.compile(r"!?\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"(?<![\\\w*])(\*{1,3})(?=\S)(.+?)(?<=\S)\1(?!\*)"), r"\2"),
    (re.compile(r"(?<![\\\w])(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), r"\1"),
    (re.compile(r"(`+)(.+?)\1"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def read_markdown(source: Source) -> Extract:
    text = decode(source.file.read()).replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(text)
    said = dict(_SAID.findall(front[0])) if front else {}
    lines = list(_lines(_COMMENT.sub("", text[front.end() :] if front else text)))
    pages, notes = numbered(paginate(_blocks(lines)), source.limits)
    headings = (line for is_heading, line in lines if is_heading)
    clues = (
        *titled("head", said.get("title")),
        *titled("heading", next(headings, "")),
        *written_by("head", [said.get("author")]),
        *dated("head", said.get("date"), "medium"),
        *in_language("head", said.get("lang")),
    )
    return Extract(pages=pages, media_type="text/markdown", clues=clues, notes=notes)


def _blocks(lines: list[tuple[bool, str]]) -> Iterator[str]:
    """Paragraphs; a heading stands with what follows it."""
    paragraph: list[str] = []
    for is_heading, line in lines:
        if is_heading:
            yield "\n".join(paragraph)
            yield SECTION
            paragraph = [line]
        elif line.strip():
            paragraph.append(line)
        elif paragraph:
            yield "\n".join(paragraph) + "\n"
            paragraph = []
    if paragraph:
        yield "\n".join(paragraph)


def _lines(text: str) -> Iterator[tuple[bool, str]]:  # noqa: C901  # one case a kind of line
    """Each line without its signs, and whether it is a heading."""
    fence = ""
    before = ""
    for line in text.split("\n"):
        fenced = _FENCE.match(line)
        if fence:
            if fenced and fenced[1].startswith(fence):
                fence = ""
            else:
                yield False, line
            continue
        if fenced:
            fence = fenced[1]
            continue
        if _TABLE_RULE.fullmatch(line):
            continue
        if before and _UNDERLINE.fullmatch(line):
            yield True, _inline(before)
            before = ""
            continue
        if before:
            yield False, _line(before)
        before = ""
        heading = _HEADING.fullmatch(line)
        if heading:
            yield True, _inline(heading[2])
        elif line.strip() and not _RULE.fullmatch(line) and not _DEFINITION.match(line):
            before = line
        else:
            yield False, ""
    if before:
        yield False, _line(before)


def _line(line: str) -> str:
    line = _BULLET.sub(r"\1- ", _QUOTE.sub("", line))
    stripped = line.strip()
    if stripped.startswith("|"):
        line = " | ".join(cell.strip() for cell in stripped.strip("|").split("|"))
    return _inline(line).rstrip()


def _inline(text: str) -> str:
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    return text.strip("\n")
