"""What staff do at the desk, in a real browser, with a real identity provider and a real worker."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from tests.browser.conftest import ROOT, Library, Visitor
from tests.browser.states import in_trouble, of_desk, refused
from tests.browser.test_accessibility import violations, with_axe
from tests.browser.test_budgets import over_budget
from tests.browser.test_search_page import PHONE, no_wider_than_the_screen

READ_SECONDS = 90
GOOD = 9
BESIDE = "popsano"
"""Begins a keyword that only the description beside a file says."""
COPIES = (0, 1)
"""The numbers of two texts that are nearly the same."""
BAD = {"prazdny.txt": "empty-file", "poskozeny.pdf": "damaged-file", "neznamy.bin": "unsupported-format"}
WRITTEN = {
    "summary": "Jak jsme hledali nový byt.",
    "context": "Rodina přišla o byt.",
    "objectives": "Najít jí jiný.",
    "activities": "Volali jsme pronajímatelům.",
    "results": "Rodina bydlí.",
}
CHOSEN = {"scale": "local", "licence": "cc-by-4.0", "evidence": "own-data"}


def told_at_length(word: str) -> str:
    return " ".join(f"V roce {1990 + n} pomohla poradna {3 * n} rodinám ve čtvrti {word}." for n in range(40))


def twelve_files(folder: Path, word: str) -> Path:
    """Nine that can be read, one of them with a client's telephone on its second page, and three that cannot; beside
    the first lies a description."""
    folder.mkdir()
    for number in range(GOOD - 1):
        text = (
            f"# Zpráva {word} {number}\n\nPoradna číslo {number} pomáhá rodinám najít školu a byt ve čtvrti {word}.\n"
        )
        text += f"\n{told_at_length(word)}\n" if number in COPIES else ""
        (folder / f"{word}-{number}.md").write_text(text, encoding="utf-8")
    (folder / f"{word}-0.md.toml").write_text(f'keywords = ["{BESIDE}{word}"]', encoding="utf-8")
    canvas = Canvas(str(folder / f"pribeh-{word}.pdf"), invariant=True)
    for line in (f"Poradna {word} pomohla rodine najit novy byt.", "Klientka Jana Novakova, tel. 601 234 567, bydli."):
        canvas.setFont("Helvetica", 16)
        canvas.drawString(72, 720, line)
        canvas.showPage()
    canvas.save()
    (folder / "prazdny.txt").write_bytes(b"")
    (folder / "poskozeny.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    (folder / "neznamy.bin").write_bytes(bytes(range(256)) * 8)
    return folder


@pytest.fixture(scope="module")
def desk(library: Library, session: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A worker that reads what comes in, and the path of a batch of twelve files that it has read."""
    environment = {**os.environ, **library.environment}
    worker = subprocess.Popen(
        [sys.executable, "-m", "ingest", "work", "--follow"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield handed_in(library.address, session, twelve_files(tmp_path_factory.mktemp("desk") / "rano", "Ranní"))
    finally:
        worker.terminate()
        worker.wait(30)


def handed_in(address: str, session: dict[str, str], folder: Path) -> str:
    with httpx.Client(base_url=address, cookies=session) as client:
        token = client.get("/api/v1/me").json()["csrf_token"]
        files = [("file", (path.name, path.read_bytes())) for path in sorted(folder.iterdir())]
        answer = client.post("/api/v1/batches", files=files, headers={"X-CSRF-Token": token})
        batch = answer.raise_for_status().json()["batch"]["id"]
        until = time.monotonic() + READ_SECONDS
        while not client.get(f"/api/v1/batches/{batch}").json()["ended"]:
            assert time.monotonic() < until, "the worker did not read the files in time"
            time.sleep(0.3)
    return f"/desk/batches/{batch}"


@pytest.fixture
def jana(visitor: Visitor, library: Library, session: dict[str, str]) -> Callable[..., Page]:
    """Opens a page of the desk as Jana, who is signed in already."""

    def opens(path: str, **context: object) -> Page:
        page = visitor.opens("about:blank", **context)
        page.context.add_cookies(
            [{"name": name, "value": value, "url": library.address} for name, value in session.items()]
        )
        page.goto(path)
        return page

    return opens


def signs_in(page: Page, visitor: Visitor) -> None:
    """At the provider, whose own pages are no concern of ours."""
    page.context.route(re.compile("^https:"), lambda route: route.abort())
    page.locator("[name=login]").fill("jana")
    page.locator("[name=password]").fill("any")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/desk"))
    visitor.elsewhere.clear()
    visitor.complaints.clear()


def drops(page: Page, path: Path) -> None:
    """Drag a file or folder of the disk into the box, as somebody does with a mouse."""
    box = page.locator("#drop").bounding_box()
    browser = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        browser.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})


