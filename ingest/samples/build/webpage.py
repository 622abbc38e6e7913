"""A source as a small web page: the article, and around it what a page has that is no part of the text."""

from collections.abc import Iterable
from html import escape

from ingest.samples.build.source import (
    Block,
    Bullets,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
    Quotation,
    Run,
    Runs,
    Source,
    Table,
)

NAVIGATION = {
    "cs": ("Domů", "Co děláme", "Knihovna", "Kontakt"),
    "sk": ("Domov", "Čo robíme", "Knižnica", "Kontakt"),
    "uk": ("Головна", "Що ми робимо", "Бібліотека", "Контакти"),
    "en": ("Home", "What we do", "Library", "Contact"),
}
"""The page's menu; in English where its own language has none here."""

STYLE = """\
body { font: 1rem/1.6 Georgia, serif; max-width: 42rem; margin: 0 auto; padding: 1rem; color: #222 }
nav ul { display: flex; gap: 1.5rem; list-style: none; padding: 0 }
table { border-collapse: collapse; margin: 1rem 0 } th, td { border: 1px solid #999; padding: .3rem .6rem }
footer { margin-top: 3rem; border-top: 1px solid #999; font-size: .85rem }"""


def html(source: Source) -> bytes:
    language = f' lang="{source.language}"' if source.language else ""
    menu = "".join(f'<li><a href="#">{name}</a></li>' for name in NAVIGATION.get(source.spoken, NAVIGATION["en"]))
    article = "\n".join(filter(None, map(_element, source.blocks)))
    page = f"""\
<!DOCTYPE html>
<html{language}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(source.title)}</title>
<style>
{STYLE}
</style>
</head>
<body>
<header><nav><ul>{menu}</ul></nav></header>
<main>
<article>
{article}
</article>
</main>
<footer><p>{escape(source.metadata["organisation"])}.example</p></footer>
</body>
</html>
"""
    return page.encode()


def _element(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{_inline(block.runs)}</h{block.level}>"
        case Paragraph():
            return f"<p>{_inline(block.runs)}</p>"
        case Quotation():
            return f"<blockquote><p>{_inline(block.runs)}</p></blockquote>"
        case Bullets():
            return f"<ul>\n{_items(block.items)}\n</ul>"
        case Numbered():
            start = f' start="{block.start}"' if block.start > 1 else ""
            return f"<ol{start}>\n{_items(block.items)}\n</ol>"
        case Table():
            head, *rows = block.rows
            body = "\n".join(_row("td", row) for row in rows)
            return f"<table>\n<thead>\n{_row('th', head)}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        case NewPage():
            return ""


def _items(items: Iterable[Runs]) -> str:
    return "\n".join(f"<li>{_inline(item)}</li>" for item in items)


def _row(tag: str, cells: Iterable[Runs]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in cells) + "</tr>"


def _inline(runs: Runs) -> str:
    return "".join(map(_styled, runs))


def _styled(run: Run) -> str:
    text = escape(run.text, quote=False)
    text = f"<em>{text}</em>" if run.italic else text
    return f"<strong>{text}</strong>" if run.bold else text
