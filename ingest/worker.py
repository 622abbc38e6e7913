"""Takes the next job, runs the pipeline, records how it ended: the one process that writes documents."""

import asyncio
import fcntl
import gc
import logging
import os
from collections import deque
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from errno import EDQUOT, EFBIG, ENOSPC

from ingest.extract import READERS as READERS_VERSION
from ingest.extract import Limits, sweep_folders
from ingest.keeping import Keeping
from ingest.log import of_job
from ingest.pipeline import Kept, Unpacked, ingest
from ingest.readers import Lent, Readers
from ingest.rereading import ReadAgain, reread, unpack_again
from ingest.steps import Steps, Tell
from library.acting import acting_as
from library.errors import Conflict, IndexBusy, IndexUnavailable, LibraryError, NeedsOcr, Unavailable
from library.exchange import Exchange
from library.inbox import Inbox
from library.jobs import IngestJob, Purpose
from library.language import LANGUAGES, detect_language
from library.loaded import keep_room, keep_what_is_loaded
from library.settings import Settings

logger = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between looks at an empty inbox where nobody has written anything."""
LOOK_EVERY = 0.02
"""Seconds between looks whether somebody has."""
PAUSE_WHEN_UNAVAILABLE = 5.0
"""Seconds until a disk that was full, or a catalogue that was locked, is tried again."""
READERS = max(os.cpu_count() or 1, 2)
"""Files that are read at once: more than one, since a long one must not keep the others waiting."""
BEHIND = 14
"""Files that are described and kept at once, or wait for others to be kept with, beside those that are being read: with
two, readers wait a third of the time for whoever is busy with the index."""
TAKEN_TOGETHER = 8
"""Jobs that are taken at once: a transaction for each would be a fifteenth of all that the worker does."""
COMMIT_EVERY = 2.0
"""Seconds after which documents that have come in are given to the index, while some more are coming."""
WHILE_OTHERS_WAIT = 10.0
"""Seconds that what has come in waits for what comes: each commit costs what some dozens of files do, so all of them
are found sooner than by several."""
COMMIT_SHARE = 0.1
"""Of the time at most, that giving them to the index may take: a document costs the less the more come with it. While
many files wait, each is found some seconds later, but all of them sooner."""
READY_EVERY = 0.3
"""Seconds between looks at what has come that can be made ready for the next commit."""
THREADS = 1
"""In which files are described and analysed, and what else there is that takes time: a second one would only take the
interpreter from the first, and costs a twentieth more."""
YOUNG = 50_000
"""Things that come into being until garbage is looked for: the tables of some pages, not Python's 700 things."""
LONGEST_PATIENCE = 20.0
"""Seconds after which what has come in is given to the index all the same, however many wait."""


class AnotherWorker(Conflict):
    code = "another-worker"
    title = "Another worker is at work"


def give_way(settings: Settings) -> None:
    """Have this process, and what it starts, wait for those who answer searches where both want a processor."""
    present = os.getpriority(os.PRIO_PROCESS, 0)
    if present < settings.worker_nice:
        os.setpriority(os.PRIO_PROCESS, 0, settings.worker_nice)


@contextmanager
def the_only_worker(settings: Settings) -> Iterator[None]:
    """Holds the lock that makes this process the one that works on jobs. Raises AnotherWorker."""
    settings.data.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.data / "worker.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise AnotherWorker("another worker is at work on this library; it takes these jobs too") from error
    try:
        yield
    finally:
        os.close(descriptor)


async def work_with_others(exchange: Exchange) -> None:
    """Work until nothing waits and everything that came in can be found; where another worker is at it, wait for it,
    and take over should it stop."""
    while True:
        try:
            with the_only_worker(exchange.settings):
                return await _work(exchange)
        except AnotherWorker:
            if await _all_done(exchange):
                return None
            await asyncio.sleep(PAUSE)


async def _work(exchange: Exchange) -> None:
    together = await _take_up(exchange)
    async with _readers(exchange.settings) as readers:
        await _drain(exchange, readers, together)
    while not await _catch_up(exchange):  # noqa: ASYNC110  # what is waited for happens in another process
        await asyncio.sleep(PAUSE)
    while await exchange.compare():
        pass


