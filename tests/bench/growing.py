"""What fragments cost in long documents: the same words on one page in ten, and on one page in five hundred."""

from itertools import count
from pathlib import Path
from typing import Any

from library.exchange import open_exchange
from library.model import Page, Practice, Visibility
from library.search import SearchQuery, Word
from library.settings import Settings
from tests.bench.contenders import PUBLIC
from tests.bench.corpus import documents
from tests.bench.progress import say
from tests.bench.timing import percentiles, ratio, side_by_side

PAGES = (10, 500)
DOCUMENTS = 12
"""Of each length; every one has its word on a tenth of its pages."""


async def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds of a search that shows ten such documents with two fragments each, by their number of pages."""
    say("documents of 10 and of 500 pages")
    exchange = await open_exchange(Settings(data=folder))
    try:
        texts = [document.text for document in documents(max(PAGES), different=4_000)]
        for pages in PAGES:
            for number in range(DOCUMENTS):
                await exchange.add(_document(f"p{pages}-{number}"), _pages(texts[:pages], f"zkouška{pages}"))
        await exchange.rebuild()
        bounds = count(100)

        async def search(word: Word) -> None:
            # Each time with another bound that cuts nothing off: answers are remembered, and are to be worked out.
            await exchange.finding.search(SearchQuery(match=word, limit=10, facet_size=next(bounds)), PUBLIC)

        taken = {}
        for pages in PAGES:
            word = Word(f"zkouška{pages}")
            await search(word)
            taken |= await side_by_side({str(pages): search}, [word] * 30)
    finally:
        await exchange.close()
    short, long = (taken[str(pages)].warm for pages in PAGES)
    return {**{name: percentiles(rounds.warm) for name, rounds in taken.items()}, "ratio": ratio(long, short)}


def _document(name: str) -> Practice:
    return Practice(id=name, organisation="org", title={"cs": name}, visibility=Visibility.PUBLIC, languages=("cs",))


def _pages(texts: list[str], word: str) -> list[Page]:
    return [
        Page(number=number, text=f"{word} {text}" if number % 10 == 1 else text, language="cs")
        for number, text in enumerate(texts, 1)
    ]
