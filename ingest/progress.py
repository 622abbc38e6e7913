"""What is seen of a batch while it is worked on: bars and sentences for a person, lines of JSON for a program."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ingest.batch import Outcome, here_as
from library.batches import EVERYTHING, FailedAlike, KnownAs
from library.jobs import IngestJob
from library.words import Words

MOST_NAMES = 5
"""Files that are named under each reason, at the end."""
NOT_QUEUED = frozenset(
    {"bad-metadata", "bad-request", "conflict", "not-found", "purged-file", "unavailable", "unreadable-file"}
)
"""Codes of files that were not taken in: they are handed in again, there is nothing to be read again."""

NAMES_THE_COMMAND = frozenset({"needs-ocr"})
"""Codes of which the same is said of all files more exactly: the command that helps."""


class Report:
    """Takes in how each file ended, and says at the end what came of all of them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How many ended how: `done`, `known`, `failed`; `waiting` are those that have not ended."""

    def begin(self, files: int) -> None:
        """So many files are coming."""
        self.counts["waiting"] = files

    def at_work(self, jobs: Sequence[IngestJob]) -> None:
        """These are being read now."""

    def expect(self, files: int) -> None:
        """So many more than was thought are coming: an archive held them."""
        self.counts["waiting"] += files

    def ended(self, outcome: Outcome) -> None:
        self.counts["waiting"] -= 1
        self.counts[outcome.ended] += 1

    def finish(self, *, paused: bool, alike: int = 0) -> None:
        """No more are coming; those that still wait do so because somebody has `paused` reading, or for a worker. So
        many pairs of documents, of which one came with these, look `alike`."""


class JsonReport(Report):
    """One JSON object a line: an outcome each, and the totals last."""

    def ended(self, outcome: Outcome) -> None:
        super().ended(outcome)
        told = msgspec.to_builtins(outcome)
        _line(msgspec.json.encode({name: value for name, value in told.items() if name != "reasons"}))

    def finish(self, *, paused: bool, alike: int = 0) -> None:
        totals = {name: self.counts[name] for name in ("done", "known", "waiting", "failed")}
        _line(msgspec.json.encode({**totals, "paused": paused, "alike": alike}))


class PersonReport(Report):
    """Bars for all files and for each that is being read, where a terminal looks on; at the end what failed, by reason,
    with what helps."""

    def __init__(self, told: Words) -> None:
        super().__init__()
        self._told = told
        self._failed: dict[str, list[Outcome]] = {}
        self._console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._files = self._bars.add_task("")
        self._reading: dict[str, TaskID] = {}

    def begin(self, files: int) -> None:
        super().begin(files)
        self._bars.update(self._files, total=files)
        self._bars.start()

    def at_work(self, jobs: Sequence[IngestJob]) -> None:
        for gone in self._reading.keys() - {job.id for job in jobs}:
            self._bars.remove_task(self._reading.pop(gone))
        for job in jobs:
            if job.id not in self._reading:
                self._reading[job.id] = self._bars.add_task("")
            step = self._told.of_step(job.step or job.state, job.page, job.pages)
            self._bars.update(
                self._reading[job.id],
                description=f"  {job.name}: {step}",
                completed=job.page,
                total=job.pages or None,
            )

    def expect(self, files: int) -> None:
        super().expect(files)
        self._bars.update(self._files, total=(self._bars.tasks[0].total or 0) + files)

    def ended(self, outcome: Outcome) -> None:
        super().ended(outcome)
        self._bars.advance(self._files)
        if outcome.ended == "failed":
            self._failed.setdefault(outcome.code, []).append(outcome)
        for sentence in (self._why(outcome), *map(self._told.of_detail, outcome.notes)):
            if sentence:
                self._console.print(f"{self._told.standing.get(outcome.ended, '')} {outcome.file}: {sentence}".strip())

    def _why(self, outcome: Outcome) -> str:
        if outcome.ended != "failed":
            return self._told.of_detail(outcome.detail)
        return self._told.why(outcome.code, self._told.of_reasons(outcome.reasons) or outcome.detail)

    def finish(self, *, paused: bool, alike: int = 0) -> None:
        self._bars.stop()
        failed = [
            FailedAlike(code, len(same), tuple(each.file for each in same), same[0].detail)
            for code, same in self._failed.items()
        ]
        for line in report_lines(self._told, self.counts, failed, paused=[EVERYTHING] if paused else [], alike=alike):
            self._console.print(line)


def report_lines(
    told: Words,
    counts: Counter[str],
    failed: Iterable[FailedAlike],
    *,
    paused: Iterable[str],
    alike: int,
    known_as: Iterable[KnownAs] = (),
) -> list[str]:
    """The end of a batch in words: how many files ended how, and for each code of those that failed how many and which
    they are, what that means and what helps; which files were known under another name; then how many pairs of
    documents look alike, and what is paused."""
    numbers = {name: counts[name] for name in ("done", "known", "waiting", "failed")}
    lines, codes = [told.report["counts"].format(**numbers)], set()
    lines += [f"    - {known.name}: {told.of_detail(here_as(known.known_as))}" for known in known_as]
    for each in sorted(failed, key=lambda each: -each.files):
        codes.add(each.code)
        failure = told.of_failure(each.code)
        lines += [f"{each.files} × {failure.what}", f"    {told.report['cure'].format(cure=failure.cure)}"]
        if each.code in NAMES_THE_COMMAND:
            lines.append(f"    {told.of_detail(each.detail)}")
        lines += [f"    - {name}" for name in each.names[:MOST_NAMES]]
        if each.files > MOST_NAMES:
            lines.append(f"    - {told.report['more'].format(files=each.files - MOST_NAMES)}")
    if not codes <= NOT_QUEUED:
        lines.append(told.report["again"])
    if alike:
        lines.append(told.report["alike"].format(pairs=alike))
    lines += [told.report["paused"].format(batch=f" {each}" if each else "") for each in paused]
    return lines


def _line(line: bytes) -> None:
    sys.stdout.write(line.decode() + "\n")
    sys.stdout.flush()
