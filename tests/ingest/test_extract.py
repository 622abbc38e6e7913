"""What is read from files, and how a reader outlives those that want to harm it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ingest.extract import Extract, Limits, Reader, extract
from library.errors import ExtractionFailed, NeedsMemory, NoText, ReaderCrashed, TookTooLong

LETTERS = "Příliš žluťoučký kůň úpěl ďábelské ódy. Жебракують філософи при ґанку, ще й їжак. Trẻ em học ở trường."

PAGE = f"""<!doctype html><html lang="cs"><head><title>Stůl</title><style>p {{}}</style></head><body>
<nav><a href="/">Domů</a></nav><article><h1>Sousedský stůl</h1><p>{LETTERS}</p><ul><li>první<li>druhý</ul>
<table><tr><th>rok<th>rodin</tr><tr><td>2023<td>14</tr></table><footer>Napsala redakce.</footer></article>
<footer>Patička webu</footer><script>let a = 1</script></body></html>"""


def read(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    return [page.text for page in extract(path, path.name, Limits()).pages]


def test_a_web_page_gives_its_text_once_and_without_its_frame(tmp_path: Path):
    (text,) = read(tmp_path / "page.html", PAGE)
    assert text.splitlines() == [
        "Sousedský stůl",
        LETTERS,
        "- první",
        "- druhý",
        "rok | rodin",
        "2023 | 14",
        "Napsala redakce.",
    ]


@pytest.mark.parametrize(
    "over",
    [
        '<div id="CybotCookiebotDialog">',
        '<div id="onetrust-consent-sdk">',
        '<section class="site cookie-notice">',
        '<div class="gdpr_banner">',
        '<div class="cookies">',
        '<div role="dialog" aria-modal="true">',
        "<dialog open>",
    ],
)
def test_what_asks_for_cookies_or_lies_over_a_page_is_not_read(tmp_path: Path, over: str):
    closed = f"</{over[1:].split(maxsplit=1)[0]}>"
    page = f"<html><body>{over}<h2>Vaše soukromí</h2><p>Přijmout vše</p>{closed}<p>{LETTERS}</p></body></html>"
    assert read(tmp_path / "page.html", page) == [LETTERS]


@pytest.mark.parametrize(
    "around",
    [
        '<body class="cookie-banner">',
        '<body><div class="has-cookie-bar">',
        '<body><div class="cookies-accepted">',
        '<body><div class="consent-form">',
        '<body><div class="cookie-policy-box"><h1>Cookies</h1>',
        '<body><div role="dialog"><main>',
    ],
)
def test_a_page_that_is_only_called_like_a_cookie_bar_is_read(tmp_path: Path, around: str):
    (text,) = read(tmp_path / "page.html", f"<html>{around}<p>{LETTERS}")
    assert LETTERS in text


def test_a_page_of_nothing_but_a_cookie_bar_is_read(tmp_path: Path):
    assert read(tmp_path / "page.html", f'<html><body><div id="cookie-bar">{LETTERS}</div>') == [LETTERS]


def test_a_page_nested_deep_is_read(tmp_path: Path):
    (text,) = read(tmp_path / "deep.html", "<html><body>" + "<div>" * 20_000 + "dole" + "</div>" * 20_000)
    assert text == "dole"


@pytest.mark.parametrize("name", ["text.txt", "text.md", "text.html"])
def test_every_letter_comes_back(tmp_path: Path, name: str):
    assert LETTERS in " ".join(read(tmp_path / name, f"<html><body>{LETTERS}" if name.endswith("html") else LETTERS))


def test_a_text_in_an_old_encoding_may_have_a_line_as_long_as_a_book(tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_bytes(b"a" * 1_000_000 + "\nPříliš žluťoučký kůň úpěl ďábelské ódy.".encode("cp1250"))
    assert extract(path, path.name, Limits()).pages[-1].text.endswith("ďábelské ódy.")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.txt"
    path.write_text(LETTERS, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        ("while True: pass", TookTooLong),
        ("import time; time.sleep(600)", TookTooLong),
        ("import os; os.abort()", NeedsMemory),
        ("import ctypes; ctypes.string_at(0)", ReaderCrashed),
        ("bytearray(3_000_000_000)", NeedsMemory),
        ("raise ZeroDivisionError", ReaderCrashed),
    ],
)
async def test_a_file_that_harms_its_reader_fails_alone(good: Path, tmp_path: Path, harm: str, error: type[Exception]):
    # A reader whose extractor for plain text does harm when the text says so.
    harmful = (
        "import ingest.extract.formats as formats\n"
        "from ingest.extract.child import main\n"
        "kind, read = next((kind, read) for kind, read in formats.EXTRACTORS.items() if kind.name == 'TEXT')\n"
        "def harm(source):\n"
        "    text = source.file.read().decode()\n"
        "    source.file.seek(0)\n"
        "    return exec(text[5:]) if text.startswith('harm:') else read(source)\n"
        "formats.EXTRACTORS[kind] = harm\n"
        "main()\n"
    )
    bad = tmp_path / "bad.txt"
    bad.write_text("harm:" + harm)
    async with Reader(Limits(seconds=2), command=(sys.executable, "-c", harmful)) as reader:
        with pytest.raises(error):
            await reader.read(bad, bad.name)
        assert (await reader.read(good, good.name)).pages[0].text == LETTERS


@pytest.mark.parametrize(("kept", "processes"), [(20_000_000, [3, 1]), (1_000, [4])])
async def test_a_reader_that_has_become_larger_is_replaced_when_it_is_looked_at(
    good: Path, monkeypatch: pytest.MonkeyPatch, kept: int, processes: list[int]
):
    monkeypatch.setattr("ingest.extract.reader.LOOKED_AT_EVERY", 3)
    telling = (
        "import os\n"
        "import ingest.extract.child as child\n"
        "from ingest.extract.contract import Extract\n"
        "from library.model import Page\n"
        "leaked = []\n"
        "def read(source):\n"
        f"    leaked.append(bytearray({kept}))\n"
        "    return Extract(pages=(Page(number=1, text=str(os.getpid())),), media_type='text/plain')\n"
        "child.extract_opened = read\n"
        "child.main()\n"
    )
    async with Reader(Limits(), command=(sys.executable, "-c", telling)) as reader:
        read_by = [(await reader.read(good, good.name)).pages[0].text for _ in range(sum(processes))]
    assert list(Counter(read_by).values()) == processes


async def test_a_reader_that_somebody_kills_reads_the_file_once_more(good: Path, tmp_path: Path):
    first = tmp_path / "first"
    killed_once = (
        "import os\n"
        "import ingest.extract.child as child\n"
        f"if not os.path.exists({str(first)!r}):\n"
        f"    open({str(first)!r}, 'w').close()\n"
        "    child._answer = lambda *_: os.kill(os.getpid(), 9)\n"
        "    child.sandbox.enter_sandbox = lambda *_: ()\n"
        "child.main()\n"
    )
    async with Reader(Limits(), command=(sys.executable, "-c", killed_once)) as reader:
        assert (await reader.read(good, good.name)).pages[0].text == LETTERS
    assert first.exists()


async def test_a_reader_that_is_killed_again_and_again_is_no_matter_of_memory(good: Path):
    killed = (
        "import os\n"
        "import ingest.extract.child as child\n"
        "child._answer = lambda *_: os.kill(os.getpid(), 9)\n"
        "child.sandbox.enter_sandbox = lambda *_: ()\n"
        "child.main()\n"
    )
    async with Reader(Limits(), command=(sys.executable, "-c", killed)) as reader:
        with pytest.raises(ReaderCrashed, match="ended the reader"):
            await reader.read(good, good.name)


NEARLY_DONE = """
import os, select, sys
import ingest.extract.child as child
from ingest.extract.contract import Extract
from library.model import Page

