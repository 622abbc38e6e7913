"""The nouns: what a document is, who shared it, who is asking, and what that person may see.

Fields are those of the European Website on Integration's good-practice form, the SPRING practice grid and the
migraceonline.cz criteria, put together for the consortium. Terms of agreed lists are plain strings here; which ones
exist is the business of `library.vocabulary`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

DocumentId = str
OrganisationId = str
LocalizedText = dict[str, str]
"""One text in several languages: ISO 639-1 code -> text."""


class Visibility(StrEnum):
    """Who may see a document."""

    # The widest first.
    PUBLIC = "public"
    MEMBERS = "members"
    ORGANISATION = "organisation"


class Role(StrEnum):
    """What somebody who asks may do. Each role may do all that the ones before it may."""

    READER = "reader"
    """Anybody: reads what is public."""
    MEMBER = "member"
    """Reads what members share with each other, and all that is its own organisation's."""
    STAFF = "staff"
    """Adds to, changes and withdraws what its organisation shares."""
    REVIEWER = "reviewer"
    """Confirms that a document of any organisation may be public, among those that it sees."""
    ADMIN = "admin"
    """Sees and does everything, of all organisations."""

    def may(self, needed: "Role") -> bool:
        """Whether this role may do what needs that one."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


class Scope(StrEnum):
    """What a key may be used for, within what its holder's role may do."""

    SEARCH = "search"
    """Find: searches, suggestions, lists of terms."""
    READ = "read"
    """Read documents, their pages and files, and export them."""
    INGEST = "ingest"
    """Hand in, change, withdraw; see how the reading goes."""
    ADMIN = "admin"
    """Keys, organisations, figures of the running library."""


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The base of every noun: an immutable value that refuses fields it does not know."""


class Organisation(Value, frozen=True):
    id: OrganisationId
    name: str
    url: str = ""
    invented: bool = False
    """True for the sample library's organisations, which do not exist."""


class Place(Value, frozen=True):
    country: str = "CZ"
    """ISO 3166-1 alpha-2."""
    region: str = ""
    """NUTS 3 code, such as CZ064."""
    municipality: str = ""


class Period(Value, frozen=True):
    since: str = ""
    """`2019`, `2019-05` or `2019-05-31`."""
    until: str = ""


class Contact(Value, frozen=True):
    role: str = ""
    """A role before a person: whoever holds it answers."""
    email: str = ""
    confirmed_on: date | None = None
    willing_to_mentor: bool = False


class Link(Value, frozen=True):
    url: str
    title: str = ""


Relation = Literal[
    "derived_from", "adapts", "evaluates", "supports", "contradicts", "supersedes", "translation_of", "variant_of"
]
"""What a document is to another. `variant_of`: the same text in another file."""


class Related(Value, frozen=True):
    relation: Relation
    document: DocumentId


class File(Value, frozen=True):
    """An original as it was handed in; its bytes lie under their SHA-256 and never change."""

    name: str
    sha256: str
    media_type: str
    size: int
    """In bytes."""
    pages: int = 0
    language: str = ""
    repaired: bool = False
    """True where the file was damaged and could be read after repair."""
    version: int = 1
    ocr: "Ocr | None" = None
    reader: int = 0
    """The version of the readers that read it (`ingest.extract.READERS`)."""


class Ocr(Value, frozen=True):
    """What of a file's text was read from pictures of pages."""

    pages: int
    confidence: float
    """Mean over these pages, from 0 to 1."""
    unsure: tuple[int, ...] = ()
    """The numbers of pages that had better be looked up in the original."""


SURE_OCR = 0.9
"""The confidence below which a page that was read from its picture is unsure: measured, less than 96 % of its letters
are right."""


class Page(Value, frozen=True):
    """One page of a document's text; a slide, a sheet or a section, where a format has no pages."""

    number: int
    """As a reader counts, from 1."""
    text: str
    """In Unicode's normal form C, without soft hyphens."""
    language: str = ""
    """ISO 639-1; empty where it is not known."""
    confidence: float | None = None
    """How sure the text is, from 0 to 1, where it was read from a picture of the page."""


