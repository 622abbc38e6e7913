"""kill -9 of worker, child or web at any moment: nothing accepted is lost, nothing is doubled."""

import functools
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.ingest.running import (
    PATIENCE,
    Running,
    a_folder,
    a_library,
    all_that_must_hold,
    command,
    jobs_ended,
    wait_for,
)

ROUNDS = int(os.environ.get("KILL_ROUNDS", "3"))
"""How many kills; the campaign says more."""
FILES = int(os.environ.get("KILL_FILES", "45"))
SEED = int(os.environ.get("KILL_SEED", "1"))
VICTIMS = ("worker", "child", "web")
MOST_WAITING = 15
"""Files that are handed in ahead of those that are read."""


class Sender(threading.Thread):
    """Hands in files over HTTP, again and again until each is accepted."""

    def __init__(self, address: str, key: str, files: list[Path], ended: Callable[[], int]) -> None:
        super().__init__()
        self._address = address
        self._key = key
        self._files = files
        self._ended = ended
        self.accepted: dict[str, str] = {}
        """The jobs that were answered for, by the names of files."""

    def run(self) -> None:
        with httpx.Client(base_url=self._address, headers={"X-API-Key": self._key}) as client:
            for path in self._files:
                # So that files come in as long as files are read, and a kill of anything falls among both.
                wait_for(lambda: len(self.accepted) - self._ended() < MOST_WAITING)
                deadline = time.monotonic() + PATIENCE
                while path.name not in self.accepted and time.monotonic() < deadline:
                    self._send(client, path)

    def _send(self, client: httpx.Client, path: Path) -> None:
        headers = {"Idempotency-Key": path.name}
        try:
            answer = client.post(
                "/api/v1/documents", files={"file": (path.name, path.read_bytes())}, headers=headers, timeout=PATIENCE
            )
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            if answer.status_code == 202:
                self.accepted[path.name] = answer.json()["job"]["id"]


def test_kills_at_random_moments_lose_nothing_and_double_nothing(tmp_path: Path):
    chance = random.Random(SEED)
    library = a_library(tmp_path / "data", LIBRARY_FREE_MB="1")
    key = command(library, "library", "keys", "add", "--organisation", "alfa", "--role", "staff").stdout.strip()
    files = a_folder(tmp_path / "folder", FILES)
    running = Running(library, tmp_path / "log")
    ended = functools.partial(jobs_ended, library)
    sender = Sender(f"http://127.0.0.1:{running.port}", key, files, ended)
    killed: list[str] = []
    try:
        running.start("web")
        running.start("worker")
        sender.start()
        for turn in range(ROUNDS):
            until = FILES * (turn + 1) // (ROUNDS + 1)
            victim = VICTIMS[turn % len(VICTIMS)]
            wait_for(lambda until=until: ended() >= until)
            time.sleep(chance.uniform(0, 0.5))
            wait_for(lambda victim=victim: running.kill(victim))  # a child is there now and then
            killed.append(victim)
            if victim != "child":
                running.start(victim)
        sender.join()
    finally:
        running.end()
    assert sorted(sender.accepted) == [path.name for path in files]
    told = all_that_must_hold(library, files)
    print(f"kills: {len(killed)} ({', '.join(f'{killed.count(each)} {each}' for each in VICTIMS)}), {told}")
