"""A real browser at a real server: Debian's Chromium, driven by Playwright, before the library of a few samples.

What a failed test did is kept in `.traces/`, one file a test: `playwright show-trace FILE` plays it.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
PROVIDER = ROOT / "tests" / "js" / "identity-provider.mjs"
SAMPLES = ROOT / "ingest" / "samples"
TRACES = ROOT / ".traces"
TAKEN = (
    "dvojjazycny-asistent-prvni-rok.pdf",
    "adaptacni-koordinator-ve-skole.odt",
    "deti-cizincu-v-male-skole.docx",
    "eal-pupils-classroom-handbook.pdf",
    "age-assessment-policy-paper.pdf",
    "dity-inozemtsiv-u-cheskii-shkoli.pdf",
    "tlumoceni-u-lekare.html",
    "kommunale-integration-grenzregion.docx",
)
"""Samples in four languages: enough to narrow, few enough to be read in seconds."""
RUNNING = "BROWSER_TESTS_AT"
START_SECONDS = 240


class Library(NamedTuple):
    """A library that is served, with a provider at which Jana of Alfa's staff can sign in."""

    address: str
    environment: dict[str, str]
    """What a process needs to know to work on the same library."""


@pytest.fixture(scope="package")
def sessions(library: Library) -> dict[str, str]:
    """The sessions of Jana, who is of the staff, and Petr, who is not."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.browser.staff"],
        env={**os.environ, **library.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


@pytest.fixture(scope="package")
def session(sessions: dict[str, str]) -> dict[str, str]:
    """The cookies of Jana."""
    return {"session": sessions["jana"]}


@pytest.fixture(scope="package")
def address(library: Library) -> str:
    return library.address


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with these samples and some hostile documents. Who works on one test may name a server that runs
    already, with the environment in which it does."""
    if RUNNING in os.environ:
        yield Library(os.environ[RUNNING], dict(os.environ))
        return
    folder = tmp_path_factory.mktemp("browser")
    files = folder / "files"
    files.mkdir()
    for name in TAKEN:
        shutil.copy(SAMPLES / "files" / name, files)
        shutil.copy(SAMPLES / "files" / f"{name}.toml", files)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = f"http://127.0.0.1:{port}"
    provider = subprocess.Popen(
        ["node", PROVIDER, f"{served}/sign-in/return"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    own = {
        "LIBRARY_DATA": str(folder / "data"),
        "LIBRARY_PORT": str(port),
        "LIBRARY_OIDC_ISSUER": provider.stdout.readline().decode().strip(),
        "LIBRARY_OIDC_CLIENT_ID": "library",
        "LIBRARY_OIDC_CLIENT_SECRET": "a secret of the test",
    }
    environment = {**os.environ, **own}
    run = [sys.executable, "-m"]
    for command in (
        ["library", "organisations", "add", "--from", str(SAMPLES / "organisations.toml")],
        ["ingest", "add", str(files)],
        ["tests.browser.hostile"],
    ):
        done = subprocess.run([*run, *command], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    log = (folder / "log").open("wb")
    server = subprocess.Popen([*run, "library", "serve"], env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait_for(f"{served}/readyz", server)
        yield Library(served, own)
    finally:
        server.terminate()
        server.wait(30)
        provider.communicate(timeout=30)
        log.close()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 5):
        assert server.poll() is None, "the server ended at its start"
        with suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"the server was not ready after {START_SECONDS} s")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "these tests need Debian's Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


class Visitor:
    """Opens pages as one person would see them, and notes what no page may do."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._contexts: list[BrowserContext] = []
        self.elsewhere: list[str] = []
        """Addresses of other hosts that were asked for."""
        self.complaints: list[str] = []
        """What scripts and the browser said against a page."""

    def opens(self, path: str, **context: object) -> Page:
        """`context` as Playwright takes it: viewport, color_scheme, java_script_enabled, locale …"""
        made = self._browser.new_context(base_url=self._address, **{"locale": "cs-CZ", **context})
        made.tracing.start(snapshots=True)
        self._contexts.append(made)
        page = made.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: self._look_at(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.goto(path)
        return page

    def close(self, trace: Path | None) -> None:
        for number, context in enumerate(self._contexts):
            context.tracing.stop(path=trace and trace.with_name(f"{trace.name}-{number}.zip"))
            context.close()

    def _look_at(self, url: str) -> None:
        if not url.startswith((self._address, "data:", "blob:", "about:")):
            self.elsewhere.append(url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.when == "call":
        item.failed_call = report.failed
    return report


@pytest.fixture
def visitor(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    made = Visitor(browser, address)
    yield made
    failed = getattr(request.node, "failed_call", True)
    name = re.sub(r"\W+", "-", request.node.name)
    TRACES.mkdir(exist_ok=True) if failed else None
    made.close(TRACES / name if failed else None)
    assert made.elsewhere == []
    assert made.complaints == []
