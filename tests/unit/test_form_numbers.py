"""A form has one number in a batch, however its table came."""

import gc
import pickle
import weakref
from random import Random

import pytest

from library.engines.whoosh.form_numbers import FormNumbers
from library.language import TokenTable, shared_analyzer, taken_apart
from library.language.lexicon import Lexicon

WORDS = ("Škola", "škola", "ŠKOLA", "dětem", "děti", "cizinců", "school", "children", "мова", "школа", "42", "x")
MEANWHILE = {
    "just made": lambda table: table,
    "decoded": lambda table: TokenTable.decode(table.encode()),
    "sent by another process": lambda table: pickle.loads(pickle.dumps(table)),  # of our own
}


@pytest.fixture
def pages():
    """Of some documents, each with its language."""
    chosen = Random(4)
    return [
        [(" ".join(chosen.choices(WORDS, k=chosen.randrange(9))), chosen.choice(["cs", "en", ""])) for _ in range(6)]
        for _ in range(40)
    ]


@pytest.mark.parametrize("become", MEANWHILE.values(), ids=MEANWHILE)
def test_forms_have_the_numbers_of_their_order(pages, become):
    numbers, expected = FormNumbers(), {}
    for document in pages:
        tables = shared_analyzer().tables(document)
        found = numbers.of(become(table).forms for table in tables)
        forms = [form for table in tables for form in table.forms]
        assert found.tolist() == [expected.setdefault(form, len(expected)) for form in forms]
    assert list(numbers.of_forms) == list(expected)


def test_tables_that_came_in_different_ways_have_the_same_numbers(pages):
    numbers, ways = FormNumbers(), list(MEANWHILE.values())
    for number, document in enumerate(pages):
        tables = shared_analyzer().tables(document)
        found = numbers.of(ways[(number + place) % 3](table).forms for place, table in enumerate(tables))
        assert found.tolist() == [numbers.of_forms[form] for table in tables for form in table.forms]


def test_the_numbers_of_another_lexicon_are_not_taken_for_those_of_the_first(monkeypatch):
    monkeypatch.setattr("library.language.tokens.lexicon", Lexicon)
    numbers = FormNumbers()
    first, second = (shared_analyzer().table(text, "cs") for text in ("děti škola", "škola děti"))
    assert first.forms.numbered.words.tolist() == second.forms.numbered.words.tolist()
    assert numbers.of([first.forms, second.forms]).tolist() == [0, 1, 1, 0]


def test_a_lexicon_is_not_held_by_the_tables_that_were_made_with_it(monkeypatch):
    monkeypatch.setattr("library.language.tokens.lexicon", Lexicon)
    apart = taken_apart(["děti a škola"])
    numbers, held = FormNumbers(), weakref.ref(apart[0].lexicon)
    (table,) = shared_analyzer().tables_of(apart, ["cs"])
    numbers.of([table.forms])
    del apart
    gc.collect()
    assert held() is None
