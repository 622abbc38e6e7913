"""A folder of files that want to do harm, handed in beside good ones: by the command line, and over HTTP."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from library.errors import ExtractionFailed, extraction_failure
from library.settings import Settings
from tests.ingest.hostile_files import ATTACHMENTS, BACKWARDS, HOSTILE, LONGEST_NAME, SUFFIXES, encrypted, write_all
from tests.ingest.running import Running, a_library, command, wait_for

LIMITS = {"LIBRARY_READ_SECONDS": "10", "LIBRARY_READ_PAGES": "1000"}
"""Lower than usual, so that reaching them takes less time."""
GOOD = 5
OUTSIDE = "What lies outside of the folder is nobody's to read: forbidden."
MEMORY = (
    "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]).returncode; "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(done)"
)
"""Runs a command and says how many kB the largest of its processes had in memory."""
NAMES = ("../../../escaped.txt", "nul\x00.txt", "n" * 255 + ".txt", BACKWARDS, "..", "con.txt", "a\\..\\b.txt")
"""As uploads call themselves."""


class Ended(Struct):
    """What is left when all has been handed in."""

    root: Path
    """In which were the folder with the files, the data and the temporary folder, and nothing else."""
    outcomes: dict[str, dict[str, str]]
    """Of the files in the folder, by name."""
    uploads: dict[str, httpx.Response]
    peak_mb: int
    web: str
    """Where the library is still served."""
    key: str
    """Of its staff."""


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    root = tmp_path_factory.mktemp("hostile")
    folder, temporary = root / "folder", root / "temporary"
    folder.mkdir()
    temporary.mkdir()
    environment = a_library(root / "data", TMPDIR=str(temporary), **LIMITS)
    key = command(environment, "library", "keys", "add", "--organisation", "alfa", "--role", "staff").stdout.strip()
    write_all(folder)
    for number in range(GOOD):
        (folder / f"{'abmyz'[number]}-good.txt").write_text(f"Good text xqgood{number} of a counselling centre.\n")
    (folder / "unlocked.pdf").write_bytes(encrypted(""))
    (folder / LONGEST_NAME).write_text("A text xqlongname with the longest name that there is.\n")
    (folder / BACKWARDS).write_text("A text xqbackwards whose name runs backwards.\n")
    (root / "outside.txt").write_text(OUTSIDE)
    (folder / "link.txt").symlink_to(root / "outside.txt")
    running = Running(environment, root / "log")
    running.start("web")
    web = f"http://127.0.0.1:{running.port}"
    try:
        wait_for(lambda: _answers(web))
        uploads = {name: _upload(web, key, name) for name in NAMES}
        handed_in = subprocess.run(
            [sys.executable, "-c", MEMORY, sys.executable, "-m", "ingest", "add", "--json", str(folder)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        lines = [json.loads(line) for line in handed_in.stdout.splitlines()]
        yield Ended(
            root=root,
            outcomes={line["file"]: line for line in lines if "file" in line},
            uploads=uploads,
            peak_mb=int(handed_in.stderr.split()[-1]) // 1024,
            web=web,
            key=key,
        )
    finally:
        running.end()


def test_every_file_ends_with_a_code_and_a_sentence_or_as_a_document(ended: Ended):
    assert set(HOSTILE) <= set(ended.outcomes)
    for name, outcome in ended.outcomes.items():
        if outcome["ended"] == "failed":
            assert type(extraction_failure(outcome["code"], "")) is not ExtractionFailed, (name, outcome)
            assert len(outcome["detail"].split()) > 4, (name, outcome)
        else:
            assert outcome["ended"] == "done", (name, outcome)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("bomb.docx", {"too-large"}),
        ("bomb.zip", {"too-large"}),
        ("entities.docx", {"damaged-file"}),
        ("entities.odt", {"damaged-file"}),
        ("entities-utf16.odt", {"damaged-file"}),
        ("entities.xml", {"unsupported-format"}),
        ("loop.pdf", {"damaged-file", "no-text"}),
        ("empty-pages.pdf", {"no-text", "took-too-long"}),
        ("long-stream.pdf", {"no-text", "needs-memory", "took-too-long", "too-large"}),
        ("locked.pdf", {"encrypted-file"}),
        ("empty.pdf", {"empty-file"}),
        *((f"noise.{suffix}", {"unsupported-format", "damaged-file", "no-text"}) for suffix in SUFFIXES),
    ],
)
def test_what_is_wrong_with_a_file_is_named(ended: Ended, name: str, codes: set[str]):
    assert ended.outcomes[name]["ended"] == "failed", ended.outcomes[name]
    assert ended.outcomes[name]["code"] in codes


def test_a_pdf_that_only_its_owner_locked_is_read(ended: Ended):
    assert ended.outcomes["unlocked.pdf"]["ended"] == "done"


@pytest.mark.parametrize("word", [*(f"xqgood{number}" for number in range(GOOD)), "xqlongname", "xqbackwards"])
def test_the_good_files_beside_them_are_found(ended: Ended, word: str):
    assert _found(ended, word) == 1


def test_what_a_link_points_to_is_not_taken_in(ended: Ended):
    assert "link.txt" not in ended.outcomes
    assert _found(ended, "forbidden") == 0


def test_all_attachments_of_a_mail_are_taken_in(ended: Ended):
    assert ended.outcomes["attachments.eml"]["ended"] == "done"
    assert _found(ended, "Attachment") == ATTACHMENTS + 1


@pytest.mark.parametrize("name", ["bombs.pdf", "names.pdf", "comments.pdf"])
def test_a_pdf_is_read_whatever_is_attached_to_it(ended: Ended, name: str):
    assert ended.outcomes[name]["ended"] == "done", ended.outcomes[name]


def test_a_file_nested_deep_is_read_or_refused_but_harms_nothing(ended: Ended):
    assert ended.outcomes["deep.html"]["ended"] in {"done", "failed"}


@pytest.mark.parametrize("name", NAMES)
def test_an_uploads_name_is_a_label_whatever_it_is(ended: Ended, name: str):
    answer = ended.uploads[name]
    assert answer.status_code in {202, 400}, answer.text
    if answer.status_code == 202:
        label = answer.json()["job"]["name"]
        assert "/" not in label
        assert "\x00" not in label


def test_nothing_is_left_outside_the_data_folder(ended: Ended):
    assert {path.name for path in ended.root.iterdir()} == {"data", "folder", "temporary", "outside.txt", "log"}
    assert not list((ended.root / "temporary").iterdir())
    assert not list(Path("/tmp").glob("escaped*"))
    assert (ended.root / "outside.txt").read_text() == OUTSIDE
    kept = {path.name for path in (ended.root / "data" / "files").rglob("*") if path.is_file()}
    assert all(len(name) == 64 for name in kept)


def test_no_process_had_more_memory_than_a_reader_may(ended: Ended):
    assert ended.peak_mb <= Settings().read_memory_mb


def test_the_library_is_still_served(ended: Ended):
    assert _answers(ended.web)


def _upload(web: str, key: str, name: str) -> httpx.Response:
    content = f"A text of {name!r}.".encode()
    return httpx.post(
        f"{web}/api/v1/documents", files={"file": (name, content)}, headers={"X-API-Key": key}, timeout=60
    )


def _found(ended: Ended, word: str) -> int:
    answer = httpx.get(f"{ended.web}/api/v1/search", params={"q": word}, headers={"X-API-Key": ended.key}, timeout=60)
    return int(answer.json()["total"])


def _answers(web: str) -> bool:
    try:
        return httpx.get(f"{web}/healthz").is_success
    except httpx.TransportError:
        return False
