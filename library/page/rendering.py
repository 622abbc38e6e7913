"""From a template and what it shows to HTML."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from library.page.assets import address_of
from library.page.wording import LANGUAGES, Wording


def rendered(
    template: str,
    page: Mapping[str, Any],
    wording: Wording,
    *,
    here: str,
    spoken: bool,
    desk: Mapping[str, Any] | None = None,
) -> str:
    """The page as HTML. `here` is its address with everything but the language; `spoken` says whether the address
    names the language; `desk` is what all pages of the desk have in common."""

    def in_language(language: str, path: str = here) -> str:
        return f"{path}{'&' if '?' in path else '?'}lang={language}"

    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            wording=wording,
            say=wording.say,
            languages=LANGUAGES,
            spoken=spoken,
            asset=address_of,
            desk=desk,
            here_in=in_language,
            to=lambda path: in_language(wording.language, path) if spoken else path,
        )
    )


@cache
def _environment() -> Environment:
    """Everything is escaped, and a name that nobody gave is an error."""
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
