"""A token table is kept small, and comes back as it was."""

import msgspec
import numpy as np
import pytest

from library.language import TokenPlaces, TokenTable, shared_analyzer

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
    assert TokenTable.decode(table.encode()).forms == table.forms
    assert TokenTable.decode(table.encode()).concepts == table.concepts


def test_a_table_of_an_earlier_version_is_read_as_well():
    table = shared_analyzer().table("Děti chodí do školy", "cs")
    columns = (table.ids.astype("<u4"), table.starts.astype("<u4"), table.lengths.astype("<u2"))
    earlier = msgspec.msgpack.encode((table.forms, *(column.tobytes() for column in columns), table.concepts))
    for again in (TokenTable.decode(earlier), TokenPlaces.decode(earlier)):
        assert np.array_equal(again.starts, table.starts)
    assert TokenTable.decode(earlier).forms == table.forms


def test_a_page_of_prose_takes_a_third_of_what_its_numbers_would_take_bare():
    words = [f"slovo{number % 170}" for number in range(300)]
    table = shared_analyzer().table(" ".join(words), "cs")
    bare = len(msgspec.msgpack.encode(table.forms)) + 10 * len(table)
    assert len(table.encode()) < bare / 3