def read(source):
    if source.name.startswith("first"):
        source.on_page(1, 2)
        source.on_page(2, 2)
        wait = 0.1 if source.name.endswith("in haste") else 30
        assert select.select([int(sys.argv[1])], [], [], wait)[0] or wait < 30
        if source.name == "first to fail":
            os.abort()
    text = f"{source.name} of {source.file.read().decode()} by {os.getpid()}"
    return Extract(pages=(Page(number=1, text=text),), media_type="text/plain")

child.extract_opened = read
child.main()
"""
"""A reader that says of every first file that it is nearly done, and waits then until the next one lies ready, or for a
moment."""


async def read_both(reader: Reader, path: Path, first: str) -> tuple[str | BaseException, str | BaseException]:
    """What comes of a first file and of one that is sent as soon as the reader is nearly done with it."""
    second: list[asyncio.Task[Extract]] = []
    answers = await asyncio.gather(
        reader.read(
            path, first, on_nearly_done=lambda: second.append(asyncio.create_task(reader.read(path, "second")))
        ),
        return_exceptions=True,
    )
    answers += await asyncio.gather(*second, return_exceptions=True)
    one, two = (each if isinstance(each, BaseException) else each.pages[0].text for each in answers)
    return one, two


async def test_the_next_file_lies_ready_before_the_answer_to_the_one_before(good: Path):
    async with Reader(Limits(seconds=20), command=(sys.executable, "-c", NEARLY_DONE)) as reader:
        first, second = await read_both(reader, good, "first")
    assert first.startswith(f"first of {LETTERS} by ")
    assert second == first.replace("first", "second", 1)


async def test_a_file_that_lay_ready_when_the_one_before_broke_the_reader_is_read_by_the_next(good: Path):
    async with Reader(Limits(seconds=20), command=(sys.executable, "-c", NEARLY_DONE)) as reader:
        first, second = await read_both(reader, good, "first to fail")
    assert isinstance(first, NeedsMemory)
    assert second.startswith(f"second of {LETTERS} by ")


async def test_the_answer_to_a_file_that_nobody_waits_for_any_more_is_nobody_elses(good: Path):
    async with Reader(Limits(seconds=20), command=(sys.executable, "-c", NEARLY_DONE)) as reader:
        second: list[asyncio.Task[Extract]] = []

        def send_and_forget() -> None:
            second.append(asyncio.create_task(reader.read(good, "second")))
            # As soon as it has been sent, and before the answer to the first can be there.
            soon = asyncio.get_running_loop().call_soon
            soon(soon, second[0].cancel)

        await reader.read(good, "first", on_nearly_done=send_and_forget)
        with pytest.raises(asyncio.CancelledError):
            await second[0]
        assert (await reader.read(good, "third")).pages[0].text.startswith("third")


async def test_each_of_many_files_has_its_own_answer_in_whatever_order_they_come(good: Path):
    async with Reader(Limits(seconds=20), command=(sys.executable, "-c", NEARLY_DONE)) as reader:
        reading: list[asyncio.Task[Extract]] = []

        def read_another(name: str) -> None:
            reading.append(asyncio.create_task(reader.read(good, name)))

        names = ["first in haste", "first again in haste", "third"]
        reading += [
            asyncio.create_task(reader.read(good, name, on_nearly_done=lambda: read_another("one more")))
            for name in names
        ]
        while not all(task.done() for task in reading):
            await asyncio.wait(reading)
    said = sorted(task.result().pages[0].text.partition(" of ")[0] for task in reading)
    assert said == sorted([*names, "one more", "one more"])


BREAKS_OFF = """
import ingest.extract.child as child
from ingest.extract.contract import Extract
from library.errors import ReaderCrashed