async def _take_up(exchange: Exchange) -> int:
    """Go on where a worker before us was cut off; how many jobs to take together. One by one what it was at: should a
    file of these cut us off too, those behind it are not to count as tried."""
    cut_off = await exchange.inbox.recover()
    await exchange.sweep()
    await asyncio.to_thread(sweep_folders)
    return 1 if cut_off else TAKEN_TOGETHER


async def _all_done(exchange: Exchange) -> bool:
    return not await exchange.inbox.has_work() and not await exchange.unindexed.oldest(1)


async def follow(exchange: Exchange) -> None:
    """Work, and wait for more, until cancelled; where another worker is at it, stand by to take over from it."""
    while True:
        try:
            with the_only_worker(exchange.settings):
                await _work_on_and_on(exchange)
        except AnotherWorker:
            await asyncio.sleep(PAUSE)
        except Unavailable as error:
            logger.warning("the worker waits: %s", error.detail)
            await asyncio.sleep(PAUSE_WHEN_UNAVAILABLE)


async def _work_on_and_on(exchange: Exchange) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "work"))
    together = await _take_up(exchange)
    async with _readers(exchange.settings) as readers:
        await asyncio.gather(asyncio.to_thread(_load, exchange), readers.start())
        while True:
            news = exchange.inbox.news()
            if await exchange.inbox.has_work():
                await _drain(exchange, readers, together)
                together = TAKEN_TOGETHER
            else:
                await _catch_up(exchange)
            await exchange.compare()
            await _news_after(news, exchange)


async def _news_after(news: int | None, exchange: Exchange) -> None:
    """Until somebody has written something, or for a while."""
    clock = asyncio.get_running_loop().time
    until = clock() + PAUSE
    while exchange.inbox.news() == news and clock() < until:  # noqa: ASYNC110  # who writes is another process
        await asyncio.sleep(LOOK_EVERY)


def _load(exchange: Exchange) -> None:
    """Load what the first file would wait for."""
    for language in LANGUAGES:
        exchange.analyzer.table(language, language)
    detect_language("a text that is long enough to tell its language")
    keep_what_is_loaded()
    keep_room()
    gc.set_threshold(YOUNG)


def _readers(settings: Settings) -> Readers:
    limits = Limits(
        seconds=settings.read_seconds,
        memory_mb=settings.read_memory_mb,
        pages=settings.read_pages,
        characters=settings.read_characters,
        ocr_pages=settings.ocr_pages,
        tessdata=settings.tessdata,
        file_bytes=settings.file_bytes,
    )
    return Readers(limits, READERS)


