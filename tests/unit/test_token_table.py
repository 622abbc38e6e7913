"""A token table is kept small, and comes back as it was."""

import pickle
import zlib

import msgspec
import numpy as np
import pytest

from ingest.samples import FILES
from library.language import Form, TokenPlaces, TokenTable, shared_analyzer
from library.language.tokens import LONGEST_TOKEN

TEXTS = [
    "",
    "Děti",
    "Děti cizinců chodí do školy, děti ne.\n\n  Praha-Krči 326/1999",
    "slovo " * 70_000,
    "x" * 70_000 + " y",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_table_comes_back_as_it_was(text):
    table = shared_analyzer().table(text, "cs")
    for again in (TokenTable.decode(table.encode()), TokenPlaces.decode(table.encode())):
        assert [again.span(token) for token in range(len(again))] == [table.span(token) for token in range(len(table))]
        assert again.ids.tolist() == table.ids.tolist()
    assert tuple(TokenTable.decode(table.encode()).forms) == tuple(table.forms)
    assert TokenTable.decode(table.encode()).concepts == table.concepts


def test_tables_of_earlier_versions_are_read_as_well():
    table = shared_analyzer().table("Děti chodí do školy", "cs")
    columns = (table.ids.astype("<u4"), table.starts.astype("<u4"), table.lengths.astype("<u2"))
    forms = tuple(table.forms)
    first = msgspec.msgpack.encode((forms, *(column.tobytes() for column in columns), table.concepts))
    _, *rest = msgspec.msgpack.decode(table.encode())
    second = msgspec.msgpack.encode((zlib.compress(msgspec.msgpack.encode(forms)), *rest))
    for earlier in (first, second):
        for again in (TokenTable.decode(earlier), TokenPlaces.decode(earlier)):
            assert np.array_equal(again.starts, table.starts)
        assert TokenTable.decode(earlier).forms == forms


@pytest.mark.parametrize(
    "form",
    [
        Form("dětem", ("cs:dítě", "cs:děti")),
        Form("dům", ("cs:dům",)),
        Form("je", ("cs:být", "sk:je", "uk:їсти")),
        Form("i\u0307" * LONGEST_TOKEN, ("tr:i",)),
        Form("1999", ()),
    ],
)
def test_a_form_comes_back_with_its_lemmas_in_whatever_languages(form):
    table = shared_analyzer().table("dětem 42", "cs")
    table = msgspec.structs.replace(table, forms=(*table.forms, form))
    assert tuple(TokenTable.decode(table.encode()).forms) == table.forms
    alone = msgspec.structs.replace(table, forms=(form,))
    assert tuple(TokenTable.decode(alone.encode()).forms) == alone.forms


def test_a_table_that_another_process_sends_is_the_same():
    table = shared_analyzer().table("Dětem pomáhá asistentka pedagoga.", "cs")
    sent = pickle.loads(pickle.dumps(table))  # of our own
    assert [sent.encode(), *sent.forms] == [table.encode(), *table.forms]
    assert [sent.forms[1], len(sent.forms)] == [table.forms[1], 4]


def test_a_page_of_prose_takes_little_more_than_a_third_of_what_its_numbers_would_take_bare():
    prose = (FILES / "interni-postup-krizovy-fond.txt").read_text(encoding="cp1250")[:2000]
    table = shared_analyzer().table(prose, "cs")
    bare = len(msgspec.msgpack.encode(tuple(table.forms))) + 10 * len(table)
    assert len(table.encode()) < 0.36 * bare
