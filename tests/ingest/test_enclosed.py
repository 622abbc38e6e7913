"""Files in files: what an archive, a mail or a PDF encloses is read as documents of its own."""

import asyncio
import base64
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from itertools import pairwise

import pikepdf
import pytest
from msgspec import Struct
from reportlab.pdfgen.canvas import Canvas

from ingest.extract import Limits, Reader, archive
from ingest.extract.attached import attached_name
from ingest.extract.contract import Extract, Source
from ingest.extract.formats import extract_opened
from ingest.worker import work_with_others
from library.errors import NeedsMemory, NoText
from library.exchange import open_exchange
from library.jobs import IngestJob, JobState
from library.model import Document, Organisation
from library.settings import Settings
from tests.builders import an_admin
from tests.ingest.hostile_files import in_bytes, lzw_bomb

TEXT = "Dvojjazyčná asistentka pomáhá dětem ve školce."


def a_zip(**members: bytes | str) -> bytes:
    """Members by name, where `__` stands for a slash and the last `_` for a full stop."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            folder, _, file = name.rpartition("__")
            archive.writestr(f"{folder}/{'.'.join(file.rsplit('_', 1))}".lstrip("/"), content)
    return made.getvalue()


def a_mail(**attached: bytes) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Zápis z porady", "Eva Malá <eva@alfa.example>"
    mail["Date"] = "Mon, 3 Mar 2025 09:00:00 +0100"
    mail.set_content("Posílám zápis z porady. Žluťoučký kůň pěl ódy.")
    for name, content in attached.items():
        mail.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=".".join(name.rsplit("_", 1))
        )
    return mail.as_bytes()


def a_pdf(attached: Mapping[str, bytes], text: str = "Handbook of the counselling centre, with its forms.") -> bytes:
    """One page with this text, and the files that are attached to it, by name."""
    page, made = io.BytesIO(), io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(72, 720, text)
    canvas.save()
    with pikepdf.open(page) as pdf:
        for number, (name, content) in enumerate(attached.items()):
            pdf.attachments[str(number)] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
        pdf.save(made)
    return made.getvalue()


def pinned(pdf: pikepdf.Pdf, *described: pikepdf.Object) -> None:
    """Have these files in comments on the first page, among comments that are none."""
    comments = [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment) for _ in described]
    for comment, each in zip(comments, described, strict=True):
        comment.FS = each
    pdf.pages[0].obj.Annots = pikepdf.Array([7, *comments, pikepdf.Dictionary(Subtype=pikepdf.Name.Text)])


def saved(pdf: pikepdf.Pdf) -> bytes:
    made = io.BytesIO()
    pdf.save(made, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return made.getvalue()


def packed_as(filters: list[str], packed: bytes, **predicted: int) -> bytes:
    """A PDF with one file that is packed in these ways, the outermost first."""
    with pikepdf.open(io.BytesIO(a_pdf({"a.txt": b"", "good.txt": b"good"}))) as pdf:
        every = pikepdf.Array([pikepdf.Name(f"/{each}Decode") for each in filters])
        how = {"decode_parms": pikepdf.Dictionary({f"/{name.title()}": value for name, value in predicted.items()})}
        pdf.attachments["0"].get_file().obj.write(packed, filter=every, **(how if predicted else {}))
        return saved(pdf)


def lzw(content: bytes) -> bytes:
    """Each byte as a code of nine bits, and all forgotten before codes become longer."""
    codes = [code for at in range(0, len(content), 200) for code in (256, *content[at : at + 200])] + [257]
    return in_bytes("".join(f"{code:09b}" for code in codes))


def damaged(packed: bytes, member: str) -> bytes:
    at = packed.index(member.encode()) + len(member) + 20
    return packed[:at] + bytes(8) + packed[at + 8 :]


def with_old_name(name: str, encoding: str) -> bytes:
    """An archive with one file, whose name is in this encoding, which nothing says."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        placed = "x" * len(name.encode(encoding))
        archive.writestr(placed, f"{TEXT} {encoding}")
    return made.getvalue().replace(placed.encode(), name.encode(encoding))


def with_steps_up() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../../etc/evil.txt", f"{TEXT} Nahoru.")
        archive.writestr("/root/..\\up.txt", f"{TEXT} Výš.")
    return made.getvalue()


class Library(Struct):
    """What became of all that was handed in."""

    jobs: dict[str, IngestJob]
    texts: dict[str, str]
    documents: dict[str, Document]


