"""In which language each page of a document is; pure."""

from collections.abc import Sequence

import msgspec

from library.language import Apart, detect_language
from library.model import Page


def with_languages(
    pages: Sequence[Page], declared: Sequence[str], apart: Sequence[Apart] | None = None
) -> tuple[Page, ...]:
    """The pages, each with its language (ISO 639-1): among those declared where any are, else among those served. It
    stays as it was where it was known and is one of these, else it is detected; a page too short to tell has that of
    the page before it, or the first that is declared. `apart` is their text, where that has been taken apart."""
    before = declared[0] if declared else ""
    known = []
    nothing_known: list[Apart | None] = [None] * len(pages)
    for page, each in zip(pages, apart or nothing_known, strict=True):
        before = _language(page, each, declared) or before
        known.append(msgspec.structs.replace(page, language=before))
    return _back_to_front(known)


def _language(page: Page, apart: Apart | None, declared: Sequence[str]) -> str:
    """Empty where it cannot be told."""
    if page.language and (not declared or page.language in declared):
        return page.language
    if len(declared) == 1:
        return declared[0]
    found = detect_language(page.text, apart)
    return found if not declared or found in declared else ""


def _back_to_front(pages: list[Page]) -> tuple[Page, ...]:
    """A short first page has the language of the first page that could tell."""
    first = next((page.language for page in pages if page.language), "")
    return tuple(page if page.language else msgspec.structs.replace(page, language=first) for page in pages)
