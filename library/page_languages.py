"""In which language each page of a document is, where somebody has said which languages the document is in; pure."""

from collections.abc import Sequence

import msgspec

from library.language import detect_language
from library.model import Page


def in_languages(pages: Sequence[Page], declared: Sequence[str]) -> tuple[Page, ...]:
    """The pages, each in one of these languages (ISO 639-1): as it was where that is one of them, else as detected,
    else in the first. Where none is declared, they stay as they are."""
    return tuple(_in_one_of(page, declared) for page in pages) if declared else tuple(pages)


def _in_one_of(page: Page, declared: Sequence[str]) -> Page:
    if page.language in declared:
        return page
    found = detect_language(page.text) if len(declared) > 1 else ""
    return msgspec.structs.replace(page, language=found if found in declared else declared[0])