Sureness = Literal["high", "medium", "low"]


class Clue(Value, frozen=True):
    """What a file itself tells of the document: for staff to look at. What a member says always wins over it."""

    about: Literal["title", "author", "date", "language", "doi", "isbn", "issn", "abstract"]
    value: str
    where: str
    """In which part of the file: `xmp`, `info`, `properties`, `head`, `heading`, `largest font`, `text` or other"""
    sure: Sureness
    """`high`: two things in the file agree; `medium`: one says so, and it looks right; `low`: better than nothing."""
    page: int = 0
    """On which it stands; 0 where it stands on none."""


class PersonalDataCheck(Value, frozen=True):
    by: str
    on: date
    result: Literal["none found", "removed", "consent given", "not personal"]
    """The last one: what looks like personal data is nobody's, or its owner has published it."""


class Preconditions(Value, frozen=True):
    law: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


class Resources(Value, frozen=True):
    staff: str = ""
    """Full-time equivalents and roles, in words: `0.5 coordinator, 2 interpreters`."""
    volunteers: int = 0
    cost: str = ""
    cost_band: str = ""
    duration: str = ""
    interpreters: tuple[str, ...] = ()
    """Languages of the interpreters, ISO 639-1."""


class Reach(Value, frozen=True):
    number: int
    unit: str


class Tool(Value, frozen=True):
    title: str
    language: str = ""
    url: str = ""


class Person(Value, frozen=True):
    family: str
    given: str = ""
    orcid: str = ""


class Finding(Value, frozen=True):
    sentence: str
    page: int = 0
    """The page of the study that says so; 0 where nobody noted it."""


class Recommendation(Value, frozen=True):
    text: str
    addressee: str = ""
    page: int = 0
    status: str = "open"


class _Described(Value, frozen=True):
    """What both kinds of document are described by. A document may lack anything but the first three."""

    id: DocumentId
    organisation: OrganisationId
    title: LocalizedText
    summary: LocalizedText = {}
    languages: tuple[str, ...] = ()
    language_known: Literal["declared", "detected", "unknown"] = "unknown"
    topics: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2."""
    legal_statuses: tuple[str, ...] = ()
    place: Place | None = None
    scale: str = ""
    period: Period | None = None
    stage: str = ""
    partners: tuple[str, ...] = ()
    migrant_led: str = ""
    funders: tuple[str, ...] = ()
    programme: str = ""
    project_number: str = ""
    contact: Contact | None = None
    files: tuple[File, ...] = ()
    links: tuple[Link, ...] = ()
    related: tuple[Related, ...] = ()
    licence: str = ""
    visibility: Visibility = Visibility.MEMBERS
    embargo_until: date | None = None
    """Before this day only the document's own organisation sees it."""
    personal_data_check: PersonalDataCheck | None = None
    submitted_by: str = ""
    reviewed_by: str = ""
    change_note: str = ""
    added: datetime | None = None
    """When it first came into the catalogue, UTC."""
    changed: datetime | None = None
    verified_on: date | None = None
    review_due: date | None = None
    version: int = 1
    clues: tuple[Clue, ...] = ()
    """What its files tell, the surest first for each thing; for those who may change it."""
    year: int | None = None
    """Of publication for a study; of its beginning, where nobody said otherwise, for a practice."""


class Practice(_Described, frozen=True, tag="practice", tag_field="kind"):
    """What somebody did, how it went, and what another town would need to do it too."""

    context: LocalizedText = {}
    objectives: LocalizedText = {}
    activities: LocalizedText = {}
    results: LocalizedText = {}
    evidence: str = ""
    evidence_links: tuple[Link, ...] = ()
    innovation: LocalizedText = {}
    preconditions: Preconditions | None = None
    resources: Resources | None = None
    reach: Reach | None = None
    caveats: LocalizedText = {}
    """What did not work; never shown to the public."""
    success_factors: LocalizedText = {}
    risks: LocalizedText = {}
    sustainability: LocalizedText = {}
    transferability: str = ""
    adaptation: LocalizedText = {}
    """What to adapt elsewhere, and the minimum version: with one person and no money."""
    tools: tuple[Tool, ...] = ()


