"""What is seen of a batch while it is worked on: a bar and sentences for a person, lines of JSON for a program."""

import sys
from collections import Counter

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ingest.batch import Outcome


class Report:
    """Takes in how each file ended, and says at the end what came of all of them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How many ended how: `done`, `known`, `failed`."""

    def begin(self, files: int) -> None:
        """So many files are coming."""

    def expect(self, files: int) -> None:
        """So many more than was thought are coming: an archive held them."""

    def ended(self, outcome: Outcome) -> None:
        self.counts[outcome.ended] += 1

    def finish(self) -> None:
        """No more are coming."""


class JsonReport(Report):
    """One JSON object a line: an outcome each, and the totals last."""

    def ended(self, outcome: Outcome) -> None:
        super().ended(outcome)
        _line(msgspec.json.encode(outcome))

    def finish(self) -> None:
        _line(msgspec.json.encode({name: self.counts[name] for name in ("done", "known", "failed")}))


class PersonReport(Report):
    """A bar that counts files where a terminal looks on; what failed, and why, as sentences."""

    def __init__(self) -> None:
        super().__init__()
        self._console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._files = self._bar.add_task("files")

    def begin(self, files: int) -> None:
        self._bar.update(self._files, total=files)
        self._bar.start()

    def expect(self, files: int) -> None:
        self._bar.update(self._files, total=(self._bar.tasks[0].total or 0) + files)

    def ended(self, outcome: Outcome) -> None:
        super().ended(outcome)
        self._bar.advance(self._files)
        for sentence in (outcome.detail, *outcome.notes):
            if sentence:
                self._console.print(f"{outcome.ended:6} {outcome.file}: {sentence}")

    def finish(self) -> None:
        self._bar.stop()
        done, known, failed = (self.counts[name] for name in ("done", "known", "failed"))
        self._console.print(f"{done} taken in, {known} were here already, {failed} failed")


def _line(line: bytes) -> None:
    sys.stdout.write(line.decode() + "\n")
    sys.stdout.flush()
