"""Tables that were just made are not decoded again, and those that nobody asks for do not pile up."""

from library.fresh_tables import FreshTables
from library.language import Analyzer

ANALYZER = Analyzer()


def test_a_table_that_was_just_made_comes_back_as_it_was_once():
    tables = FreshTables()
    table = ANALYZER.table("Děti a škola", "cs")
    blob = tables.encode(table)
    assert tables.decode(blob) is table
    assert tables.decode(blob) is not table
    assert tuple(tables.decode(blob).forms) == tuple(table.forms)


def test_a_page_that_came_in_two_documents_is_decoded_for_neither():
    tables = FreshTables()
    blobs = [tables.encode(ANALYZER.table("Děti a škola", "cs")) for _ in range(2)]
    assert tables.decode(blobs[0]) is tables.decode(blobs[1])


def test_the_oldest_go_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr("library.fresh_tables.MOST_TOKENS", 5)
    tables = FreshTables()
    first, second = ANALYZER.table("Děti a škola", "cs"), ANALYZER.table("Škola pro děti", "cs")
    blobs = [tables.encode(first), tables.encode(second)]
    assert tables.decode(blobs[0]) is not first
    assert tables.decode(blobs[1]) is second
