"""What hits are shown from: documents and their texts, as they were read, until they change.

Reading and decoding a hit's document and pages takes many times as long as finding it. What an audience may not see is
asked of each document each time: that is not kept.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from library.catalog import AnalysedPage, Catalog
from library.entries import DescribedText, about, titles
from library.fragments import Source, cut, whole
from library.language import TokenPlaces, token_places
from library.model import Document, DocumentId
from library.search import Fragment, Hit

DOCUMENT_BYTES = 6_000
"""What a document takes, about, beside its pages."""
BYTES_PER_TOKEN = 10
FRAGMENT_BYTES = 1_500
MOST_FRAGMENTS = 32
"""That are kept of a document."""


Spans = tuple[tuple[int, int], ...]
"""Pairs of a start and an end in characters."""


class Shelved:
    """A document, and those of its texts that fragments were cut from."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nbytes = DOCUMENT_BYTES
        """About how much memory it takes."""
        self._pages: dict[int, Source[TokenPlaces]] = {}
        self._fragments: dict[tuple[int, tuple[int, ...]], Fragment] = {}
        self._title_spans: dict[tuple[int, tuple[int, ...]], tuple[str, Spans]] = {}
        self._titles: Sequence[tuple[str, Source[TokenPlaces]]] | None = None
        self._described: Sequence[Source[TokenPlaces]] | None = None

    def has_page(self, place: int) -> bool:
        """`place`: in the row of pages, from 0."""
        return place in self._pages

    def take_page(self, place: int, page: Source[TokenPlaces]) -> None:
        self._pages[place] = page
        self.nbytes += 2 * len(page.text) + BYTES_PER_TOKEN * len(page.table)

    def fragment(self, place: int, tokens: tuple[int, ...]) -> Fragment | None:
        """What is shown of a page, cut once: whoever narrows a search by another facet sees the same again. None where
        there is no such page (any more)."""
        kept = self._fragments.get((place, tokens))
        if kept is None and place in self._pages:
            if len(self._fragments) == MOST_FRAGMENTS:
                self._fragments.clear()
                self.nbytes -= MOST_FRAGMENTS * FRAGMENT_BYTES
            kept = self._fragments[place, tokens] = cut(self._pages[place], tokens)
            self.nbytes += FRAGMENT_BYTES
        return kept

    def title_spans(self, place: int, tokens: tuple[int, ...]) -> tuple[str, Spans] | None:
        """The language of a title and which of its characters matched; None where there is no such title."""
        kept = self._title_spans.get((place, tokens))
        if kept is None and place < len(titles := self.titles()):
            if len(self._title_spans) == MOST_FRAGMENTS:
                self._title_spans.clear()
            language, title = titles[place]
            kept = self._title_spans[place, tokens] = language, whole(title, tokens).spans
        return kept

    def titles(self) -> Sequence[tuple[str, Source[TokenPlaces]]]:
        """Each with its language."""
        if self._titles is None:
            self._titles = [(title.language, self._source(title)) for title in titles(self.document)]
        return self._titles

    def described(self) -> Sequence[Source[TokenPlaces]]:
        if self._described is None:
            # None of what only some may read is among it: that is not searched (entries.py).
            self._described = [self._source(text) for text in about(self.document)]
        return self._described

    def _source(self, text: DescribedText) -> Source[TokenPlaces]:
        return Source(text.field, None, text.text, token_places(text.text))


class Shelf:
    """Documents of which hits were shown, the least recently shown leaving first. For one event loop."""

    def __init__(self, catalog: Catalog, room: int) -> None:
        """`room` is in bytes."""
        self._catalog = catalog
        self._room = room
        self._revision = -1
        self._used = 0
        self._kept: OrderedDict[DocumentId, tuple[Shelved, int]] = OrderedDict()

    @property
    def used(self) -> int:
        """Bytes, about; never more than there is room for."""
        return self._used

    async def take(self, hits: Sequence[Hit]) -> Mapping[DocumentId, Shelved]:
        """The documents of those hits that there are, with the pages in which something matches."""
        revision = await self._catalog.revision()
        if revision != self._revision:
            await self._forget_changed(revision)
        shelf = {hit.id: self._kept[hit.id][0] for hit in hits if hit.id in self._kept}
        missing = [hit.id for hit in hits if hit.id not in shelf]
        if missing:
            read = await self._catalog.documents(missing)
            shelf |= {document: Shelved(each) for document, each in read.items()}
        pages = list(_missing_pages(hits, shelf))
        if pages:
            for (document, place), page in (await self._catalog.passages(pages)).items():
                shelf[document].take_page(place, page_source(page))
        # In the meantime there may have been a change: then what was read before it belongs nowhere any more.
        if revision == self._revision:
            self._keep(shelf)
        return shelf

    async def _forget_changed(self, revision: int) -> None:
        """While documents come in, there is a change between any two searches: only what it changed is read anew."""
        changed = await self._catalog.changed_since(self._revision) if self._kept else ()
        # Set only now: who asked meanwhile has looked for changes too.
        self._revision = revision
        for document in changed:
            if document in self._kept:
                self._used -= self._kept.pop(document)[1]

    def _keep(self, shelf: Mapping[DocumentId, Shelved]) -> None:
        for document, each in shelf.items():
            _, before = self._kept.pop(document, (each, 0))
            # Fragments may have been cut of it since it was last taken.
            self._kept[document] = each, each.nbytes
            self._used += each.nbytes - before
        while self._used > self._room:
            _, (_, size) = self._kept.popitem(last=False)
            self._used -= size


def page_source(page: AnalysedPage) -> Source[TokenPlaces]:
    return Source("text", page.number, page.text, TokenPlaces.decode(page.table))


def _missing_pages(hits: Iterable[Hit], shelf: Mapping[DocumentId, Shelved]) -> Iterator[tuple[DocumentId, int]]:
    for hit in hits:
        for passage in hit.passages if hit.id in shelf else ():
            if passage.zone == "text" and not shelf[hit.id].has_page(passage.table):
                yield hit.id, passage.table
