"""What a document looks like as JSON: every field of the model is there, whether or not anybody filled it in.

The promise of the API stands here: fields may be added, never renamed or removed. `library.model` may change.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from library.model import Audience, Document, LocalizedText, Ocr, kind_of, missing_to_publish
from library.web.results import DocumentPlace, Names, OrganisationName, file_link, organisation_name


class DocumentPeriod(Struct, frozen=True):
    since: str
    until: str


class DocumentContact(Struct, frozen=True):
    role: str
    email: str
    confirmed_on: date | None
    willing_to_mentor: bool


class DocumentLink(Struct, frozen=True):
    url: str
    title: str


class RelatedDocument(Struct, frozen=True):
    relation: str
    document: str


class FileOcr(Struct, frozen=True):
    pages: int
    confidence: float
    unsure: list[int]


class DocumentFile(Struct, frozen=True):
    name: str
    sha256: str
    media_type: str
    size: int
    pages: int
    language: str
    repaired: bool
    version: int
    link: str
    ocr: FileOcr | None


class DocumentClue(Struct, frozen=True):
    about: str
    value: str
    where: str
    sure: str
    page: int


class PersonalDataChecked(Struct, frozen=True):
    by: str
    on: date
    result: str


class PracticePreconditions(Struct, frozen=True):
    law: str
    valid_from: date | None
    valid_until: date | None


class PracticeResources(Struct, frozen=True):
    staff: str
    volunteers: int
    cost: str
    cost_band: str
    duration: str
    interpreters: list[str]


class PracticeReach(Struct, frozen=True):
    number: int
    unit: str


class PracticeTool(Struct, frozen=True):
    title: str
    language: str
    url: str


class StudyAuthor(Struct, frozen=True):
    family: str
    given: str
    orcid: str


class StudyFinding(Struct, frozen=True):
    sentence: str
    page: int


class StudyRecommendation(Struct, frozen=True):
    text: str
    addressee: str
    page: int
    status: str


class _AnyDocument(Struct, frozen=True, kw_only=True):
    id: str
    organisation: OrganisationName
    title: LocalizedText
    summary: LocalizedText
    languages: list[str]
    language_known: str
    topics: list[str]
    keywords: list[str]
    target_groups: list[str]
    nationalities: list[str]
    legal_statuses: list[str]
    place: DocumentPlace | None
    scale: str
    period: DocumentPeriod | None
    stage: str
    partners: list[str]
    migrant_led: str
    funders: list[str]
    programme: str
    project_number: str
    contact: DocumentContact | None
    files: list[DocumentFile]
    links: list[DocumentLink]
    related: list[RelatedDocument]
    licence: str
    visibility: str
    embargo_until: date | None
    personal_data_check: PersonalDataChecked | None
    submitted_by: str
    reviewed_by: str
    change_note: str
    added: datetime | None
    changed: datetime | None
    verified_on: date | None
    review_due: date | None
    version: int
    year: int | None
    clues: list[DocumentClue]
    """What its files tell of it, where and how sure; for the eyes of its staff."""
    missing: list[str]
    """What the staff must still fill in before it may be public; for their eyes."""


class PracticeDocument(_AnyDocument, frozen=True, tag="practice", tag_field="kind"):
    context: LocalizedText
    objectives: LocalizedText
    activities: LocalizedText
    results: LocalizedText
    evidence: str
    evidence_links: list[DocumentLink]
    innovation: LocalizedText
    preconditions: PracticePreconditions | None
    resources: PracticeResources | None
    reach: PracticeReach | None
    caveats: LocalizedText
    success_factors: LocalizedText
    risks: LocalizedText
    sustainability: LocalizedText
    transferability: str
    adaptation: LocalizedText
    tools: list[PracticeTool]


class StudyDocument(_AnyDocument, frozen=True, tag="study", tag_field="kind"):
    authors: list[StudyAuthor]
    publisher: str
    study_type: str
    findings: list[StudyFinding]
    questions: list[str]
    methods: list[str]
    sample: str
    recommendations: list[StudyRecommendation]
    laws_cited: list[str]
    limitations: str
    doi: str
    isbn: str
    issn: str
    how_to_cite: str
    peer_reviewed: bool


ShownDocument = PracticeDocument | StudyDocument


def shown_document(document: Document, audience: Audience, names: Names) -> ShownDocument:
    for_staff = audience.may_change(document.organisation)
    fields: dict[str, Any] = {
        **{name: getattr(document, name) for name in document.__struct_fields__},
        "kind": kind_of(document),
        "organisation": organisation_name(document, names),
        "files": _files(document),
        "clues": document.clues if for_staff else (),
        "missing": missing_to_publish(document) if for_staff else (),
    }
    return msgspec.convert(fields, ShownDocument, from_attributes=True)  # type: ignore[no-any-return]  # mypy does not see through a union


def _ocr(ocr: Ocr | None) -> FileOcr | None:
    return None if ocr is None else FileOcr(ocr.pages, ocr.confidence, list(ocr.unsure))


def _files(document: Document) -> Sequence[DocumentFile]:
    return [
        DocumentFile(
            name=file.name,
            sha256=file.sha256,
            media_type=file.media_type,
            size=file.size,
            pages=file.pages,
            language=file.language,
            repaired=file.repaired,
            version=file.version,
            ocr=_ocr(file.ocr),
            link=file_link(document.id, file.name),
        )
        for file in document.files
    ]