def all_are_read(page: Page) -> None:
    done = page.locator("#tallies [data-count=done]")
    expect(done).to_have_text(re.compile(rf"^{GOOD}\s"), timeout=READ_SECONDS * 1000)
    expect(page.locator("#tallies [data-count=failed]")).to_have_text(re.compile(rf"^{len(BAD)}\s"))
    expect(page.locator(".file[data-state=done]")).to_have_count(GOOD)
    expect(page.locator(".file[data-state=failed] .file-cure")).to_have_count(len(BAD))


def describes(page: Page) -> None:
    """Fill in all that is missing to publish."""
    for name, text in WRITTEN.items():
        page.locator(f"[name='{name}.cs']").fill(text)
    for name, value in CHOSEN.items():
        page.locator(f"[name={name}]").select_option(value)
    for name, value in (("topics", "housing"), ("target_groups", "women"), ("languages", "cs")):
        page.locator(f"[name={name}][value={value}]").check()


@pytest.mark.usefixtures("desk")
def test_staff_hand_in_a_folder_correct_confirm_and_publish(visitor, tmp_path):
    page = visitor.opens("/desk")
    signs_in(page, visitor)
    drops(page, twelve_files(tmp_path / "slozka", "Polední"))
    page.wait_for_url(re.compile("/desk/batches/"))
    all_are_read(page)
    assert page.request.get(f"/api/v1/search?q={BESIDE}Polední").json()["total"] == 1
    page.locator(".file", has_text="pribeh-").get_by_role("link").click()
    expect(page.locator(".note.missing")).to_contain_text("Shrnutí")
    page.locator("[name='title.cs']").fill("Nový byt v Poledním")
    describes(page)
    page.locator("#leaf a[rel=next]").click()
    expect(page.locator("#leaf .leaf")).to_contain_text("601 234 567")
    expect(page.locator("[name='title.cs']")).to_have_value("Nový byt v Poledním")  # turning loses nothing
    page.get_by_role("button", name="Uložit a zveřejnit").click()
    expect(page.locator(".said")).to_contain_text("jakmile se někdo podívá")
    page.locator(".sightings a").first.click()
    expect(page.locator(".facsimile .match").first).to_be_visible()
    page.get_by_label("nejsou to osobní údaje").check()
    page.get_by_role("button", name="Potvrdit").click()
    expect(page.locator(".said")).to_contain_text("veřejný")
    anybody = visitor.opens("/?q=nový+byt+v+poledním")
    expect(anybody.locator(".hit-title").first).to_have_text("Nový byt v Poledním")


def opens_a_story(page: Page) -> None:
    page.locator(".file", has_text="pribeh-").get_by_role("link").click()
    page.wait_for_url(re.compile("/desk/documents/"))


