"""A folder of good and bad files, taken in by the command that staff use."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.progress import report_lines
from library.batches import FailedAlike
from library.command import ExitCode
from library.words import words
from tests.ingest.running import a_library, command

LARGE = int(os.environ.get("LARGE_PAGES", "2000"))


@pytest.fixture
def library(tmp_path: Path) -> dict[str, str]:
    return a_library(tmp_path / "data")


def add(environment: dict[str, str], folder: Path) -> tuple[int, list[dict[str, object]]]:
    done = command(environment, "ingest", "add", "--json", str(folder))
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def a_pdf(path: Path, pages: int = 1) -> Path:
    canvas = Canvas(str(path), invariant=True)
    for page in range(1, pages + 1):
        canvas.drawString(72, 720, f"Document {path.stem}, page {page}: counselling for newcomers.")
        canvas.showPage()
    canvas.save()
    return path


def a_mixed_folder(folder: Path) -> None:
    folder.mkdir()
    for number in range(20):
        (folder / f"good{number:02}.md").write_text(f"# Text {number}\n\nChildren learn at school number {number}.\n")
    whole = a_pdf(folder / "truncated.pdf", 5).read_bytes()
    (folder / "truncated.pdf").write_bytes(whole[: len(whole) // 3])
    with pikepdf.open(a_pdf(folder / "encrypted.pdf"), allow_overwriting_input=True) as pdf:
        pdf.save(folder / "encrypted.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    with pikepdf.new() as pdf:
        pdf.save(folder / "no-pages.pdf")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.docx").write_bytes(b"GIF89a" + bytes(200))
    a_pdf(folder / "large.pdf", LARGE)


def test_good_files_are_taken_in_and_each_bad_one_says_what_is_wrong(library: dict[str, str], tmp_path: Path):
    a_mixed_folder(tmp_path / "folder")
    code, lines = add(library, tmp_path / "folder")
    *outcomes, totals = lines
    assert code == ExitCode.SOME_FAILED
    assert totals == {"done": 21, "known": 0, "waiting": 0, "failed": 5, "paused": False, "alike": 0}
    failed = {outcome["file"]: outcome for outcome in outcomes if outcome["ended"] == "failed"}
    assert {name: outcome["code"] for name, outcome in failed.items()} == {
        "truncated.pdf": "damaged-file",
        "encrypted.pdf": "encrypted-file",
        "no-pages.pdf": "no-text",
        "empty.txt": "empty-file",
        "picture.docx": "unsupported-format",
    }
    assert len({outcome["detail"] for outcome in failed.values()}) == len(failed)
    assert command(library, "library", "check").returncode == ExitCode.WELL

    code, lines = add(library, tmp_path / "folder")
    assert code == ExitCode.SOME_FAILED
    assert (lines[-1]["known"], lines[-1]["failed"]) == (21, 5)


@pytest.mark.parametrize(
    ("arguments", "code", "cure"),
    [
        (["add", "."], ExitCode.USAGE, "good-practice organisations add"),
        (["add", ".", "--organisation", "nobody"], ExitCode.USAGE, "nobody"),
        (["add", ".", "--visibility", "everyone"], ExitCode.USAGE, "members"),
        (["retry", "nothing"], ExitCode.USAGE, "nothing"),
        (["withdraw", "nothing", "--reason", "r"], ExitCode.USAGE, "nothing"),
    ],
)
def test_what_cannot_be_done_says_the_cure(tmp_path: Path, arguments: list[str], code: int, cure: str):
    environment = {**os.environ, "LIBRARY_DATA": str(tmp_path / "data")}
    done = command(environment, "ingest", *arguments)
    assert done.returncode == code
    assert cure in done.stderr


def test_a_library_that_cannot_be_reached_says_so(tmp_path: Path):
    (tmp_path / "data").write_text("a file in the way")
    done = command({**os.environ, "LIBRARY_DATA": str(tmp_path / "data")}, "ingest", "jobs")
    assert done.returncode == ExitCode.NOT_REACHABLE
    assert done.stderr


def test_the_report_tells_of_each_file_in_an_archive(library: dict[str, str], tmp_path: Path):
    (tmp_path / "folder").mkdir()
    with zipfile.ZipFile(tmp_path / "folder" / "year.zip", "w") as archive:
        archive.writestr("good.txt", "Children learn at school, and so do their parents.")
        archive.writestr("bad.pdf", "%PDF-1.7 nothing")
    code, lines = add(library, tmp_path / "folder")
    *outcomes, totals = lines
    assert {(each["file"], each["ended"]) for each in outcomes} == {
        ("year.zip", "done"),
        ("year.zip/good.txt", "done"),
        ("year.zip/bad.pdf", "failed"),
    }
    counted = {"done": 2, "known": 0, "waiting": 0, "failed": 1, "paused": False, "alike": 0}
    assert (code, totals) == (ExitCode.SOME_FAILED, counted)


def test_a_person_reads_by_reason_what_failed_and_what_helps_in_their_language(library: dict[str, str], tmp_path: Path):
    (tmp_path / "folder").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "folder" / name).write_bytes(b"")
    ukrainian = {**library, "LC_ALL": "uk_UA.UTF-8"}
    added = command(ukrainian, "ingest", "add", str(tmp_path / "folder"))
    assert added.returncode == ExitCode.SOME_FAILED
    assert "прийнято: 0, вже було тут: 1, ще чекає: 0, не прийнято: 1" in added.stderr
    assert "b.txt: саме цей файл тут уже є, під назвою «a.txt»" in added.stderr
    assert "не прийнято a.txt: Файл порожній. (у файлі немає вмісту (0 байтів): " in added.stderr
    assert "1 × Файл порожній.\n    Що робити: Можливо, він ще копіювався." in added.stderr
    again = command(library, "ingest", "report", "--lang", "cs")
    assert "1 × Soubor je prázdný." in again.stdout
    assert "    - a.txt\n" in again.stdout
    listed = command(library, "ingest", "jobs", "--lang", "cs").stdout
    assert re.search(r"^\w+ +nepřijato +a\.txt  Soubor je prázdný\. \(", listed, re.MULTILINE)


def test_who_hands_in_a_file_under_another_name_finds_it_under_that_name(library: dict[str, str], tmp_path: Path):
    (tmp_path / "a.txt").write_text("Children learn at school.")
    (tmp_path / "b.txt").write_text("Children learn at school.")
    add(library, tmp_path / "a.txt")
    command(library, "ingest", "add", "--queue-only", str(tmp_path / "b.txt"))
    told = command(library, "ingest", "report", "--lang", "en").stdout
    assert told == (
        "0 taken in, 1 were here already, 0 still waiting, 0 not taken in\n"
        "    - b.txt: this very file is here already, as 'a.txt'\n"
    )
    listed = command(library, "ingest", "jobs", "--lang", "cs").stdout
    assert re.search(r"hotovo +a\.txt  předáno také jako „b\.txt“$", listed, re.MULTILINE)


def test_a_file_that_waits_already_under_another_name_ends_under_the_one_it_came_with(
    library: dict[str, str], tmp_path: Path
):
    (tmp_path / "a.txt").write_text("Children learn at school.")
    (tmp_path / "b.txt").write_text("Children learn at school.")
    command(library, "ingest", "add", "--queue-only", str(tmp_path / "a.txt"))
    (outcome, _) = add(library, tmp_path / "b.txt")[1]
    assert (outcome["file"], outcome["ended"]) == ("b.txt", "done")
    assert outcome["detail"] == "this very file is here already, as 'a.txt'"


def test_a_row_whose_file_is_not_there_is_named_and_a_wrong_table_is_refused(library: dict[str, str], tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.md").write_text("# Bydlení\n\nByt je drahý.")
    table = tmp_path / "table.csv"
    table.write_text("file;year\na.md;2024\nb.md;2023\n")
    told = command(library, "ingest", "add", str(folder), "--metadata", str(table), "--lang", "cs")
    assert told.returncode == ExitCode.SOME_FAILED
    assert "řádek 3: soubor „b.md“ ve složce není" in told.stderr
    table.write_text("file;year\na.md;loni\n")
    told = command(library, "ingest", "add", str(folder), "--metadata", str(table), "--lang", "cs")
    assert told.returncode == ExitCode.USAGE
    assert told.stderr == "řádek 2, sloupec „year“: „loni“ není celé číslo; pište jen číslice\n"
    (folder / "a.md.toml").write_text("titel = 'x'")
    told = command(library, "ingest", "add", str(folder), "--lang", "cs")
    assert "1 × Popis" not in command(library, "ingest", "report", "--lang", "cs").stdout  # nothing came of it
    assert command(library, "ingest", "report", "není", "--lang", "cs").stderr == "předání „není“ tu není\n"
    assert "(titel: takový údaj knihovna nezná; nemá to být „title“?)" in told.stderr


def test_what_is_set_or_taken_away_is_said(library: dict[str, str], tmp_path: Path):
    (tmp_path / "a.txt").write_text("Children learn at school.")
    document = add(library, tmp_path / "a.txt")[1][0]["document"]
    said = {
        ("language", document, "cs", "--page", "1"): f"Page 1 of {document} is in cs from now on, and found so.",
        ("language", document, "cs"): f"{document} is in cs from now on, and found so.",
        ("withdraw", document, "--reason", "a test"): f"{document} is withdrawn: nobody finds or reads it any more.",
    }
    for arguments, sentence in said.items():
        assert command(library, "ingest", *arguments, "--lang", "en").stdout == f"{sentence}\n"


def test_a_list_that_somebody_stops_reading_ends_without_a_fault(library: dict[str, str], tmp_path: Path):
    (tmp_path / "a.txt").write_text("Children learn at school.")
    add(library, tmp_path / "a.txt")
    reading, writing = os.pipe()
    os.close(reading)
    listing = subprocess.run(
        [sys.executable, "-m", "ingest", "jobs"], env=library, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (listing.returncode, listing.stderr) == (ExitCode.WELL, b"")


def test_a_report_names_the_command_that_mends_a_missing_text_recognition():
    waits = FailedAlike(
        "needs-ocr", 1, ("scan.pdf",), "the pages of this file are pictures, and tesserocr is not installed; x"
    )
    lines = report_lines(words("cs"), Counter(failed=1), [waits], paused=[], alike=0)
    assert "    strany souboru jsou obrázky a knihovna tesserocr tu není nainstalována; x" in lines


def test_nobody_is_told_to_try_again_what_was_not_taken_in():
    told, counts = words("en"), Counter(failed=1)
    for code, again in (("purged-file", False), ("bad-request", False), ("empty-file", True)):
        lines = report_lines(told, counts, [FailedAlike(code, 1, ("a.txt",), "")], paused=[], alike=0)
        assert (told.report["again"] in lines) is again


def test_a_pause_keeps_files_waiting_until_somebody_resumes(library: dict[str, str], tmp_path: Path):
    (tmp_path / "a.txt").write_text("Children learn at school.")
    assert command(library, "ingest", "pause").stdout.endswith("good-practice-ingest resume\n")
    code, lines = add(library, tmp_path / "a.txt")
    assert (code, lines[-1]["waiting"], lines[-1]["paused"]) == (ExitCode.WELL, 1, True)
    batch = json.loads(command(library, "ingest", "jobs", "--json").stdout)["batch"]
    command(library, "ingest", "pause", batch)
    reported = command(library, "ingest", "report").stdout
    assert "good-practice-ingest resume\n" in reported
    assert f"good-practice-ingest resume {batch}\n" in reported
    command(library, "ingest", "resume", batch)
    assert command(library, "ingest", "resume").stdout.endswith("good-practice-ingest work\n")
    assert command(library, "ingest", "work").returncode == ExitCode.WELL
    assert '"state":"done"' in command(library, "ingest", "jobs", "--json").stdout
