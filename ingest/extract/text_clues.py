"""What the text of a document tells of it: who wrote it and when, DOI, ISBN and ISSN, an abstract, and which of its
titles are borne out."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from ingest.extract.contract import Extract
from library.language import fold
from library.model import Clue, Page, Sureness

_DECLARED = {"xmp", "info", "properties", "head", "subject"}
"""Where titles stand that are not part of the text."""
_FIRST_PAGES = 3
_LAST_PAGES = 2
"""Where Czech and Ukrainian books have their imprint."""
_DOI = re.compile(r"(?P<cue>doi(?:\.org/|\b)[\s:]{0,3})?\b(?P<doi>10\.\d{4,9}/[^\s\"<>{}|\\^`]+)", re.IGNORECASE)
_AFTER_DOI = ".,;:'’”“"
_ISBN = re.compile(r"\bISBN(?:[-‐]?1[03])?[\s:(]*(?:\w+[\s:)]+)?((?:97[89][-‐–\s]?)?(?:\d[-‐–\s]?){9}[\dXx])\b")
_ISSN = re.compile(r"\be?-?ISSN[^\d\n]{0,20}(\d{4}[-‐–]?\d{3}[\dXx])\b", re.IGNORECASE)
_ISBN_10, _ISBN_13, _ISSN_LENGTH = 10, 13, 8
_ABSTRACT = re.compile(
    r"^[ \t]*(?:\d[\d.]*[ \t]+)?"
    r"(?:abstract|(?:executive[ \t]+)?summary|abstrakt|anotace|anotácia|souhrn|shrnutí|súhrn|zhrnutie"
    r"|resumé|streszczenie|zusammenfassung|kurzfassung|анотація|резюме|аннотация|реферат|tóm[ \t]+tắt|résumé|resumen)"
    r"[ \t]*(?:[:.—–-][ \t]*|\n)",
    re.IGNORECASE | re.MULTILINE,
)
_AFTER_ABSTRACT = re.compile(
    r"^[ \t]*(?:key[ \t]?words|klíčová[ \t]+slova|kľúčové[ \t]+slová|słowa[ \t]+kluczowe|schlüsselwörter|schlagwörter"
    r"|ключові[ \t]+слова|ключевые[ \t]+слова|từ[ \t]+khóa|mots[- ]clés|palabras[ \t]+clave"
    r"|(?:\d[\d.]*[ \t]+)?(?:úvod|introduction|вступ|введение|wstęp|einleitung|obsah|contents|зміст)[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHORS = re.compile(
    r"^[ \t]*(?:autor(?:ka|ky|ři|i|zy)?|(?:z|s)pracoval[aiy]?|napsal[aiy]?|authors?|(?:written|prepared)[ \t]+by"
    r"|автор(?:ка|ки|и|ы)?|opracowanie|verfasser(?:in|innen)?|tác[ \t]+giả)[ \t]*:[ \t]*(?P<names>[^\n]{3,200})$",
    re.IGNORECASE | re.MULTILINE,
)
_BETWEEN_NAMES = re.compile(r"[,;]|\s(?:a|and|та|і|й|и|i|und|và)\s")
_DEGREE = re.compile(
    r"\b(?:Bc|BcA|Mgr|MgA|Ing|PhDr|JUDr|MUDr|RNDr|ThDr|Doc|doc|Prof|prof|Dr|DiS|CSc|DrSc|Ph\.?\s?D|LL\.?\s?M|M\.?\s?A)\b\.?"
)
_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,4}")
_YEAR = re.compile(
    r"(?:©|\(c\)|copyright|vyd(?:áno|ání|al[aiy]?)|vydan[éáý]|published|опубліковано|рік[ \t]+видання|видано|wydano)"
    r"[^\n\d]{0,40}((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_SHORTEST_ABSTRACT = 80
_LONGEST_ABSTRACT = 2_500
_SENTENCE_END = re.compile(r"[.!?…][\"”“’)]?\s")


def with_text_clues(extract: Extract) -> Extract:
    """The extract with what its text tells of it."""
    found = (*_identifiers(extract.pages), *_authors(extract.pages), *_years(extract.pages), *_abstracts(extract.pages))
    clues = (*_borne_out(extract), *found)
    return msgspec.structs.replace(extract, clues=tuple(dict.fromkeys(clues)))


def _borne_out(extract: Extract) -> Iterator[Clue]:
    """The clues as they came; a title is sure where it is declared and stands on the first page, or where one that is
    declared holds it: `Sousedský stůl` in `Sousedský stůl – Spolek Alfa`."""
    first = extract.pages[0].text if extract.pages else ""
    beginning, words = _letters(first), {_letters(word) for word in first.split()}
    titles = [clue for clue in extract.clues if clue.about == "title"]
    declared = [_letters(clue.value) for clue in titles if clue.where in _DECLARED]
    for clue in extract.clues:
        own = _letters(clue.value) if clue in titles else ""
        # One word must be one on the page too: `sken` is no title because a page begins with `Skenovaná zpráva`.
        on_page = own in (beginning if " " in clue.value else words)
        if own and (on_page if clue.where in _DECLARED else any(own in other for other in declared)):
            yield msgspec.structs.replace(clue, sure="high", page=1)
        else:
            yield clue


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _outer(pages: Sequence[Page]) -> Sequence[Page]:
    """Where a document says what it is."""
    return (*pages[:_FIRST_PAGES], *pages[_FIRST_PAGES:][-_LAST_PAGES:])


def _authors(pages: Sequence[Page]) -> Iterator[Clue]:
    """Who is called the author, without degrees."""
    for page in _outer(pages):
        for found in _AUTHORS.finditer(page.text):
            for name in _BETWEEN_NAMES.split(_DEGREE.sub(" ", found["names"])):
                whole = " ".join(name.split())
                if _NAME.fullmatch(whole) and whole[0].isupper():
                    yield Clue(about="author", value=whole, where="text", sure="medium", page=page.number)


def _years(pages: Sequence[Page]) -> Iterator[Clue]:
    """The year that it says it was published in."""
    found = ((page.number, at[1]) for page in _outer(pages) for at in _YEAR.finditer(page.text))
    for number, year in islice(found, 1):
        yield Clue(about="date", value=year, where="text", sure="medium", page=number)


def _identifiers(pages: Sequence[Page]) -> Iterator[Clue]:
    outer = _outer(pages)
    yield from islice(_dois(pages[:_FIRST_PAGES]), 1)
    for page in outer:
        for found in _ISBN.finditer(page.text):
            if is_isbn(isbn := _digits(found[1])):
                yield Clue(about="isbn", value=isbn, where="text", sure="high", page=page.number)
        for found in _ISSN.finditer(page.text):
            if is_issn(issn := _digits(found[1])):
                yield Clue(about="issn", value=f"{issn[:4]}-{issn[4:]}", where="text", sure="high", page=page.number)


def _dois(pages: Sequence[Page]) -> Iterator[Clue]:
    """The best first: one that is called a DOI; where several are, the document may only cite them."""
    found = [(page.number, at) for page in pages for at in _DOI.finditer(page.text)]
    called = [(number, at) for number, at in found if at["cue"]] or found
    several = len({at["doi"].lower() for _, at in called}) > 1
    for number, at in called:
        sure: Sureness = "low" if several else "high" if at["cue"] else "medium"
        yield Clue(about="doi", value=_trimmed(at["doi"]), where="text", sure=sure, page=number)


def _trimmed(doi: str) -> str:
    """Without what follows it in a sentence."""
    trimmed = doi.rstrip(_AFTER_DOI)
    while trimmed.endswith(")") and trimmed.count("(") < trimmed.count(")"):
        trimmed = trimmed[:-1].rstrip(_AFTER_DOI)
    return trimmed


def _digits(number: str) -> str:
    return "".join(filter(str.isalnum, number)).upper()


def is_isbn(digits: str) -> bool:
    """Whether the check digit is right. ISO 2108: 13 digits weigh 1 and 3 by turns modulo 10, 10 weigh 10 to 1 modulo
    11."""
    if len(digits) == _ISBN_13 and digits.isdecimal():
        return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    return len(digits) == _ISBN_10 and _modulo_11(digits)


def is_issn(digits: str) -> bool:
    """Whether the check digit is right. ISO 3297: weights 8 to 1 modulo 11."""
    return len(digits) == _ISSN_LENGTH and _modulo_11(digits)


def _modulo_11(digits: str) -> bool:
    if not digits[:-1].isdecimal() or not (digits[-1].isdecimal() or digits[-1] == "X"):
        return False
    values = (10 if digit == "X" else int(digit) for digit in digits)
    return sum(value * weight for value, weight in zip(values, range(len(digits), 0, -1), strict=True)) % 11 == 0


def _abstracts(pages: Sequence[Page]) -> Iterator[Clue]:
    for page in pages[:_FIRST_PAGES]:
        for cue in _ABSTRACT.finditer(page.text):
            abstract = _until_its_end(page.text[cue.end() :])
            if len(abstract) >= _SHORTEST_ABSTRACT:
                yield Clue(about="abstract", value=abstract, where="text", sure="medium", page=page.number)


def _until_its_end(text: str) -> str:
    ends = [found.start() for pattern in (_AFTER_ABSTRACT, _ABSTRACT) if (found := pattern.search(text))]
    abstract = " ".join(text[: min(ends, default=len(text))].partition("\n\n")[0].split())
    if len(abstract) <= _LONGEST_ABSTRACT:
        return abstract
    sentences = [found.end() for found in _SENTENCE_END.finditer(abstract[:_LONGEST_ABSTRACT])]
    return abstract[: sentences[-1] if sentences else _LONGEST_ABSTRACT].strip()
