"""The sample library as a front-end team has it: served by a process of its own; and what npm brought."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

JS = Path(__file__).parents[1] / "js"
STARTS_WITHIN = 120.0
"""Seconds; most of them are the dictionaries'."""


@contextmanager
def running(data: Path, **settings: str) -> Iterator[str]:
    """A web process over this data folder: its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "LIBRARY_DATA": str(data), "LIBRARY_PORT": str(port), **settings}
    with subprocess.Popen(
        [sys.executable, "-m", "library", "serve"], env=environment, stderr=subprocess.DEVNULL
    ) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{address} was not ready within {STARTS_WITHIN:.0f} s")


@pytest.fixture(scope="session")
def demo(sample_data: Path) -> Iterator[str]:
    """The address of the sample library."""
    with running(sample_data) as address:
        yield address


@pytest.fixture(scope="session")
def built() -> Path:
    """tests/js with its packages."""
    assert (JS / "node_modules").is_dir(), "the packages of tests/js are missing: run `npm ci --prefix tests/js`"
    return JS


def node(*command: str, **variables: str) -> str:
    """What a command of the packages in tests/js prints."""
    program, *arguments = command
    found = JS / "node_modules" / ".bin" / program
    environment: Mapping[str, str] = {**os.environ, "REDOCLY_TELEMETRY": "off", **variables}
    done = subprocess.run(
        [str(found) if found.exists() else program, *arguments],
        cwd=JS,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