HANDED_IN = {
    "year.zip": a_zip(zprávy__leden_txt=TEXT, zprávy__únor_md=f"# Únor\n\n{TEXT} Podruhé.", __MACOSX__leden_txt=b"x"),
    "mixed.zip": damaged(a_zip(torn_txt=TEXT * 50, bad_pdf=b"%PDF-1.7 nothing", good_txt=f"{TEXT} Dobře."), "torn.txt"),
    "deep.zip": a_zip(one_zip=a_zip(two_zip=a_zip(deep_txt=TEXT), near_txt=f"{TEXT} Blízko.")),
    "minutes.eml": a_mail(zápis_txt=f"{TEXT} Zapsáno.".encode()),
    "handbook.pdf": a_pdf(
        {
            "žádost.txt": f"{TEXT} Žádost.".encode(),
            "../../up/form.txt": f"{TEXT} Formulář.".encode(),
            "one.zip": a_zip(two_zip=a_zip(deep_txt=f"{TEXT} Hluboko.")),
        }
    ),
    "cp852.zip": with_old_name("závěrečná zpráva o činnosti školy.txt", "cp852"),
    "cp866.zip": with_old_name("отчет о работе школы.txt", "cp866"),
    "up.zip": with_steps_up(),
    "empty.zip": a_zip(),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Library:
    """A library into which all of that was handed in, and one of them twice."""
    return asyncio.run(_taken_in(Settings(data=tmp_path_factory.mktemp("library"), free_mb=1)))


async def _taken_in(settings: Settings) -> Library:
    exchange = await open_exchange(settings)
    await exchange.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    said = {"visibility": "members", "title": "Rok", "keywords": ["škola"]}
    for name, content in HANDED_IN.items():
        await exchange.accept([content], name=name, said=said, organisation="alfa", batch="b1", submitted_by="eva")
    await work_with_others(exchange)
    again = [HANDED_IN["year.zip"]]
    await exchange.accept(again, name="again.zip", said={**said, "title": "Znovu"}, organisation="alfa")
    await work_with_others(exchange)
    jobs = {job.name: job for job in await exchange.inbox.jobs()}
    kept = {name: job.document for name, job in jobs.items() if job.state is JobState.DONE and job.document}
    texts = {name: "\n".join(page.text for page in await exchange.catalog.pages(kept[name])) for name in kept}
    documents = {name: await exchange.readable.document(kept[name], an_admin()) for name in kept}
    await exchange.close()
    return Library(jobs, texts, documents)


def test_each_file_of_an_archive_becomes_a_document(library):
    assert {name for name in library.jobs if name.startswith("year.zip/")} == {
        "year.zip/zprávy/leden.txt",
        "year.zip/zprávy/únor.md",
    }
    january = library.jobs["year.zip/zprávy/leden.txt"]
    assert (january.batch, january.submitted_by, january.within) == ("b1", "eva", library.jobs["year.zip"].id)
    assert library.texts["year.zip/zprávy/leden.txt"] == TEXT


def test_what_was_said_of_an_archive_holds_for_each_file_but_for_the_title(library):
    february = library.documents["year.zip/zprávy/únor.md"]
    assert (february.keywords, february.title, february.files[0].name) == (("škola",), {"cs": "Únor"}, "únor.md")


def test_an_archive_is_done_without_a_document_of_its_own(library):
    job = library.jobs["year.zip"]
    assert (job.state, job.document) == (JobState.DONE, "")
    assert job.notes == ("files in it that were handed in as documents of their own: 2",)


def test_files_that_come_again_in_another_archive_make_nothing_new(library):
    assert not [name for name in library.jobs if name.startswith("again.zip/")]
    assert library.jobs["again.zip"].state is JobState.DONE


def test_a_bad_file_in_an_archive_fails_alone(library):
    assert library.jobs["mixed.zip/bad.pdf"].state is JobState.FAILED
    assert library.texts["mixed.zip/good.txt"] == f"{TEXT} Dobře."


def test_a_member_that_is_damaged_is_named_and_the_others_are_read(library):
    assert library.jobs["mixed.zip"].notes[0] == "files in it that are damaged and were left out: torn.txt"
    assert "mixed.zip/torn.txt" not in library.jobs


def test_archives_are_unpacked_twice_over_and_no_deeper(library):
    assert library.texts["deep.zip/one.zip/near.txt"] == f"{TEXT} Blízko."
    assert library.jobs["deep.zip/one.zip/two.zip"].notes == (
        "files in it that lie too deep and were left out, unpack the archives first: 1",
    )
    assert "deep.zip/one.zip/two.zip/deep.txt" not in library.jobs


def test_an_archive_without_files_fails(library):
    assert library.jobs["empty.zip"].code == "no-text"


def test_a_mail_is_a_document_and_so_is_each_attachment(library):
    assert library.texts["minutes.eml"] == "Zápis z porady\nPosílám zápis z porady. Žluťoučký kůň pěl ódy."
    assert library.texts["minutes.eml/zápis.txt"] == f"{TEXT} Zapsáno."
    told = {(clue.about, clue.value) for clue in library.documents["minutes.eml"].clues}
    assert {("title", "Zápis z porady"), ("author", "Eva Malá"), ("date", "2025-03-03")} <= told


def test_a_pdf_is_a_document_and_so_is_each_file_attached_to_it(library):
    assert library.texts["handbook.pdf"] == "Handbook of the counselling centre, with its forms."
    assert library.jobs["handbook.pdf"].notes == ("files in it that were handed in as documents of their own: 3",)
    form = library.jobs["handbook.pdf/žádost.txt"]
    assert (form.batch, form.submitted_by, form.within) == ("b1", "eva", library.jobs["handbook.pdf"].id)
    assert library.texts["handbook.pdf/žádost.txt"] == f"{TEXT} Žádost."


def test_names_of_files_in_a_pdf_are_labels_and_never_paths(library):
    assert library.texts["handbook.pdf/.._.._up_form.txt"] == f"{TEXT} Formulář."


def test_archives_in_a_pdf_are_unpacked_no_deeper_than_others(library):
    assert library.jobs["handbook.pdf/one.zip/two.zip"].notes == library.jobs["deep.zip/one.zip/two.zip"].notes


def test_an_attachment_whose_name_is_nothing_but_dots_has_none():
    assert (attached_name("..", 2), attached_name("..a", 2)) == ("attachment 2", "..a")


def given_away(pdf: bytes) -> tuple[dict[str, int], Extract]:
    """The files in a PDF by name, with how many bytes they have, and all else that is read."""
    given: dict[str, int] = {}

    def take(name: str, pieces: Iterable[bytes]) -> None:
        given[name] = sum(map(len, pieces))

    return given, extract_opened(Source(io.BytesIO(pdf), "a.pdf", on_enclosed=take))


def test_what_is_attached_to_a_pdf_and_cannot_be_read_is_named_and_the_rest_is_taken_in():
    packed = a_pdf({"torn.txt": TEXT.encode() * 50, "good.txt": b"good"})
    with pikepdf.open(io.BytesIO(packed)) as pdf:
        torn = pdf.attachments["0"].get_file().obj
        torn.write(torn.read_raw_bytes()[:20], filter=pikepdf.Name.FlateDecode)
        given, read = given_away(saved(pdf))
    assert given == {"good.txt": 4}
    assert read.notes == ("files in it that are damaged and were left out: torn.txt",)
    assert read.enclosed == len(read.pages) == 1


PLAIN = TEXT.encode() * 30
DIFFERENCES = bytes((each - before) % 256 for before, each in pairwise(b"\0" + PLAIN))
PACKED = {
    "not at all": packed_as([], PLAIN),
    "hexadecimal": packed_as(["ASCIIHex"], PLAIN.hex().encode() + b">"),
    "base 85": packed_as(["ASCII85"], base64.a85encode(PLAIN) + b"~>"),
    "LZW": packed_as(["LZW"], lzw(PLAIN)),
    "runs": packed_as(["RunLength"], b"".join(b"\x00%c" % each for each in PLAIN) + b"\x80"),
    "twice": packed_as(["ASCII85", "Flate"], base64.a85encode(zlib.compress(PLAIN)) + b"~>"),
    "predicted as in TIFF": packed_as(["Flate"], zlib.compress(DIFFERENCES), predictor=2, columns=len(PLAIN)),
    "predicted as in PNG": packed_as(["Flate"], zlib.compress(b"\1" + DIFFERENCES), predictor=11, columns=len(PLAIN)),
    "not predicted": packed_as(["Flate"], zlib.compress(PLAIN), predictor=1),
}


@pytest.mark.parametrize("pdf", PACKED.values(), ids=PACKED)
def test_a_file_in_a_pdf_is_read_in_whatever_way_it_is_packed(pdf):
    given: dict[str, bytes] = {}
    source = Source(io.BytesIO(pdf), "a.pdf", on_enclosed=lambda name, pieces: given.update({name: b"".join(pieces)}))
    assert extract_opened(source).notes == ()
    assert given == {"a.txt": PLAIN, "good.txt": b"good"}


@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (packed_as(["ASCII85", "Flate"], base64.a85encode(zlib.compress(PLAIN)[:50]) + b"~>"), "damaged"),
        (packed_as(["ASCIIHex"], b"no number"), "damaged"),
        (packed_as(["Unheard"], PLAIN), "damaged"),
        (packed_as(["Flate"], zlib.compress(PLAIN), predictor=12, columns=2**31 - 1), "damaged"),
        (packed_as(["Flate", "Flate"], zlib.compress(zlib.compress(bytes(20_000_000)))), "larger than allowed"),
        (packed_as(["LZW"], lzw_bomb(3)), "larger than allowed"),
    ],
    ids=["torn", "wrong", "unknown", "wide", "bomb", "LZW bomb"],
)
def test_a_file_in_a_pdf_that_no_way_leads_to_is_left_out_and_the_others_are_read(pdf, said):
    given, read = given_away(pdf)
    assert given == {"good.txt": 4}
    assert len(read.notes) == 1
    assert f"files in it that are {said} and were left out" in read.notes[0]


