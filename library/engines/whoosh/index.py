"""WhooshIndex: the embedded engine behind the SearchIndex protocol."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing, suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np

from library.engines.whoosh.arrays import Ids
from library.engines.whoosh.cache import Cache, NotKept
from library.engines.whoosh.evaluate import Evaluation
from library.engines.whoosh.folder import LOOK_EVERY, Current, IndexFolder, NotReady, Stamp, our_errors, sweep
from library.engines.whoosh.matched import NOTHING, Listed, Matched, listed
from library.engines.whoosh.narrowing import facet_counts, narrowed
from library.engines.whoosh.orders import Ranked, first_by_order, first_by_score
from library.engines.whoosh.passages import passages
from library.engines.whoosh.postings import Prepared
from library.engines.whoosh.segment import Segment
from library.engines.whoosh.sharing import Task, written_by_processes
from library.engines.whoosh.snapshot import Snapshot, View
from library.engines.whoosh.vocabulary import completions, frequent_words, nearest
from library.engines.whoosh.words import expansions, matched_clauses
from library.engines.whoosh.writing import (
    TOKENS_AT_ONCE,
    Contents,
    SegmentWriter,
    contents_file,
    dead_of,
    read_contents,
)
from library.language import Analyzer, fold
from library.model import Audience, DocumentId
from library.search import (
    After,
    Expansion,
    Hit,
    IndexEntry,
    IndexState,
    Passage,
    SearchQuery,
    SearchResult,
    Share,
    Sort,
    nobody,
)

CACHE_BYTES = 256 << 20
PATIENCE = 10.0
"""Seconds that a writer waits for another."""
FREE_BYTES = 64 << 20
"""Room that a commit leaves on the disk."""
THREADS_ASIDE = 3
"""For writing, for what is coming, and for what is read for the first time and takes seconds."""
AT_ONCE = 1_000_000
"""Documents times words, at most, of a search that is answered where it is asked: some milliseconds."""
PAGES_AT_ONCE = 10
"""Passages of a document that such a search shows at most."""
OPENING_TRIES = 5
NO_PAGE = Ranked(NOTHING.ids, NOTHING.scores)

Answer = TypeVar("Answer")


class _Opened(NamedTuple):
    """What was found behind the pointer when it had this stamp: a snapshot, or why there is none."""

    stamp: Stamp | None
    snapshot: Snapshot | NotReady


class WhooshIndex:
    """A search index in one folder. Any number of processes read it and follow each commit; one at a time writes."""

    def __init__(
        self,
        folder: Path,
        analyzer: Analyzer,
        *,
        cache_bytes: int = CACHE_BYTES,
        patience: float = PATIENCE,
        free_bytes: int = FREE_BYTES,
    ) -> None:
        self._folder = IndexFolder(folder, analyzer.version)
        self._analyzer = analyzer
        self._patience = patience
        self._free_bytes = free_bytes
        self._cache: Cache[Any] = Cache(cache_bytes, _bytes_of)
        self._opened: _Opened | None = None
        self._ahead: _Opened | None = None
        self._opening = Lock()
        self._prepared = Prepared()
        self._preparing = Lock()
        self._named: tuple[Stamp | None, str] | None = None
        # One: several would only take the interpreter from each other.
        self._searching = ThreadPoolExecutor(1, "whoosh")
        self._aside = ThreadPoolExecutor(THREADS_ASIDE, "whoosh-aside")

    @property
    def memory(self) -> int:
        """Bytes that are kept of what was read, of `cache_bytes` at most."""
        return self._cache.used

    async def search(self, asked: SearchQuery, audience: Audience) -> SearchResult:
        # Handing a question to another thread and back takes longer than answering it from what is kept.
        try:
            with self._cache.only_what_is_kept():
                return self._search_at_once(asked, audience)
        except NotKept:
            return await self._run(lambda: self._search(asked, audience), self._searching)

    async def prepare(self, entries: Sequence[IndexEntry]) -> None:
        await self._run(lambda: self._prepare(entries))

    async def update(self, entries: Sequence[IndexEntry], withdrawn: Sequence[DocumentId] = ()) -> None:
        await self._run(lambda: self._update(entries, withdrawn))

    async def purge(self, documents: Sequence[DocumentId]) -> None:
        await self._run(lambda: self._purge(documents))

    async def rebuild(self, shares: Sequence[Share], told: Callable[[int], None] = nobody) -> None:
        """Keeps all other writers out until it is done. A rebuild that is cut off leaves a folder that the next one
        removes; the index stays what it was."""
        with ExitStack() as held:
            await self._run(lambda: held.enter_context(self._folder.writing(self._patience)))
            path = await self._run(self._begin_rebuild)
            writer = SegmentWriter(path, Contents(0, []), free_bytes=self._free_bytes)
            if len(shares) > 1:
                await self._written_by_others(path, writer, shares, told)
            else:
                await self._written_here(writer, shares, told)
            await self._run(lambda: self._switch_to(path, writer))

    async def _written_by_others(
        self, path: Path, writer: SegmentWriter, shares: Sequence[Share], told: Callable[[int], None]
    ) -> None:
        at_once = max(TOKENS_AT_ONCE // len(shares), 1)
        tasks = [Task(path / f"share{number}", share, self._free_bytes, at_once) for number, share in enumerate(shares)]
        written = await written_by_processes(tasks, told)
        with our_errors("rebuilding the index"):
            for folder, segments in written:
                writer.take_over(folder, segments)

    async def _written_here(self, writer: SegmentWriter, shares: Sequence[Share], told: Callable[[int], None]) -> None:
        taken = 0
        for share in shares:
            async with aclosing(share()) as batches:
                async for entries in batches:
                    await self._run(lambda entries=entries: _take(writer, entries))  # type: ignore[misc]
                    taken += len(entries)
                    told(taken)

    async def completions(self, prefix: str, audience: Audience, most: int) -> tuple[str, ...]:
        return await self._run(lambda: completions(fold(prefix), self._snapshot().seen_by(audience), most))

    async def frequent_words(self, audience: Audience, most: int) -> tuple[str, ...]:
        return await self._run(lambda: frequent_words(self._snapshot().seen_by(audience), most))

    async def nearest(self, word: str, audience: Audience, most: int) -> tuple[str, ...]:
        return await self._run(lambda: nearest(fold(word), self._snapshot().seen_by(audience), most))

    async def state(self) -> IndexState:
        return await self._run(self._state)

    async def generation(self) -> str:
        stamp = self._folder.stamp()
        if self._named is None or self._named[0] != stamp:
            self._named = stamp, await self._run(self._generation)
        return self._named[1]

    async def follow(self) -> None:
        with self._folder.followed():
            while True:
                if self._lags():
                    await self._run(self._keep_up)
                await asyncio.sleep(LOOK_EVERY)

    async def close(self) -> None:
        self._searching.shutdown(wait=True)
        self._aside.shutdown(wait=True)
        self._opened = self._ahead = None

    async def _run(self, work: Callable[[], Answer], thread: ThreadPoolExecutor | None = None) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(thread or self._aside, work)

    # Reading

    def _search_at_once(self, asked: SearchQuery, audience: Audience) -> SearchResult:
        """Raises NotKept where anything would have to be read or made first, or where it would take long."""
        opened = self._opened
        if opened is None or isinstance(opened.snapshot, NotReady) or opened.stamp != self._folder.stamp():
            raise NotKept
        words = sum(1 for _ in matched_clauses(asked.match))
        if asked.fragments > PAGES_AT_ONCE or words * opened.snapshot.size > AT_ONCE:
            raise NotKept
        return _answer(asked, opened.snapshot.seen_by(audience), self._analyzer)

    def _search(self, asked: SearchQuery, audience: Audience) -> SearchResult:
        snapshot = self._snapshot()
        try:
            return _answer(asked, snapshot.seen_by(audience), self._analyzer)
        except NotReady as error:
            # A file that can be opened and not be read: the index is torn until another one is made.
            with self._opening:
                if self._opened is not None and self._opened.snapshot is snapshot:
                    self._opened = _Opened(self._opened.stamp, error)
            raise

    def _state(self) -> IndexState:
        try:
            self._snapshot()
        except NotReady as error:
            return error.state
        return IndexState.READY

    def _generation(self) -> str:
        try:
            return self._folder.current().generation
        except NotReady as error:
            return error.state.value

    def _snapshot(self) -> Snapshot:
        """The present generation. Raises NotReady where there is none."""
        stamp = self._folder.stamp()
        opened = self._opened
        if opened is None or opened.stamp != stamp:
            with self._opening:
                opened = self._opened
                if opened is None or opened.stamp != stamp:
                    opened = self._open_settled(opened)
                    self._answer_of(opened)
        if isinstance(opened.snapshot, NotReady):
            # Anew each time: an error that is raised again and again grows by each one's traceback.
            raise NotReady(opened.snapshot.state, opened.snapshot.detail) from opened.snapshot.__cause__
        return opened.snapshot

    def _open_settled(self, before: _Opened | None) -> _Opened:
        """What is current now. A commit may replace files while they are being opened: then the next try finds its."""
        for _ in range(OPENING_TRIES):
            stamp = self._folder.stamp()
            try:
                return _Opened(stamp, self._opened_ahead(stamp) or self._open(self._folder.current(), before))
            except NotReady as error:
                if self._folder.stamp() == stamp:
                    return _Opened(stamp, error)
        return _Opened(None, NotReady(IndexState.TORN, "the index changes faster than it can be opened; try again"))

    def _answer_of(self, opened: _Opened) -> None:
        self._opened, self._ahead = opened, None
        if isinstance(opened.snapshot, Snapshot):
            self._cache.keep_only({*opened.snapshot.owners, *(segment.name for segment in opened.snapshot.segments)})

    def _open(self, current: Current, before: _Opened | None) -> Snapshot:
        shared = before.snapshot.segments if before and isinstance(before.snapshot, Snapshot) else ()
        known = {segment.name: segment for segment in shared}
        path = self._folder.path / current.folder
        with our_errors("opening the index"):
            contents = read_contents(path, current.commit)
            segments = [known.get(it.segment_id()) or Segment(path, it, self._cache) for it in contents.segments]
            return Snapshot(current.generation, segments, [~dead_of(it) for it in contents.segments], self._cache)

    # Getting ready for what is coming

    def _lags(self) -> bool:
        coming, opened, ahead = self._folder.coming(), self._opened, self._ahead
        if opened is None:
            return False
        return opened.stamp != self._folder.stamp() or (coming is not None and (ahead is None or ahead.stamp != coming))

    def _keep_up(self) -> None:
        self._get_ready()
        with suppress(NotReady):
            self._snapshot()

    def _get_ready(self) -> None:
        """Open what is announced, with all that searches have needed of the present generation, in which they go on."""
        with self._folder.getting_ready(), self._opening:
            coming, before = self._folder.coming(), self._opened
            if coming is None or (self._ahead is not None and self._ahead.stamp == coming):
                return
            try:
                announced = self._folder.announced()
                # Else it is the index by now, or another one is coming.
                if self._folder.coming() == coming:
                    self._ahead = _Opened(coming, self._ready(announced, before))
            except NotReady as error:  # which searches will be told, should it become the index
                self._ahead = _Opened(coming, error)

    def _ready(self, announced: Current, before: _Opened | None) -> Snapshot:
        snapshot = self._open(announced, before)
        if before is not None and isinstance(before.snapshot, Snapshot):
            snapshot.make_ready_like(before.snapshot)
        return snapshot

    def _opened_ahead(self, stamp: Stamp | None) -> Snapshot | None:
        """What was opened when the pointer with this stamp was only coming: it was renamed since, which changes the
        last part."""
        ahead = self._ahead
        if stamp is None or ahead is None or ahead.stamp is None or ahead.stamp[:2] != stamp[:2]:
            return None
        return ahead.snapshot if isinstance(ahead.snapshot, Snapshot) else None

    # Writing

    def _prepare(self, entries: Sequence[IndexEntry]) -> None:
        # Where it fails, nothing is left of it, and whoever brings the entries is told.
        with suppress(Exception), self._preparing:
            prepared, self._prepared = self._prepared, Prepared()
            prepared.take(entries)
            self._prepared = prepared

    def _what_was_prepared(self) -> Prepared:
        with self._preparing:
            prepared, self._prepared = self._prepared, Prepared()
            return prepared

    def _update(self, entries: Sequence[IndexEntry], withdrawn: Sequence[DocumentId]) -> None:
        prepared = self._what_was_prepared()
        self._snapshot()
        with self._folder.writing(self._patience):
            current = self._folder.current()
            path = self._folder.path / current.folder
            with our_errors("writing to the index"):
                contents = read_contents(path, current.commit)
                sweep(path, [segment.segment_id() for segment in contents.segments], contents.file)
                writer = SegmentWriter(path, contents, free_bytes=self._free_bytes)
            with our_errors("writing to the index"):
                writer.take(entries, withdrawn, prepared)
                self._publish(current.folder, writer, writer.commit(), current.made)

    def _purge(self, documents: Sequence[DocumentId]) -> None:
        self._what_was_prepared()
        self._snapshot()
        with self._folder.writing(self._patience), our_errors("purging the index"):
            current = self._folder.current()
            path = self._folder.path / current.folder
            writer = SegmentWriter(path, read_contents(path, current.commit))
            writer.take((), documents)
            commit = writer.commit_without_the_dead()
            self._publish(current.folder, writer, commit, current.made)
            # At once, and not with the next commit: who is just opening what goes here tries again.
            sweep(path, writer.segments(), contents_file(commit))
            self._folder.sweep_folders([current.folder])

    def _begin_rebuild(self) -> Path:
        with our_errors("rebuilding the index"):
            self._folder.sweep_folders(self._kept_folders())
            return self._folder.next_folder()

    def _switch_to(self, path: Path, writer: SegmentWriter) -> None:
        with our_errors("rebuilding the index"):
            commit = writer.commit()
            before = self._kept_folders()
            sweep(path, writer.segments(), contents_file(commit))
            self._publish(path.name, writer, commit)
            # The one before stays until the next switch, for readers that are just opening it.
            self._folder.sweep_folders([*before, path.name])

    def _publish(self, folder: str, writer: SegmentWriter, commit: int, made: str | None = None) -> None:
        """Make a commit the index when it is on the disk, and all who follow are ready for it, so that no search has to
        wait. They open it while it is brought there."""
        announced = self._folder.announce(folder, commit, made)
        self._get_ready()
        writer.make_lasting()
        self._folder.wait_for_followers(announced)
        self._folder.switch()
        with suppress(NotReady):
            self._snapshot()

    def _kept_folders(self) -> list[str]:
        try:
            return [self._folder.current().folder]
        except NotReady:
            return []


def _take(writer: SegmentWriter, entries: Sequence[IndexEntry]) -> None:
    with our_errors("writing to the index"):
        writer.take(entries, ())


def _answer(asked: SearchQuery, view: View, analyzer: Analyzer) -> SearchResult:
    evaluation = Evaluation(view, analyzer)
    found = narrowed(evaluation.match(asked.match), asked, view)
    if found.total < asked.enough:
        return SearchResult(total=found.total, hits=())
    page = _page(found.hits, asked, view) if asked.limit else NO_PAGE
    return SearchResult(
        total=found.total,
        hits=tuple(_with_passages(page, asked, view, evaluation)),
        facets=facet_counts(found, asked, view.snapshot),
        expansions=_expansions(asked, view, analyzer),
    )


def _expansions(asked: SearchQuery, view: View, analyzer: Analyzer) -> tuple[Expansion, ...]:
    # Telling what words stood for takes longer than finding what they do: not for a mere count, and once a question.
    if asked.limit == 0:
        return ()
    found: tuple[Expansion, ...] = view.kept(
        ("expansions", asked.match), lambda: expansions(asked.match, view, analyzer)
    )
    return found


def _page(hits: Matched, asked: SearchQuery, view: View) -> Ranked:
    """The hits on the page that was asked for, in order."""
    if asked.after is not None:
        hits = _behind(asked.after, listed(hits), asked.sort, view)
    first = first_by_score if asked.sort is Sort.RELEVANCE else first_by_order
    ids, scores = first(hits, view.snapshot.order(asked.sort), asked.offset + asked.limit)
    return Ranked(ids[asked.offset :], scores[asked.offset :])


def _behind(after: After, hits: Listed, sort: Sort, view: View) -> Listed:
    """The hits that come after that one: by its present score and place. Where it is no hit any more, by the score that
    it had; where it is not even there, an order by relevance goes on with all that score no more than it did (rather
    one hit twice than one never), and any other order begins again, because nothing says where it stood."""
    scores = hits.scores if sort is Sort.RELEVANCE else np.zeros(len(hits.ids), np.float32)
    number = view.number_of(after.id)
    score = np.float32(after.score if sort is Sort.RELEVANCE else 0)
    if number is None:
        behind = scores <= score
    else:
        at = int(np.searchsorted(hits.ids, number))
        if at < len(hits.ids) and hits.ids[at] == number:
            score = scores[at]
        rank = view.snapshot.order(sort).rank
        behind = (scores < score) | ((scores == score) & (rank[hits.ids] > rank[number]))
    return Listed(hits.ids[behind], hits.scores[behind])


def _with_passages(page: Ranked, asked: SearchQuery, view: View, evaluation: Evaluation) -> list[Hit]:
    found = _all_passages(page.ids, asked, view, evaluation) if asked.fragments > 0 else {}
    ids = view.snapshot.ids
    return [
        Hit(ids[number], score, found.get(number, ()))
        for number, score in zip(page.ids.tolist(), page.scores.tolist(), strict=True)
    ]


def _all_passages(page: Ids, asked: SearchQuery, view: View, evaluation: Evaluation) -> dict[int, tuple[Passage, ...]]:
    clauses = dict.fromkeys(matched_clauses(asked.match))
    numbers = np.sort(page)
    # Where a thing stands is looked for only in those that have it: of a word's relatives most are in few or none.
    sought = [terms for terms in map(evaluation.sought, clauses) if terms is not None]
    wanted = [(terms, there) for terms in sought if (there := evaluation.having(terms, numbers)).any()]
    found: dict[int, tuple[Passage, ...]] = {}
    for segment, place in view.snapshot.placed():
        first, last = np.searchsorted(numbers, [place.start, place.stop])
        if wanted and first < last:
            here = [(terms, there[first:last]) for terms, there in wanted]
            best = passages(segment, numbers[first:last] - np.int32(place.start), here, asked.fragments)
            found |= {place.start + document: some for document, some in best.items()}
    return found


def _bytes_of(kept: Any) -> int:
    """About how much memory a kept value takes."""
    match kept:
        case tuple():
            return 100 + sum(map(_bytes_of, kept))
        case bytes():
            return 50 + len(kept)
        case Passage(tokens=tokens):
            return 200 + 40 * len(tokens)
        case _:
            return 200 + int(getattr(kept, "nbytes", 0))