def pieces(name):
    yield name.encode()
    if name == "first":
        raise RuntimeError

def read(source):
    try:
        source.on_enclosed("enclosed", pieces(source.name))
    except RuntimeError:
        raise ReaderCrashed("of no matter")
    return Extract(pages=(), media_type="application/zip", enclosed=1)

child.extract_opened = read
child.main()
"""
"""A reader that fails in the middle of what the first file encloses."""


async def test_what_a_file_encloses_begins_with_nothing_of_a_file_before(good: Path):
    taken: list[bytes] = []

    async def take(_name: str, path: Path) -> None:
        taken.append(await asyncio.to_thread(path.read_bytes))

    async with Reader(Limits(seconds=20), command=(sys.executable, "-c", BREAKS_OFF)) as reader:
        with pytest.raises(ReaderCrashed):
            await reader.read(good, "first", take_enclosed=take)
        await reader.read(good, "second", take_enclosed=take)
    assert taken == [b"second"]


def test_each_protection_that_is_active_refuses_what_it_should():
    tried = """
import os, socket
from ingest.extract.sandbox import enter_sandbox

def is_refused(act):
    try:
        act()
    except PermissionError:
        return True
    return False

active = enter_sandbox()
assert is_refused(lambda: open("/etc/passwd")) == ("landlock" in active), active
assert is_refused(lambda: socket.socket()) == ("seccomp" in active), active
assert is_refused(lambda: os.execv("/bin/true", ["true"])) == bool(active), active
assert is_refused(lambda: os.fork() or os._exit(0)) == ("seccomp" in active), active
"""
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_a_task_that_is_cancelled_leaves_no_child(good: Path, tmp_path: Path):
    pipe = tmp_path / "pid"
    endless = f"import os, time; open({str(pipe)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    async with Reader(Limits(), command=(sys.executable, "-c", endless)) as reader:
        reading = asyncio.create_task(reader.read(good, good.name))
        while not (pipe.exists() and pipe.read_text()):  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        with pytest.raises(ProcessLookupError):
            os.kill(int(pipe.read_text()), signal.SIGCONT)


def test_bytes_without_text_are_no_success(tmp_path: Path):
    with pytest.raises(NoText):
        read(tmp_path / "empty.html", "<html><body><script>1</script></body></html>")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.odt", "a.html", "a.md", "a.txt"])
def test_random_bytes_are_refused_whatever_they_are_called(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(bytes((number * 7919 + number // 13) % 256 for number in range(5_000)))
    with pytest.raises(ExtractionFailed):
        extract(tmp_path / name, name, Limits())
