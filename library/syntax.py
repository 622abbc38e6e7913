"""From what a person typed to a Clause, and back to words that say how it was understood. Never fails on any text.

    děti cizinců          both words, in any form          "dvojjazyčný asistent"   exactly this; any kind of quotes
    škola OR školka       either                           -Praha                   without it
    bydlen*               words that begin so              (a OR b) c               groups
    title:asistent        in a title                       topic:housing            a facet's value

`OR` binds its two neighbours only, as in web search engines. What cannot be read as syntax is read as words: a stray
operator, bracket or quote is passed over.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from library.search import FACETS, Clause, Concept, Every, Lemma, Not, OneOf, Phrase, Prefix, Some, Word, every

LONGEST_QUERY = 1_000
"""Characters that are read; the rest is passed over."""
MOST_TERMS = 48
"""Words and phrases that are read."""
DEEPEST_GROUP = 8
"""Brackets within brackets that count; deeper ones are passed over."""
MOST_PREFIXES = 4
"""Words with a star that count as beginnings; each may stand for thousands of words. Further ones are whole words."""
SHORTEST_PREFIX = 2
"""Letters before a star below which it is no prefix but a word: half a library begins with an a."""

FIELDS = frozenset({"title", *FACETS})

QUOTES = '"“”„‟«»'
_LEXEME = re.compile(rf"[{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]|(?P<bracket>[()])|(?P<word>[^\s(){QUOTES}]+)")
_WORD = re.compile(r"(?P<minus>-?)[\W_]*+(?:(?P<field>[A-Za-z_]+):)?(?P<text>.*)", re.DOTALL)


def parse(text: str) -> Clause:
    """What the text asks for. Empty text, or text without a letter or a digit, asks for everything."""
    lexemes = deque(_with_few_stars(_lexemes(text[:LONGEST_QUERY])))
    clauses: list[Clause] = []
    while lexemes:  # a bracket that nobody opened ends a group: go on behind it
        clauses += _group(lexemes, "", 0)
    return every(clauses)


def understood(clause: Clause) -> str:
    """The clause in the syntax above, so that a person sees how the text was read."""
    match clause:
        case Every(clauses):
            return " ".join(_grouped(part) for part in clauses)
        case _:
            return _grouped(clause)


def _grouped(clause: Clause) -> str:
    match clause:
        case Word() | Phrase() | Prefix() | Concept() | Lemma():
            return f"{clause.field}:{_leaf(clause)}" if clause.field else _leaf(clause)
        case OneOf(clauses):
            return _grouped(clauses[0])
        case Not(Not() as inner):
            return f"-({_grouped(inner)})"
        case Not(inner):
            return f"-{_grouped(inner)}"
        case Every(clauses):
            return f"({' '.join(map(_grouped, clauses))})"
        case Some(clauses, 1):
            return f"({' OR '.join(map(_grouped, clauses))})"
        case Some(clauses, at_least):
            return f"(at least {at_least} of: {', '.join(map(_grouped, clauses))})"


def _leaf(clause: Word | Phrase | Prefix | Concept | Lemma) -> str:
    match clause:
        case Word(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Prefix(text):
            return f"{text}*"
        case Concept(concept):
            return f"concept:{concept}"
        case Lemma(keys):
            return "|".join(keys)


class _Lexeme(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def _lexemes(text: str) -> list[_Lexeme]:
    found = [_Lexeme(m.lastgroup or "", m[m.lastgroup or 0], m.start(), m.end()) for m in _LEXEME.finditer(text)]
    terms = 0
    kept = []
    for lexeme in found:
        terms += lexeme.kind != "bracket"
        if terms > MOST_TERMS:
            break
        kept.append(lexeme)
    return kept


def _with_few_stars(lexemes: list[_Lexeme]) -> Iterator[_Lexeme]:
    stars = 0
    for lexeme in lexemes:
        starred = lexeme.kind == "word" and "*" in lexeme.text
        stars += starred
        yield lexeme._replace(text=lexeme.text.replace("*", "")) if starred and stars > MOST_PREFIXES else lexeme


def _group(lexemes: deque[_Lexeme], field: str, depth: int) -> list[Clause]:
    """The clauses up to the closing bracket, which is taken away."""
    clauses: list[Clause] = []
    joins = False
    while lexemes:
        lexeme = lexemes.popleft()
        if lexeme.text == ")" and lexeme.kind == "bracket":
            break
        operator = _operator(lexeme)
        if operator:
            joins = operator == "OR" and bool(clauses)
            continue
        clause = _clause(lexeme, lexemes, field, depth)
        if clause is None:
            continue
        if joins:
            clauses[-1] = _either(clauses[-1], clause)
        else:
            clauses.append(clause)
        joins = False
    return clauses


def _operator(lexeme: _Lexeme) -> str:
    """Which it is, also with signs around it that say nothing, as in `a, OR, b`; empty where it is none."""
    if lexeme.kind != "word" or lexeme.text.startswith("-"):
        return ""
    match _plain(lexeme.text, ""):
        case Word("OR" | "AND" as operator):
            return operator
        case _:
            return ""


def _clause(lexeme: _Lexeme, rest: deque[_Lexeme], field: str, depth: int) -> Clause | None:
    match lexeme.kind:
        case "phrase":
            return Phrase(" ".join(lexeme.text.split()), field) if _says_something(lexeme.text) else None
        case "bracket":
            return _bracket(rest, field, depth)
        case _:
            return _word(lexeme, rest, field, depth)


def _bracket(rest: deque[_Lexeme], field: str, depth: int) -> Clause | None:
    if depth >= DEEPEST_GROUP:
        return None
    inside = _group(rest, field, depth + 1)
    return every(inside) if inside else None


def _word(lexeme: _Lexeme, rest: deque[_Lexeme], field: str, depth: int) -> Clause | None:
    found = _WORD.fullmatch(lexeme.text)
    assert found is not None
    minus, named, text = found["minus"], (found["field"] or "").lower(), found["text"]
    if named in FIELDS:
        field = named
    else:
        text = lexeme.text[len(minus) :]
    clause = _plain(text, field)
    if clause is None and (minus or named in FIELDS) and rest and rest[0].start == lexeme.end:
        # -"…", title:"…", -(…): the sign belongs to what touches it
        clause = _clause(rest.popleft(), rest, field, depth) if rest[0].text != ")" else None
    return Not(clause) if clause is not None and minus else clause


def _plain(text: str, field: str) -> Clause | None:
    begin = next((place for place, sign in enumerate(text) if sign.isalnum()), len(text))
    end = next((place for place in range(len(text), begin, -1) if text[place - 1].isalnum()), begin)
    word = text[begin:end]
    if not word:
        return None
    if text[end : end + 1] == "*" and len(word) >= SHORTEST_PREFIX:
        return Prefix(word, field)
    return Word(word, field)


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _either(left: Clause, right: Clause) -> Clause:
    match left:
        case Some(clauses, 1):
            return Some((*clauses, right))
        case _:
            return Some((left, right))
