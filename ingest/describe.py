"""What was read from a file, and what the member said of it -> Document. The member's words win."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from ingest.extract import READERS, Extract, best
from library.jobs import IngestJob
from library.model import (
    SURE_OCR,
    Clue,
    Document,
    File,
    LocalizedText,
    Ocr,
    Page,
    Study,
    Sureness,
    Visibility,
    to_fill_in,
)
from library.said import UNKNOWN_LANGUAGE, Said, document_from, of_next_version
from library.words import DEFAULT, words

LEAST_SHARE = 0.1
"""Share of a document's letters that a language needs to be one of the document's languages."""
SURE_SHARE = 0.9
"""Share of a document's letters from which on its language is sure."""


def describe(extract: Extract, job: IngestJob) -> Document:
    """The document that this job makes. `extract.pages` know their languages.

    What is said to be public but lacks something for it stays with the members; `to_fill_in` says what. Whether
    personal data is in it, the gate finds out (library/gate.py).
    """
    languages, known = _languages(extract, job)
    document = document_from(
        {"title": best(extract.clues, "title") or _file_title(job.name), **job.said},
        language=languages[0] if languages else "",
        id=job.document,
        organisation=job.organisation,
        languages=languages,
        language_known=known,
        files=(_file(extract, job.name, job.sha256, job.size, languages),),
        clues=(*extract.clues, *_languages_of(extract)),
        submitted_by=job.submitted_by,
    )
    if isinstance(document, Study):
        document = _with_identifiers(document)
    if document.visibility is Visibility.PUBLIC and to_fill_in(document):
        return msgspec.structs.replace(document, visibility=Visibility.MEMBERS)
    return document


def described_again(before: Document, extract: Extract, said: Said, sha256: str) -> Document:
    """What a document becomes when its file is read again. `extract.pages` know their languages, `said` is what the
    member said when handing the file in.

    Every word of members and staff stays: only what was found in the file, and was left as it was found, is found anew.
    """
    clues = (*extract.clues, *_languages_of(extract))
    languages = before.languages
    if before.language_known != "declared":
        languages = tuple(clue.value for clue in clues if clue.about == "language" and clue.where == "text")
    again = msgspec.structs.replace(
        before,
        files=tuple(
            _file(extract, file.name, sha256, file.size, languages) if file.sha256 == sha256 else file
            for file in before.files
        ),
        clues=clues,
        languages=languages or before.languages,
        title=_title_again(before, extract, said, languages),
    )
    return _with_identifiers(again) if isinstance(again, Study) else again


def _title_again(before: Document, extract: Extract, said: Said, languages: Sequence[str]) -> LocalizedText:
    found = best(extract.clues, "title")
    if not found or "title" in said or not _title_as_found(before):
        return before.title
    return {languages[0] if languages else UNKNOWN_LANGUAGE: found}


def _title_as_found(document: Document) -> bool:
    """Whether its title is what was found in its file, which nobody has changed."""
    as_found = {best(document.clues, "title"), *(_file_title(file.name) for file in document.files)}
    return not set(document.title.values()) - as_found


def said_of_next_version(before: Document, said: Said, extract: Extract) -> Said:
    """What describes the next version of a document, a title of its own included where nobody gave the one before."""
    carried = of_next_version(before, said)
    if "title" not in said and best(extract.clues, "title") and _title_as_found(before):
        del carried["title"]
    return carried


def notes(extract: Extract, job: IngestJob, document: Document) -> tuple[str, ...]:
    """What staff should know of a job that went well."""
    said = list(extract.notes)
    if document.visibility.value != job.said.get("visibility", document.visibility.value):
        missing = to_fill_in(document)
        said.append(
            f"kept with the members until it has: {words(DEFAULT).of_fields(missing)}"
            if missing
            else f"kept with the members until a person has looked at what may be personal data in it: "
            f"good-practice-ingest held {document.id}"
        )
    if extract.repaired:
        said.append("the file was damaged and has been repaired for reading; the original is unchanged")
    return tuple(said)


def _languages(extract: Extract, job: IngestJob) -> tuple[tuple[str, ...], Literal["declared", "detected", "unknown"]]:
    declared = tuple(job.said.get("languages", ()))
    if declared:
        return declared, "declared"
    found = tuple(clue.value for clue in _languages_of(extract)) or tuple(
        filter(None, [best(extract.clues, "language")])  # where the text is too short to tell
    )
    return found, "detected" if found else "unknown"


def _languages_of(extract: Extract) -> Iterator[Clue]:
    """The languages that the text is in, the one with most letters first."""
    letters: Counter[str] = Counter()
    for page in extract.pages:
        letters[page.language] += len(page.text)
    total = letters.total() or 1
    for language, count in letters.most_common():
        if language and count / total >= LEAST_SHARE:
            sure: Sureness = "high" if count / total >= SURE_SHARE else "medium"
            yield Clue(about="language", value=language, where="text", sure=sure)


def _with_identifiers(study: Study) -> Study:
    """The study with the identifiers and the year that its file is sure of, where the member gave none."""
    sure = [clue for clue in study.clues if clue.sure == "high"]
    found = {
        name: value for name in ("doi", "isbn", "issn") if (value := best(sure, name)) and not getattr(study, name)
    }
    year = best(sure, "date")[:4]
    if year and study.year is None:
        return msgspec.structs.replace(study, year=int(year), **found)
    return msgspec.structs.replace(study, **found)


def _file(extract: Extract, name: str, sha256: str, size: int, languages: tuple[str, ...]) -> File:
    return File(
        name=name.rpartition("/")[2],  # without the archive and the folders that it was found in
        sha256=sha256,
        media_type=extract.media_type,
        size=size,
        pages=len(extract.pages),
        language=languages[0] if languages else "",
        repaired=extract.repaired,
        ocr=_ocr(extract.pages),
        reader=READERS,
    )


def _ocr(pages: Sequence[Page]) -> Ocr | None:
    read = {page.number: page.confidence for page in pages if page.confidence is not None and page.text}
    if not read:
        return None
    return Ocr(
        pages=len(read),
        confidence=round(sum(read.values()) / len(read), 2),
        unsure=tuple(number for number, confidence in read.items() if confidence < SURE_OCR),
    )


def _file_title(name: str) -> str:
    name = name.rpartition("/")[2]
    return name.rpartition(".")[0].replace("_", " ").strip() or name
