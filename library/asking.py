"""How a question is put to an index until it is answered: with what its words mean, mended, with fewer of its words.

1. The words with their concepts and families, without function words (expansion.py).
2. Where nothing has them all: words that no document has are mended, and the answer says so.
3. Where few documents have them all and the best come first: also those that have most of them, and the answer says so.
4. Where nothing had them all: what else to ask, each with what it would find (`instead`).
"""

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from library.expansion import expanded, without_function_words
from library.language import Analyzer
from library.model import Audience
from library.search import (
    Clause,
    Concept,
    Every,
    Lemma,
    Not,
    OneOf,
    Phrase,
    Prefix,
    SearchIndex,
    SearchQuery,
    SearchResult,
    Some,
    Sort,
    Word,
    every,
    weakened,
)
from library.syntax import understood
from library.vocabulary.thesaurus import concepts, language_of_label, pref_label

ENOUGH = 20
"""Documents below which an answer goes on with those that have fewer of the words: a page."""
MOST_MENDED = 3
"""Spellings that are tried for a word that nobody wrote."""
MOST_INSTEAD = 6
MOST_MEANT = 2_000
"""Questions of which it is kept what they mean: their next pages, and each widget of a page, ask the same."""


class Instead(Struct, frozen=True):
    """Another question that would find something."""

    why: str
    """`did_you_mean`, `without_filters`, `fewer_words` or `broader`."""
    q: str
    total: int


class Outcome(Struct, frozen=True, kw_only=True):
    asked: SearchQuery
    """What was searched in the end."""
    result: SearchResult
    mended: str
    """What was asked instead of words that nobody wrote; empty where all was asked as typed."""
    warnings: tuple[str, ...]
    instead: tuple[Instead, ...]


class Asker:
    """Puts the questions of one audience to an index."""

    def __init__(self, index: SearchIndex, analyzer: Analyzer, audience: Audience) -> None:
        self._index = index
        self._analyzer = analyzer
        self._audience = audience

    async def outcome(self, asked: SearchQuery) -> Outcome:
        typed = asked.match
        meant = self.meant(asked)
        total, result = await self._having_all(meant)
        if total:
            searched, found, weaker = await self._with_fewer_words(meant, total, result)
            return Outcome(asked=searched, result=found, mended="", warnings=weaker, instead=())
        mended, warnings = await self._mended(typed, asked)
        if mended != typed:
            meant = self.meant(msgspec.structs.replace(asked, match=mended))
            total, result = await self._having_all(meant)
        searched, found, weaker = await self._with_fewer_words(meant, total, result)
        return Outcome(
            asked=searched,
            result=found,
            mended=understood(mended) if mended != typed else "",
            warnings=(*warnings, *weaker),
            instead=tuple([each async for each in self._instead(asked, mended)])[:MOST_INSTEAD],
        )

    def meant(self, asked: SearchQuery) -> SearchQuery:
        """The search for what its words mean."""
        return msgspec.structs.replace(asked, match=_meant(asked.match, self._analyzer if asked.expand else None))

    async def total(self, asked: SearchQuery) -> int:
        """How many documents have all that is asked for."""
        return await self._count(self.meant(asked))

    async def _having_all(self, asked: SearchQuery) -> tuple[int, SearchResult | None]:
        """How many documents have all words, and which; where they are too few, those with fewer words are shown."""
        fewer = any(True for _ in weakened(asked.match))
        wanted = msgspec.structs.replace(asked, enough=_enough(asked)) if fewer else asked
        result = await self._index.search(wanted, self._audience)
        return result.total, None if result.total < wanted.enough else result

    async def _with_fewer_words(
        self, asked: SearchQuery, total: int, result: SearchResult | None
    ) -> tuple[SearchQuery, SearchResult, tuple[str, ...]]:
        """What is found, where `total` have all words, in the end: with how many words, and a sentence on that."""
        enough = _enough(asked)
        best, most, warnings = asked, total, tuple[str, ...]()
        for match, wanted, words in weakened(asked.match) if total < enough else ():
            weaker = msgspec.structs.replace(asked, match=match)
            found = await self._index.search(weaker, self._audience) if wanted == 1 else None  # nothing comes after it
            count = await self._count(weaker) if found is None else found.total
            if count > most:
                best, most, result, warnings = weaker, count, found, (_fewer(total, words, wanted),)
            if count >= enough:
                break
        return best, result or await self._index.search(best, self._audience), warnings

    # Mending

    async def _mended(self, clause: Clause, asked: SearchQuery) -> tuple[Clause, list[str]]:
        """The clause with its unknown words mended, and what was done. Where a word has several likely spellings, the
        first with which something has all words; else the likeliest."""
        warnings = []
        for word in _words(clause):
            spellings = await self._spellings(word, asked)
            if spellings:
                spelling = await self._first_that_finds(clause, word, spellings, asked)
                clause = _replaced(clause, word, spelling)
                warnings.append(f"Nothing has '{word.text}'; '{spelling}' was searched instead.")
        return clause, warnings

    async def _spellings(self, word: Word, asked: SearchQuery) -> Sequence[str]:
        """Words that are written somewhere; where none is near, known ones that find something in other languages."""
        if await self.total(SearchQuery(match=word)):
            return ()
        written = await self._index.nearest(word.text, self._audience, MOST_MENDED)
        if written or not asked.expand:
            return written
        known = await to_thread(self._analyzer.known_near, word.text, MOST_MENDED)
        return [each for each in known if await self.total(SearchQuery(match=Word(each)))]

    async def _first_that_finds(self, clause: Clause, word: Word, spellings: Sequence[str], asked: SearchQuery) -> str:
        for spelling in spellings:
            if await self.total(msgspec.structs.replace(asked, match=_replaced(clause, word, spelling))):
                return spelling
        return spellings[0]

    # Instead

    async def _instead(self, asked: SearchQuery, mended: Clause) -> AsyncIterator[Instead]:
        for why, wanted in self._others(asked, mended):
            total = await self.total(wanted)
            if total:
                yield Instead(why, understood(wanted.match), total)

    def _others(self, asked: SearchQuery, mended: Clause) -> Iterator[tuple[str, SearchQuery]]:
        if mended != asked.match:
            yield "did_you_mean", msgspec.structs.replace(asked, match=mended)
        free = SearchQuery(match=mended, expand=asked.expand)
        if asked.filters or asked.added_since or asked.year_from is not None or asked.year_to is not None:
            yield "without_filters", free
        if isinstance(mended, Every):
            for left_out in range(len(mended.clauses)):
                rest = (*mended.clauses[:left_out], *mended.clauses[left_out + 1 :])
                yield "fewer_words", msgspec.structs.replace(asked, match=every(rest))
        for label in self._broader(asked, mended):
            yield "broader", msgspec.structs.replace(asked, match=label)

    def _broader(self, asked: SearchQuery, mended: Clause) -> Iterator[Clause]:
        """The broader concepts of those that the words name, by their names in the language that was typed."""
        named = dict.fromkeys(_concepts(self.meant(msgspec.structs.replace(asked, match=mended)).match))
        wider = dict.fromkeys(
            pref_label(wide, language_of_label(concept, typed))
            for concept, typed in named
            for wide in concepts()[concept].broader
        )
        for label in wider:
            yield every([Word(word) for word in label.split()])

    async def _count(self, meant: SearchQuery) -> int:
        counted = msgspec.structs.replace(meant, limit=0, offset=0, after=None, facets=(), fragments=0)
        return (await self._index.search(counted, self._audience)).total