class Study(_Described, frozen=True, tag="study", tag_field="kind"):
    """What somebody found out, and what follows from it."""

    authors: tuple[Person, ...] = ()
    publisher: str = ""
    study_type: str = ""
    findings: tuple[Finding, ...] = ()
    questions: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    sample: str = ""
    recommendations: tuple[Recommendation, ...] = ()
    laws_cited: tuple[str, ...] = ()
    """Numbers in the collection of laws, such as `326/1999 Sb.`"""
    limitations: str = ""
    doi: str = ""
    isbn: str = ""
    issn: str = ""
    how_to_cite: str = ""
    peer_reviewed: bool = False


Document = Practice | Study

REQUIRED = ("summary", "languages", "topics", "target_groups", "scale", "licence", "personal_data_check")
"""What any document needs before it may be public, beside its id, organisation and title."""
REQUIRED_OF_PRACTICE = ("context", "objectives", "activities", "results", "evidence")
REQUIRED_OF_STUDY = ("authors", "publisher", "year", "study_type", "findings")


def missing_to_publish(document: Document) -> tuple[str, ...]:
    """The names of the fields that this document must still be given before it may be public."""
    match document:
        case Practice():
            names = REQUIRED + REQUIRED_OF_PRACTICE
        case Study():
            names = REQUIRED + REQUIRED_OF_STUDY
    return tuple(name for name in names if not getattr(document, name))


def to_fill_in(document: Document) -> tuple[str, ...]:
    """The same without the check for personal data, which nobody fills in: the gate sees to it."""
    return tuple(name for name in missing_to_publish(document) if name != "personal_data_check")


def kind_of(document: Document) -> str:
    """`practice` or `study`."""
    return "practice" if isinstance(document, Practice) else "study"


def title_of(document: Document) -> str:
    """The title in the document's first language, or in whichever there is."""
    for language in document.languages:
        if language in document.title:
            return document.title[language]
    return next(iter(document.title.values()), "")


class Audience(Struct, frozen=True, kw_only=True):
    """Who is asking. `sees` is the one definition of access; an index compiles the same rule."""

    role: Role = Role.READER
    organisation: OrganisationId = ""
    today: date
    """The day on which embargoes are looked at, UTC."""

    def sees(self, document: Document) -> bool:
        return self.may_see(document.visibility, document.organisation, document.embargo_until)

    def may_see(self, visibility: Visibility, organisation: OrganisationId, embargo_until: date | None) -> bool:
        if self.role is Role.ADMIN or self._belongs_to(organisation):
            return True
        if embargo_until is not None and self.today < embargo_until:
            return False
        match visibility:
            case Visibility.PUBLIC:
                return True
            case Visibility.MEMBERS:
                return self.role is not Role.READER
            case Visibility.ORGANISATION:
                return False

    def may_change(self, organisation: OrganisationId) -> bool:
        """Whether this audience may add to, change and withdraw what the organisation shares."""
        return self.role is Role.ADMIN or (self.role.may(Role.STAFF) and self._belongs_to(organisation))

    def may_confirm(self, document: Document) -> bool:
        """Whether this audience may say that the document may be public, or that it still holds."""
        return self.may_change(document.organisation) or (self.role.may(Role.REVIEWER) and self.sees(document))

    def sees_caveats(self) -> bool:
        """Whether this audience may read what did not work."""
        return self.role is not Role.READER

    def _belongs_to(self, organisation: OrganisationId) -> bool:
        return self.role is not Role.READER and self.organisation == organisation


class Caller(Struct, frozen=True, kw_only=True):
    """Somebody who was let in: what that person sees, and what for."""

    name: str
    """As the audit trail names it."""
    audience: Audience
    scopes: tuple[Scope, ...] = tuple(Scope)
