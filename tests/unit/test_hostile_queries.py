"""Nothing that is typed gives an error or much work: random texts and a list of hostile ones, with the work counted."""

import os
import random
import string

import pytest

from library.engines.whoosh import WhooshIndex
from library.engines.whoosh.segment import Segment
from library.engines.whoosh.words import MOST_EXPANSIONS, sought
from library.expansion import expanded
from library.language import shared_analyzer
from library.language.analyzer import MOST_QUERY_TOKENS
from library.search import Concept, Every, Lemma, Not, OneOf, Phrase, Prefix, SearchQuery, Some, Word
from library.syntax import LONGEST_QUERY, MOST_PREFIXES, MOST_TERMS, parse, understood
from tests.builders import a_practice, an_entry, the_public
from tests.contract.conftest import in_batches

RANDOM_TEXTS = int(os.environ.get("RANDOM_TEXTS", "4000"))
"""Always the first so many of the same ones; `make campaign` asks for many."""
ASKED_TEXTS = 300
"""So many of them are asked of a real index too."""
MOST_ALTERNATIVES = 60
"""What a word may stand for at most: itself, a family, some concepts and the narrower ones of these."""
MOST_LOOKED_FOR = 5_000
"""Terms that one question may read from an index of a few documents."""

ALPHABET = (
    string.ascii_letters
    + string.digits
    + "ěščřžýáíéúůďťňĚŠČäöüßłіїєґжшщчьđơư漢字العربية\u0301\u200b\ufeff\x00"
    + " " * 20
    + "\"“„”'()*?-+:~^[]{}|&!/\\<>§.,"
)
WORDS = (
    *("OR", "AND", "NOT", "děti", "skola", "title:", "topic:housing", "326/1999", "§ 42a", "a*", "pra*"),
    *("-", "*", '"', "(", ")"),
)
HOSTILE = (
    "",
    " ",
    "*",
    "a*",
    " ".join(f"{a}{b}*" for a in "aeiops" for b in "abcdefgh"),
    "(" * 1_000,
    ")" * 1_000,
    "(a " * 300,
    '"' * 999,
    '"' + "a " * 5_000 + '"',
    "a-" * 5_000,
    "-" * 500 + "děti",
    "OR " * 400,
    "a OR " * 400,
    "title:" * 200,
    "a" * 100_000,
    "ž" * 1_000,
    "š" * 64 + "*",
    "\u0301" * 500,
    '"a b"~2000000000',
    "a~99 b^1e308 [a TO z] {x} c\\",
    "\x00\ud800\uffff",
    "s s s s s s s s s s s s" * 40,
    "ch" * 400,
    "shchkhzhts" * 60,
    "' OR 1=1 --",
    "děti\u200bcizinců",
)


@pytest.fixture
async def index(tmp_path):
    opened = WhooshIndex(tmp_path / "index", shared_analyzer())
    yield opened
    await opened.close()


@pytest.fixture
def looked_for(monkeypatch):
    """Every term that a search has looked for in a segment."""
    asked = []
    look = Segment.having

    def counted(segment, field, terms):
        asked.extend(terms)
        return look(segment, field, terms)

    monkeypatch.setattr(Segment, "having", counted)
    return asked


def random_texts(count):
    chance = random.Random(20261124)
    for _ in range(count):
        length = chance.choice((3, 12, 40, 200))
        letters = "".join(chance.choices(ALPHABET, k=length))
        words = " ".join(chance.choices(WORDS, k=chance.randint(0, 8)))
        yield chance.choice((letters, words, f"{words} {letters}", letters.replace(" ", chance.choice(WORDS))))


def leaves(clause):
    match clause:
        case Every(clauses) | Some(clauses) | OneOf(clauses):
            for part in clauses:
                yield from leaves(part)
        case Not(inner):
            yield from leaves(inner)
        case Word() | Phrase() | Prefix() | Concept() | Lemma():
            yield clause


def check_bounds(text):
    clause = parse(text)
    typed = list(leaves(clause))
    assert len(typed) <= MOST_TERMS
    assert sum(isinstance(leaf, Prefix) for leaf in typed) <= MOST_PREFIXES
    assert len(understood(clause)) <= 4 * LONGEST_QUERY
    for leaf in typed:
        assert len(shared_analyzer().query_tokens(leaf.text)) <= MOST_QUERY_TOKENS
    assert len(list(leaves(expanded(clause, shared_analyzer())))) <= MOST_ALTERNATIVES * MOST_TERMS


def test_random_texts_are_understood_with_bounded_work():
    for text in random_texts(RANDOM_TEXTS):
        check_bounds(text)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_texts_are_understood_with_bounded_work(text):
    check_bounds(text)


async def test_an_index_answers_all_of_them_and_reads_little(index, looked_for):
    texts = ["děti cizinců ve škole § 42a zákona č. 326/1999 Sb.", "a b c d a-b " * 50, "діти іноземців", "school"]
    entries = [an_entry(a_practice(id=f"d{number}"), [text]) for number, text in enumerate(texts)]
    await index.rebuild(in_batches(entries))
    for text in (*HOSTILE, *random_texts(ASKED_TEXTS)):
        looked_for.clear()
        match = expanded(parse(text), shared_analyzer())
        await index.search(SearchQuery(match=match, facets=("topic", "concept")), the_public())
        assert len(looked_for) <= MOST_LOOKED_FOR, text


async def test_a_beginning_stands_for_so_many_words_and_no_more(index):
    words = " ".join(f"pra{number}" for number in range(MOST_EXPANSIONS + 500))
    await index.rebuild(in_batches([an_entry(a_practice(), [words])]))
    view = index._snapshot().seen_by(the_public())
    found = sought(Prefix("pra"), view, shared_analyzer())
    assert len(found.slots[0].surfaces) == MOST_EXPANSIONS