@lru_cache(maxsize=MOST_MEANT)
def _meant(match: Clause, analyzer: Analyzer | None) -> Clause:
    """What the clause means; as it was typed where there is no analyzer to say more."""
    return without_function_words(match if analyzer is None else expanded(match, analyzer))


def _words(clause: Clause) -> Iterator[Word]:
    match clause:
        case Word(field=""):
            yield clause
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from _words(part)
        case Word() | Phrase() | Prefix() | Concept() | Lemma() | OneOf() | Not():
            return


def _concepts(clause: Clause) -> Iterator[tuple[str, str]]:
    """Each concept, and the words that name it."""
    match clause:
        case OneOf(clauses, _, typed):
            yield from ((part.id, typed) for part in clauses if isinstance(part, Concept))
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from _concepts(part)
        case Word() | Phrase() | Prefix() | Concept() | Lemma() | Not():
            return


def _replaced(clause: Clause, word: Word, spelling: str) -> Clause:
    match clause:
        case Word():
            return Word(spelling) if clause == word else clause
        case Every(clauses):
            return Every(tuple(_replaced(part, word, spelling) for part in clauses))
        case Some(clauses, at_least):
            return Some(tuple(_replaced(part, word, spelling) for part in clauses), at_least)
        case Phrase() | Prefix() | Concept() | Lemma() | OneOf() | Not():
            return clause


def _enough(asked: SearchQuery) -> int:
    """Documents below which those are shown too that have fewer of the words: in any order but the best first, only
    where there are no others."""
    return ENOUGH if asked.sort is Sort.RELEVANCE else 1


def _fewer(total: int, words: int, wanted: int) -> str:
    if not total:
        return f"Nothing has all {words} words; these documents have at least {wanted} of them."
    return (
        f"{total} of these documents {'has' if total == 1 else 'have'} all {words} words, the others at least {wanted}."
    )
