"""What a record says of a document, whatever its format."""

import re

from msgspec import Struct

from library.model import Document, Person, Practice, Study, title_of
from library.vocabulary import label

LICENCES = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-by-nc-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
}
"""The addresses of licences by their ids in the agreed list; what is not here has none."""

_SPACES = re.compile(r"\s+")


class Work(Struct, frozen=True):
    """A document with what its records say beside it."""

    document: Document
    holder: str
    """The name of the organisation that shares it."""
    url: str
    """Where it stands in the library, with the host."""

    @property
    def title(self) -> str:
        return one_line(title_of(self.document)) or self.document.id

    @property
    def language(self) -> str:
        """ISO 639-1; empty where it is not known."""
        return next(iter(self.document.languages), "")

    @property
    def abstract(self) -> str:
        summary = self.document.summary
        return one_line(summary.get(self.language) or next(iter(summary.values()), ""))

    @property
    def people(self) -> tuple[Person, ...]:
        """Its authors; none of a practice, which is its organisation's."""
        match self.document:
            case Study():
                return self.document.authors
            case Practice():
                return ()

    @property
    def publisher(self) -> str:
        match self.document:
            case Study(publisher=publisher) if publisher:
                return one_line(publisher)
            case _:
                return one_line(self.holder)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Topics by their English names, then keywords."""
        topics = (label("topic", topic, "en") for topic in self.document.topics)
        return tuple(dict.fromkeys(map(one_line, (*topics, *self.document.keywords))))

    @property
    def licence(self) -> str:
        """The licence's address; empty where it has none."""
        return LICENCES.get(self.document.licence, "")

    @property
    def numbers(self) -> tuple[str, str, str]:
        """DOI, ISBN and ISSN; empty where there is none."""
        match self.document:
            case Study(doi=doi, isbn=isbn, issn=issn):
                return one_line(doi), one_line(isbn), one_line(issn)
            case Practice():
                return "", "", ""


def one_line(text: str) -> str:
    """The text without line breaks, which end a field in most of these formats."""
    return _SPACES.sub(" ", text).strip()