def test_no_other_form_leaves_behind_what_was_typed(jana, desk):
    page = jana(desk)
    opens_a_story(page)
    page.locator("[name='title.cs']").fill("Rozepsaný")
    page.locator(".withdrawing summary").click()
    with page.expect_event("dialog") as asked:
        page.locator(".withdrawing button").click(no_wait_after=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(page.locator("[name='title.cs']")).to_have_value("Rozepsaný")


def test_what_was_typed_stays_on_the_page_of_who_is_not_signed_in_any_more(jana, desk, session, library):
    page = jana(desk)
    opens_a_story(page)
    here = page.url
    page.locator("[name='title.cs']").fill("Rozepsaný")
    page.context.clear_cookies()
    saves = page.get_by_role("button", name="Uložit", exact=True)
    saves.click()
    expect(page.locator(".note.warning")).to_contain_text("nic se neuložilo")
    signing_in = page.locator(".note.warning a")
    expect(signing_in).to_have_attribute("href", re.compile(r"^/sign-in\?back=/desk/documents/"))
    expect(signing_in).to_have_attribute("target", "_blank")
    expect(page.locator("[name='title.cs']")).to_have_value("Rozepsaný")
    assert page.url == here
    page.context.add_cookies(
        [{"name": name, "value": value, "url": library.address} for name, value in session.items()]
    )
    page.evaluate("for (const each of document.getElementsByName('csrf_token')) each.value = 'of an older session'")
    saves.click()
    expect(page.locator(".said")).to_have_text("Uloženo.")
    expect(page.locator("[name='title.cs']")).to_have_value("Rozepsaný")


@pytest.mark.usefixtures("desk")
def test_chosen_files_stay_chosen_for_who_is_not_signed_in_any_more(jana):
    page = jana("/desk")
    page.locator("#files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    page.context.clear_cookies()
    page.get_by_role("button", name="Předat").click()
    expect(page.locator("#sent")).to_contain_text("Nejdřív se přihlaste.")
    expect(page.locator(".note.warning a")).to_have_attribute("href", "/sign-in?back=/desk")
    assert page.evaluate("document.getElementById('files').files.length") == 1


@pytest.mark.usefixtures("desk")
def test_a_dropped_file_that_cannot_be_read_is_named(jana, tmp_path):
    page = jana("/desk?lang=en")
    (tmp_path / "zamčený.txt").write_text("a", encoding="utf-8")
    refused = (
        "{ isFile: true, name: 'zamčený.txt', file: (_, refuse) => refuse(new DOMException('', 'NotReadableError')) }"
    )
    page.evaluate(f"DataTransferItem.prototype.webkitGetAsEntry = () => ({refused})")
    drops(page, tmp_path / "zamčený.txt")
    expect(page.locator("#sent")).to_contain_text("“zamčený.txt” cannot be read on this computer")


def test_without_a_script_the_browser_still_has_what_was_typed(jana, desk, visitor, session, library):
    page = jana(desk, java_script_enabled=False)
    opens_a_story(page)
    page.locator("[name='summary.cs']").fill("Rozepsané shrnutí")
    page.context.clear_cookies()
    page.get_by_role("button", name="Uložit", exact=True).click()
    expect(page.locator("main")).to_contain_text("se neuložilo")
    visitor.complaints.clear()  # the browser's, of the status
    page.context.add_cookies(
        [{"name": name, "value": value, "url": library.address} for name, value in session.items()]
    )
    page.go_back()
    expect(page.locator("[name='summary.cs']")).to_have_value("Rozepsané shrnutí")


@pytest.mark.parametrize("what", ["#leaf a[rel=next]", ".file[data-state=failed] button"])
def test_who_is_not_signed_in_any_more_is_told_so_by_what_they_do(jana, desk, visitor, what):
    page = jana(desk)
    if what.startswith("#leaf"):
        opens_a_story(page)
    here = page.url
    page.context.clear_cookies()
    page.locator(what).first.click()
    page.wait_for_url(lambda url: url.partition("?")[0] != here.partition("?")[0])
    page.wait_for_load_state("networkidle")
    visitor.elsewhere.clear()
    visitor.complaints.clear()


@pytest.mark.usefixtures("desk")
def test_the_keyboard_alone_brings_a_document_in(jana, tmp_path):
    page = jana("/desk?lang=en")
    (tmp_path / "veczer.md").write_text("# Večerní klub\n\nKlub pomáhá dětem s úkoly.\n", encoding="utf-8")
    tab_to(page, "[name=kind]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=kind]:checked")).to_have_value("study")
    page.keyboard.press("ArrowUp")
    with page.expect_file_chooser() as chosen:
        tab_to(page, "#files")
        page.keyboard.press("Enter")
    chosen.value.set_files(tmp_path / "veczer.md")
    tab_to(page, "button[type=submit].primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/batches/"))
    expect(page.locator(".file[data-state=done] a")).to_be_visible(timeout=READ_SECONDS * 1000)
    tab_to(page, ".file a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/documents/"))
    for name, text in WRITTEN.items():
        tab_to(page, f"[name='{name}.cs']")
        page.keyboard.type(text)
        if name == "summary":
            chooses_by_key(page, "languages", "cs")
    tab_to(page, "[name=evidence]")
    page.keyboard.press("ArrowDown")
    for name, value in (("topics", "education"), ("target_groups", "children")):
        chooses_by_key(page, name, value)
    for name in ("scale", "licence"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("ArrowDown")
    tab_to(page, "button[value=public]")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("It is public now")


def chooses_by_key(page: Page, name: str, value: str) -> None:
    box = f"[name={name}][value={value}]"
    if not page.locator(box).is_checked():
        tab_to(page, box)
        page.keyboard.press("Space")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus. By the browser's own protocol: a trace would keep a page for each key."""
    browser = page.context.new_cdp_session(page)
    there = {"expression": f"document.activeElement.matches({json.dumps(selector)})"}
    for _ in range(150):
        if browser.send("Runtime.evaluate", there)["result"]["value"]:
            return browser.detach()
        for kind in ("rawKeyDown", "keyUp"):
            browser.send("Input.dispatchKeyEvent", {"type": kind, "key": "Tab", "windowsVirtualKeyCode": 9})
    raise AssertionError(f"no Tab leads to {selector}")


def test_no_state_of_the_desk_violates_wcag(jana, desk, visitor):
    page = with_axe(jana("/desk"))
    states = of_desk(page, desk)
    against: list[str] = []
    for name, path in states.items():
        page.goto(path)
        against += [f"{name}: {each}" for each in violations(page)]
    for act, state in ((refused, "review beside a picture"), (in_trouble, "pair")):
        act(page, states[state])
        against += [f"{act.__name__}: {each}" for each in violations(page)]
    visitor.complaints = [said for said in visitor.complaints if not re.search("40[04]|422", said)]  # as was asked for
    assert against == []


def test_who_is_no_staff_reads_so_on_a_plain_page(visitor, library, sessions):
    page = with_axe(visitor.opens("about:blank"))
    page.context.add_cookies([{"name": "session", "value": sessions["petr"], "url": library.address}])
    assert page.goto("/desk").status == 403
    visitor.complaints.clear()  # the browser's, of the status
    expect(page.locator("main")).to_contain_text("ne jako pracovník")
    assert violations(page) == []


def test_a_first_visit_to_the_desk_is_light_and_quick(jana, desk):
    page = jana("/desk")
    states = of_desk(page, desk)
    del states["nothing there"]
    assert over_budget(page, states) == []


def test_the_desk_fits_a_phone(jana, desk, visitor):
    page = jana("/desk", **PHONE)
    for path in of_desk(page, desk).values():
        page.goto(path)
        no_wider_than_the_screen(page)
        assert page.evaluate("document.body.scrollHeight") > 0
    page.goto("/desk")
    page.route("**/api/v1/batches*", lambda route: route.abort())
    page.locator("#files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    page.get_by_role("button", name="Předat").click()
    expect(page.locator("#sent")).to_contain_text("Knihovna to teď nemůže udělat.")  # and not what a browser says of it
    visitor.complaints.clear()  # of the missing one, and of what was cut off


@pytest.mark.usefixtures("desk")
def test_without_a_script_files_are_handed_in_and_described(jana, tmp_path):
    page = jana("/desk?lang=cs", java_script_enabled=False)
    (tmp_path / "tise.md").write_text("# Tichá zpráva\n\nO škole bez skriptů.\n", encoding="utf-8")
    page.locator("#files").set_input_files(tmp_path / "tise.md")
    page.get_by_role("button", name="Předat").click()
    page.wait_for_url(re.compile("/desk/batches/"))
    until = time.monotonic() + READ_SECONDS
    while not page.locator(".file[data-state=done] a").count():
        assert time.monotonic() < until
        time.sleep(0.5)
        page.reload()
    page.locator(".file a").click()
    page.locator("[name='summary.cs']").fill("Shrnutí.")
    page.get_by_role("button", name="Uložit", exact=True).click()
    expect(page.locator(".said")).to_have_text("Uloženo.")


@pytest.mark.usefixtures("desk")
def test_the_clicks_in_the_readme_bring_in_a_file_whose_name_and_title_are_scripts_and_stay_text(jana):
    page = jana("/desk?lang=en")
    name = "<img src=x onerror=document.title='broken'>"
    hostile = {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": f"Text {name} a dost".encode()}
    beside = {"name": f"{name}.txt.toml", "mimeType": "text/plain", "buffer": f'title = "{name} beside"'.encode()}
    clicks = re.findall(r"(?im)^\d\. .*?\b(choose|browse|press|follow)\b[^*]*\*\*(.+?)\*\*", steps())
    assert [kind.lower() for kind, _ in clicks] == ["choose", "browse", "press", "follow", "press"]
    for kind, called in clicks:
        match kind.lower():
            case "choose":
                page.get_by_label(called, exact=True).check()
            case "browse":
                page.get_by_label(called, exact=True).set_input_files([hostile, beside])
            case "press":
                page.get_by_role("button", name=called, exact=True).click()
            case "follow":
                expect(page.locator(".file[data-state=done]")).to_contain_text("<img", timeout=READ_SECONDS * 1000)
                page.get_by_role("link", name=called).click()
    expect(page.locator(".said")).to_contain_text("It cannot be public before")
    expect(page.locator("[name^='title.']").first).to_have_value(f"{name} beside")
    expect(page.locator(".leaf")).to_contain_text("<img")
    assert page.title() != "broken"
    assert page.locator("main img").count() == 0


def steps() -> str:
    """The README's list of clicks at the desk."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return readme[readme.index("open `/desk`; three clicks more") :].split("\n\n")[1]
