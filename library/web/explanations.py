"""Why items were found, as JSON: what of the question stands where in them, in which words, and what that adds."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from library.answers import Answer, Pages
from library.catalog import AnalysedPage
from library.entries import about, titles
from library.exchange import Exchange
from library.explaining import Share
from library.fragments import Source
from library.language import Analyzer, TokenTable
from library.model import Audience, Document, DocumentId
from library.search import Passage
from library.vocabulary.thesaurus import pref_label
from library.web.results import FoundReason

MOST_FORMS = 8
"""Different forms of one word that are shown."""

_SIDE_BY_SIDE = frozenset({"phrase", "concept"})
"""Ways in which several tokens in a row are one thing."""


class _Place(NamedTuple):
    """Where something stands, in which words, and under which lemma keys."""

    field: str = ""
    page: int | None = None
    language: str = ""
    forms: tuple[str, ...] = ()
    lemmas: frozenset[str] = frozenset()


async def explanations(
    answer: Answer, audience: Audience, language: str, exchange: Exchange
) -> dict[DocumentId, list[FoundReason]]:
    """The reasons for each item of an answer; names of concepts are in this language."""
    shares = await exchange.finding.explain(answer, audience)
    passages = [(document, passage) for document, some in shares.items() for each in some for passage in each.passages]
    pages = await exchange.catalog.passages([(document, at.table) for document, at in passages if at.zone == "text"])
    explainer = _Explainer(pages, exchange.analyzer, language)
    return {found.document.id: explainer.reasons(found.document, shares[found.document.id]) for found in answer.found}


class _Explainer:
    """Reads what was found in the texts of documents."""

    def __init__(self, pages: Pages, analyzer: Analyzer, language: str) -> None:
        self._pages = pages
        self._analyzer = analyzer
        self._language = language

    def reasons(self, document: Document, shares: Sequence[Share]) -> list[FoundReason]:
        # A facet's value or an excluded word was asked for too, but adds nothing and stands nowhere.
        counting = [share for share in shares if share.score > 0]
        total = sum(share.score for share in counting)
        return [self._reason(document, share, share.score / total) for share in counting]

    def _reason(self, document: Document, share: Share, part: float) -> FoundReason:
        place = self._place(document, share)
        return FoundReason(
            typed=share.typed,
            how=share.how,
            meant=self._meant(share, place),
            forms=list(place.forms),
            field=place.field,
            page=place.page,
            language=place.language,
            score=share.score,
            share=round(part, 4),
        )

    def _meant(self, share: Share, place: _Place) -> list[str]:
        if share.how == "concept":
            return [pref_label(concept, self._language) for concept in share.meant]
        # A family has words in every language; what helps is which of them stand here.
        return list(dict.fromkeys(key.partition(":")[2] for key in share.meant if key in place.lemmas))

    def _place(self, document: Document, share: Share) -> _Place:
        for passage in share.passages:
            read = self._read(document, passage)
            if read is not None:
                source, language = read
                forms = _forms(source, _runs(share.how, passage))
                return _Place(source.field, source.page, language, forms, _lemmas(source, passage))
        return _Place()

    def _read(self, document: Document, passage: Passage) -> tuple[Source[TokenTable], str] | None:
        """The text that the passage lies in, and its language. None where, for a moment after a change, the index
        speaks of a text that the document has no more."""
        if passage.zone == "text":
            page = self._pages.get((document.id, passage.table))
            return (_read(page), page.language) if page is not None else None
        texts = titles(document) if passage.zone == "title" else about(document)
        if passage.table >= len(texts):
            return None
        field, language, text = texts[passage.table]
        return Source(field, None, text, self._analyzer.table(text, language)), language


def _runs(how: str, passage: Passage) -> Iterator[tuple[int, int]]:
    """First and last token of each occurrence."""
    first = last = -1
    for token in sorted(set(passage.tokens)):
        if how in _SIDE_BY_SIDE and last >= 0 and token == last + 1:
            last = token
            continue
        if last >= 0:
            yield first, last
        first = last = token
    if last >= 0:
        yield first, last


def _read(page: AnalysedPage) -> Source[TokenTable]:
    return Source("text", page.number, page.text, TokenTable.decode(page.table))


def _forms(source: Source[TokenTable], runs: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """The different words of these runs of tokens, in the order in which they stand there."""
    table = source.table
    present = ((first, last) for first, last in runs if last < len(table))
    written = (source.text[table.span(first)[0] : table.span(last)[1]] for first, last in present)
    return tuple(islice({form.lower(): " ".join(form.split()) for form in written}.values(), MOST_FORMS))


def _lemmas(source: Source[TokenTable], passage: Passage) -> frozenset[str]:
    table = source.table
    forms, ids = tuple(table.forms), table.ids.tolist()
    return frozenset(key for token in passage.tokens if token < len(ids) for key in forms[ids[token]].lemmas)
