"""In which language each page of a document is; pure."""

from collections.abc import Sequence

import msgspec

from library.language import Apart, detect_languages
from library.model import Page


def with_languages(
    pages: Sequence[Page], declared: Sequence[str], apart: Sequence[Apart] | None = None
) -> tuple[Page, ...]:
    """The pages, each with its language (ISO 639-1): among those declared where any are, else among those served. It
    stays as it was where it was known and is one of these, else it is detected; a page too short to tell has that of
    the page before it, or the first that is declared. `apart` is their text, where that has been taken apart."""
    languages = [_known(page, declared) for page in pages]
    asked = [number for number, language in enumerate(languages) if not language]
    texts = [pages[number].text for number in asked]
    detected = detect_languages(texts, None if apart is None else [apart[number] for number in asked])
    for number, language in zip(asked, detected, strict=True):
        languages[number] = language if not declared or language in declared else ""
    before = declared[0] if declared else ""
    found = []
    for page, language in zip(pages, languages, strict=True):
        before = language or before
        found.append(msgspec.structs.replace(page, language=before))
    return _back_to_front(found)


def _known(page: Page, declared: Sequence[str]) -> str:
    """Its language where it need not be detected, else nothing."""
    if page.language and (not declared or page.language in declared):
        return page.language
    return declared[0] if len(declared) == 1 else ""


def _back_to_front(pages: list[Page]) -> tuple[Page, ...]:
    """A short first page has the language of the first page that could tell."""
    first = next((page.language for page in pages if page.language), "")
    return tuple(page if page.language else msgspec.structs.replace(page, language=first) for page in pages)