def test_files_that_are_pinned_to_pages_of_a_pdf_are_taken_in_like_the_attached_ones_and_each_once():
    with pikepdf.open(io.BytesIO(a_pdf({"both.txt": b"both"}))) as pdf:
        only = pikepdf.AttachedFileSpec(pdf, b"pinned", filename="pinned.txt").obj
        pinned(pdf, only, pdf.attachments["0"].obj, only, pikepdf.Dictionary(F="nowhere.txt"))
        given, read = given_away(saved(pdf))
    assert given == {"both.txt": 4, "pinned.txt": 6}
    assert read.enclosed == 2
    assert read.notes == ("files in it that are damaged and were left out: attachment 3",)


def test_where_memory_runs_out_for_a_file_in_a_pdf_that_is_read_and_says_which_were_not():
    def take(name: str, _pieces: Iterable[bytes]) -> None:
        if name == "large.txt":
            raise MemoryError

    pdf = a_pdf({"a.txt": b"a", "large.txt": b"b", "c.txt": b"c"})
    read = extract_opened(Source(io.BytesIO(pdf), "a.pdf", on_enclosed=take))
    assert (read.enclosed, len(read.pages), read.ran_out) == (1, 1, True)
    assert read.notes == (
        "files in it that need more memory than allowed and were left out, hand them in alone: large.txt, c.txt",
    )