async def _drain(exchange: Exchange, readers: Readers, together: int) -> None:
    """Work on jobs, so many taken together, with all readers until none waits; what has come in goes into the index
    every now and then."""
    steps, taken, keeping = Steps(exchange.inbox.note), _Taken(exchange.inbox, together), Keeping()
    clock = asyncio.get_running_loop().time

    def begun(count: int) -> set[asyncio.Task[None]]:
        return {asyncio.create_task(_slot(exchange, taken, readers, keeping, steps)) for _ in range(count)}

    slots = begun(len(readers) + BEHIND)
    idle, since = 0, clock()
    due = since + COMMIT_EVERY
    beside = [asyncio.create_task(steps.keep_telling()), asyncio.create_task(_keep_ready(exchange))]
    try:
        while slots:
            news = exchange.inbox.news()
            wait = LOOK_EVERY if idle else max(due - clock(), 0.0)
            ended, _ = await asyncio.wait(slots, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for slot in ended:
                slot.result()
            slots -= ended
            idle += len(ended)
            if slots and due <= clock() < since + WHILE_OTHERS_WAIT and await exchange.inbox.has_waiting():
                due = min(clock() + COMMIT_EVERY, since + WHILE_OTHERS_WAIT)
            elif not slots or clock() >= due:
                due = clock() + await _patience_after(_catch_up(exchange))
                since = clock()
            if idle:  # nothing waits: what is being read need not fill a commit
                due = min(due, clock() + COMMIT_EVERY)
            if slots and not ended and exchange.inbox.news() != news:
                # One reader may have a long file: the others look for what has come since.
                slots |= begun(idle)
                idle = 0
    except BaseException:
        await _end(*slots, *beside)
        with suppress(Unavailable):  # then `recover` does it, when a worker can begin again
            await exchange.inbox.give_back()
        raise
    await _end(*beside)


async def _keep_ready(exchange: Exchange) -> None:
    """Until cancelled, have all but the writing done of the next commit, while readers keep both processors busy: at
    the end nobody has anything to do but wait for it."""
    while True:
        await asyncio.sleep(READY_EVERY)
        try:
            await exchange.get_ready()
        except Unavailable as error:  # what matters is written elsewhere, and fails there
            logger.info("nothing is made ready for the index: %s", error.detail)
        except Exception:
            # It was to save time: the commit tells whether anything is wrong with what goes into it.
            logger.exception("nothing is made ready for the index")


async def _patience_after(commit: Awaitable[bool]) -> float:
    """Seconds until the next commit, after this one."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    await commit
    return min(max(COMMIT_EVERY, (clock() - begun) / COMMIT_SHARE), LONGEST_PATIENCE)


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Taken:
    """Jobs that were taken together, and are begun one by one."""

    def __init__(self, inbox: Inbox, most: int) -> None:
        self._inbox = inbox
        self._most = most
        self._jobs: deque[IngestJob] = deque()
        self._turn = asyncio.Lock()
        self._none_since: int | None = None
        """After which commit none waited: each that asks in vain costs a transaction."""

    async def next(self) -> IngestJob | None:
        """The job that is to be worked on next; None where none waits."""
        async with self._turn:
            if not self._jobs:
                await self._take()
            return self._jobs.popleft() if self._jobs else None

    async def _take(self) -> None:
        news = self._inbox.news()
        if news is None or news != self._none_since:
            self._jobs += await self._inbox.take_some(self._most)
            self._none_since = None if self._jobs else news


async def _slot(exchange: Exchange, taken: _Taken, readers: Readers, keeping: Keeping, steps: Steps) -> None:
    """One job after the other, until none waits. None is begun before a reader will soon be free for it."""
    while True:
        async with readers.lent() as reader:
            job = await taken.next()
            if job is None:
                return
            with of_job(job.id), keeping.at_work():
                await _work_on(job, exchange, reader, keeping, steps)


async def _work_on(job: IngestJob, exchange: Exchange, reader: Lent, keeping: Keeping, steps: Steps) -> None:
    logger.info("reading %r, %d bytes", job.name, job.size)
    try:
        with _full_disks_are_no_fault_of_a_file(), acting_as(f"the worker, for {job.submitted_by or job.organisation}"):
            ended = await _read(job, exchange, reader, keeping, steps.of(job.id))
    except Unavailable:
        raise  # no file's fault: the worker stops, and the job waits again
    except LibraryError as error:
        logger.info("failed: %s: %s", error.code, error.detail)
        await exchange.inbox.fail(job.id, error.code, error.detail)
    except Exception:
        # A fault of ours must not stop the files behind this one.
        logger.exception("failed: a fault of ours")
        sentence = f"something in the library itself failed on this file; the log says more under job {job.id}"
        await exchange.inbox.fail(job.id, "internal-error", sentence)
    else:
        match ended:
            case Kept():
                logger.info("done: document %s", job.document)
            case ReadAgain(notes, waits_for):
                await exchange.inbox.done(job.id, notes, NeedsOcr.code if waits_for else "", waits_for)
                logger.info("read again: document %s", job.document)
            case Unpacked(notes):
                await exchange.inbox.unpacked(job.id, notes, READERS_VERSION)
                logger.info("unpacked")


async def _read(
    job: IngestJob, exchange: Exchange, reader: Lent, keeping: Keeping, tell: Tell
) -> Kept | Unpacked | ReadAgain:
    match job.purpose:
        case Purpose.NEW:
            return await ingest(job, exchange, reader, keeping, tell)
        case Purpose.REREAD if not job.document:
            return Unpacked(await unpack_again(job, exchange, reader, tell))
        case Purpose.REREAD:
            return await reread(job, exchange, reader, tell)


@contextmanager
def _full_disks_are_no_fault_of_a_file() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT, EFBIG):
            raise Unavailable(f"a disk of this machine is full; make room and try again ({error})") from error
        raise


async def _catch_up(exchange: Exchange) -> bool:
    """Whether the index has everything now; an index that cannot be used is made anew."""
    try:
        await exchange.catch_up()
    except IndexUnavailable as error:
        logger.info("rebuilding the index: %s", error.detail)
        await exchange.rebuild()
    except IndexBusy as error:
        logger.info("the index has to wait: %s", error.detail)
        return False
    return True
