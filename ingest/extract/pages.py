"""How text becomes numbered pages, within limits."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.extract.contract import Limits
from library.language import clean
from library.model import Page

PAGE_BREAK: Final = "\f"
"""The block that stands where a file itself begins a new page."""
SECTION: Final = "\x1d"
"""The block before a heading, where a page may begin in a format that has no pages. Like PAGE_BREAK, it is white space
to Python, so that it vanishes from the cells of a table."""
PAGE_LENGTH = 3_000
"""Characters of a page in a format that has no pages: an A4 page of prose."""
_SECTION_LENGTH = PAGE_LENGTH // 2
"""Characters of a page after which a heading begins the next."""
BULLET: Final = "-"
"""What stands before an item of a list without numbers, whatever sign it has in the file."""
_MARKS = {PAGE_BREAK, SECTION}
LONGEST_PAGE = 9_000
"""Characters above which a stretch between two page breaks cannot be one printed page."""


def numbered(texts: Iterable[str], limits: Limits) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The texts as cleaned pages from 1 on, taken until a limit is reached, and the notes that say so."""
    pages: list[Page] = []
    room = limits.characters
    for text in texts:
        if len(pages) == limits.pages:
            return tuple(pages), (f"only the first {limits.pages:,} pages were read: more are not allowed in one file",)
        cleaned = clean(text).strip()
        if len(cleaned) > room:
            pages.append(Page(number=len(pages) + 1, text=cleaned[:room]))
            sentence = f"only the first {limits.characters:,} characters were read: more are not allowed in one file"
            return tuple(pages), (sentence,)
        room -= len(cleaned)
        pages.append(Page(number=len(pages) + 1, text=cleaned))
    return tuple(pages), ()


def paginate(blocks: Iterable[str]) -> Iterator[str]:
    """Pages from paragraphs, headings and rows in a row: where PAGE_BREAK says so, or else by section and length."""
    kept = [block for block in blocks if block in _MARKS or block.strip()]
    bound = LONGEST_PAGE if PAGE_BREAK in kept else PAGE_LENGTH
    page: list[str] = []
    for block in (*kept, PAGE_BREAK):
        if block != PAGE_BREAK:
            page.append(block)
        elif page:
            yield from _cut(page, bound)
            page = []


def row(cells: Iterable[Iterable[str]]) -> str:
    """A row of a table on one line, from the blocks of each cell; empty where all cells are."""
    words = (" ".join(" ".join(cell).split()) for cell in cells)
    return " | ".join(words).rstrip(" |")


def item(number: str, text: str) -> str:
    """A paragraph behind its number or BULLET, on the page that the first of its words is on."""
    if not number or (number == BULLET and not text.strip()):
        return text
    words = text.lstrip()
    start = text.rfind(PAGE_BREAK, 0, len(text) - len(words)) + 1
    return f"{text[:start]}{number} {words}"


def with_pairs(text: str) -> str:
    """The text with one letter where two surrogates stand for it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(blocks: Sequence[str], bound: int) -> Iterator[str]:
    """One page, or several of about PAGE_LENGTH where the blocks are longer than the bound together."""
    if sum(map(len, blocks)) <= bound:
        yield "\n".join(block for block in blocks if block != SECTION)
        return
    page: list[str] = []
    length = 0
    for part in (part for block in blocks for part in _parts(block)):
        if page and length + len(part) > (_SECTION_LENGTH if part == SECTION else PAGE_LENGTH):
            yield "\n".join(page)
            page, length = [], 0
        if part != SECTION:
            page.append(part)
            length += len(part)
    if page:
        yield "\n".join(page)


def _parts(block: str) -> Iterator[str]:
    """A block that is longer than a page, in pieces that end between words."""
    start = 0
    while len(block) - start > PAGE_LENGTH:
        end = block.rfind(" ", start, start + PAGE_LENGTH)
        end = end if end > start else start + PAGE_LENGTH
        yield block[start:end]
        start = end
    yield block[start:]
