"""Text with what matched in it marked. What a document says stays text, whatever it looks like."""

from collections.abc import Iterable

from markupsafe import Markup, escape


def marked(text: str, spans: Iterable[tuple[int, int] | list[int]]) -> Markup:
    """The text as HTML, each span (start and end in characters) in a `<mark>`."""
    pieces, at = [], 0
    for start, end in sorted((first, last) for first, last in spans):
        if start < at:
            continue  # a word that lies in a phrase that is marked already
        pieces += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])
