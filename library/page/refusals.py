"""Why something could not be done, in the reader's language."""

from library.errors import LibraryError
from library.page.review_form import label_of
from library.page.wording import Wording
from library.words import words


def refusals(error: LibraryError, wording: Wording) -> dict[str, str]:
    """By field, as the reasons name it, why it was refused; under no name where it is about no one field."""
    told = words(wording.language)
    # What a reader of files says never comes up on a page of its own.
    code = error.code if f"problem.{error.code}" in wording.texts else LibraryError.code
    return {each.name: told.of_reason(each) for each in error.reasons if each.code} or {
        "": wording.say(f"problem.{code}")
    }


def in_a_sentence(error: LibraryError, wording: Wording) -> str:
    """All of it, each reason after the names of its fields."""
    fields: dict[str, list[str]] = {}
    for name, reason in refusals(error, wording).items():
        fields.setdefault(reason, []).extend([label_of(name, wording)] if name else [])
    return "; ".join(f"{', '.join(names)}: {reason}" if names else reason for reason, names in fields.items())