def test_where_memory_runs_out_for_a_file_in_a_pdf_without_text_both_are_said():
    def take(_name: str, _pieces: Iterable[bytes]) -> None:
        raise MemoryError

    with pytest.raises(NeedsMemory) as failed:
        extract_opened(Source(io.BytesIO(a_pdf({"large.txt": b"a"}, text="")), "a.pdf", on_enclosed=take))
    assert "no text was found in this PDF" in failed.value.detail
    assert failed.value.detail.endswith("hand them in alone: large.txt")


async def test_after_memory_ran_out_for_a_file_in_a_pdf_the_next_file_is_read(tmp_path):
    (tmp_path / "large.pdf").write_bytes(packed_as(["LZW"], lzw_bomb(80)))
    (tmp_path / "next.pdf").write_bytes(a_pdf({"a.txt": b"a"}))
    async with Reader(Limits(memory_mb=600)) as reader:
        large = await reader.read(tmp_path / "large.pdf", "large.pdf")
        after = await reader.read(tmp_path / "next.pdf", "next.pdf")
    assert large.notes[0].endswith("hand them in alone: a.txt, good.txt")
    assert (len(large.pages), after.enclosed, after.notes) == (1, 1, ())


def test_a_file_in_a_pdf_that_inflates_to_far_too_much_is_left_out_before_it_has(monkeypatch):
    monkeypatch.setattr(archive, "RATIO_FROM", 100_000)
    given, read = given_away(a_pdf({"bomb.txt": bytes(10_000_000), "good.txt": b"good"}))
    assert given == {"good.txt": 4}
    assert read.notes == ("files in it that are larger than allowed and were left out: 1",)


def test_what_is_attached_to_a_pdf_without_text_becomes_documents_all_the_same():
    made, given = io.BytesIO(), []
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["a"] = pikepdf.AttachedFileSpec(pdf, b"text", filename="a.txt")
        pdf.save(made)
    source = Source(made, "a.pdf", on_enclosed=lambda name, pieces: given.append((name, b"".join(pieces))))
    with pytest.raises(NoText):
        extract_opened(source)
    assert given == [("a.txt", b"text")]


def test_names_in_archives_of_old_programs_keep_their_letters(library):
    assert {"cp852.zip/závěrečná zpráva o činnosti školy.txt", "cp866.zip/отчет о работе школы.txt"} <= set(
        library.jobs
    )


def test_names_of_members_are_labels_and_never_paths(library):
    assert {"up.zip/etc/evil.txt", "up.zip/root/up.txt"} <= set(library.jobs)


def test_files_of_one_name_in_an_archive_are_all_given_away():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "první")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "druhý")
    given: list[tuple[str, bytes]] = []
    source = Source(made, "two.zip", on_enclosed=lambda name, pieces: given.append((name, b"".join(pieces))))
    assert extract_opened(source).enclosed == 2
    assert given == [("a.txt", "první".encode()), ("a.txt", "druhý".encode())]
