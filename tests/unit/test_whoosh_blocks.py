import random
from itertools import chain, pairwise
from pickle import loads

import numpy as np
import pytest
from msgspec import structs
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.index import create_in, open_dir
from whoosh.query import Phrase, Term
from whoosh.system import pack_ushort

from library.engines.whoosh.arrays import arrays_by_public_interface, field_arrays
from library.engines.whoosh.blocks import TermFilter, _TermIndex
from library.engines.whoosh.cache import Cache, NotKept
from library.engines.whoosh.folder import IndexFolder
from library.engines.whoosh.pickled import (
    put_numbers,
    put_positions,
    sizes_of_positions,
    steps_from,
    widths,
    widths_of_positions,
)
from library.engines.whoosh.pieces import in_order
from library.engines.whoosh.postings import Batch
from library.engines.whoosh.schema import ONLY_ARRAYS, schema
from library.engines.whoosh.writing import INDEX_NAME, Contents, SegmentFiles, SegmentWriter, _write_merged
from tests.builders import a_practice, an_entry

WORDS = ["děti", "škola", "byt", "zákon", "Praha"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with one segment of 300 documents, so that common words fill several blocks."""
    folder = tmp_path_factory.mktemp("index")
    chance = random.Random(1)
    texts = [" ".join(chance.choices(WORDS, [60, 20, 9, 3, 1], k=12)) for _ in range(300)]
    writer = SegmentWriter(folder, Contents(0, []))
    writer.take([an_entry(a_practice(id=f"d{number:03}"), [text]) for number, text in enumerate(texts)], ())
    writer.commit()
    return folder, texts


def documents_with(texts, word):
    return [f"d{number:03}" for number, text in enumerate(texts) if word in text.split()]


def segments_of(folder):
    """The segments that a Whoosh index consists of."""
    return [SegmentFiles(folder, segment) for segment in open_dir(folder)._segments()]


def as_lists(arrays):
    return {name: bytes(some) if name == "text" else some.tolist() for name, some in structs.asdict(arrays).items()}


def test_the_arrays_are_what_whooshs_public_interface_gives(written):
    folder, _ = written
    (files,) = segments_of(folder)
    told = arrays_by_public_interface(files.terms, schema())
    assert {field: as_lists(arrays) for field, arrays in files.fields.items() if field not in ONLY_ARRAYS} == {
        field: as_lists(arrays) for field, arrays in told.items()
    }
    assert {"id", "text_surface", "text_lemma", "facet_kind"} <= told.keys()


def test_a_segment_that_stock_whoosh_wrote_has_arrays_by_the_public_interface(tmp_path):
    index = create_in(tmp_path, schema(), indexname=INDEX_NAME)
    with index.writer() as writer:
        for number in range(300):
            writer.add_document(id=str(number), text_surface="one two two" if number % 3 else "one")
    (files,) = segments_of(tmp_path)
    text = files.fields["text_surface"]
    assert text.terms() == [b"one", b"two"]
    two = text.postings(text.row(b"two"))
    assert text.ids[two].tolist() == [number for number in range(300) if number % 3]
    assert set(text.weights[two].tolist()) == {2}
    first, last = text.places[two.start : two.start + 2]
    assert text.positions[first:last].tolist() == [1, 2]
    assert files.number_of("7") == 7
    assert TermFilter(files.terms).possible("text_surface", [b"two"]) == [b"two"]


def test_terms_are_found_by_name_and_by_how_they_begin(written):
    folder, _ = written
    (files,) = segments_of(folder)
    surfaces = files.fields["text_surface"]
    terms = surfaces.terms()
    assert terms == sorted(terms)
    assert [surfaces.row(term) for term in terms] == list(range(len(terms)))
    assert surfaces.row(b"deti2") is None
    assert surfaces.row(b"") is None
    assert surfaces.row(b"zzz") is None
    for prefix in (b"", b"d", b"skola", b"skolax", b"zzz"):
        assert [terms[row] for row in surfaces.beginning_with(prefix)] == [t for t in terms if t.startswith(prefix)]


def test_merged_segments_have_the_arrays_of_one_that_was_written_at_once(tmp_path):
    chance = random.Random(2)
    texts = [" ".join(chance.choices(WORDS, [60, 20, 9, 3, 1], k=12)) for _ in range(40)]
    entries = [an_entry(a_practice(id=f"d{number:03}"), [text]) for number, text in enumerate(texts)]
    dead = {f"d{number:03}" for number in range(0, 40, 3)}
    writer = SegmentWriter(tmp_path, Contents(0, []), tokens_at_once=100)
    writer.take(entries, ())
    assert len(writer.written()) > 3
    writer.take((), dead)
    merged = _write_merged(tmp_path, writer._open)
    (tmp_path / "alone").mkdir()
    alone = SegmentWriter(tmp_path / "alone", Contents(0, []))
    alone.take([entry for entry in entries if entry.document.id not in dead], ())
    (wanted,) = alone.written()
    found, expected = SegmentFiles(tmp_path, merged), SegmentFiles(tmp_path / "alone", wanted)
    assert {field: as_lists(arrays) for field, arrays in found.fields.items()} == {
        field: as_lists(arrays) for field, arrays in expected.fields.items()
    }
    assert {*arrays_by_public_interface(found.terms, schema()), "forms"} == found.fields.keys()


def test_postings_are_the_same_in_however_many_pieces_documents_came():
    chance = random.Random(3)
    texts = [[" ".join(chance.choices(WORDS, [60, 20, 9, 3, 1], k=12)) for _ in range(3)] for _ in range(40)]
    entries = [an_entry(a_practice(id=f"d{number:03}"), pages) for number, pages in enumerate(texts)]
    at_once, in_pieces = Batch(), Batch()
    for number, entry in enumerate(entries):
        at_once.add(entry)
        in_pieces.add(entry)
        if number % 7 == 0:
            in_pieces.settle()
    found = {field.field: as_lists(field_arrays(field)) for field in in_pieces.fields()}
    assert found == {field.field: as_lists(field_arrays(field)) for field in at_once.fields()}
    assert sum(found["text_surface"]["weights"]) == 40 * 3 * 12


@pytest.mark.parametrize("largest", [9, 2**16 - 1, 2**16, 2**31])
def test_places_are_in_the_order_of_their_numbers_and_equal_ones_as_they_are(largest):
    chance = random.Random(largest)
    numbers = [chance.choice((0, 1, largest, chance.randint(0, largest))) for _ in range(500)]
    assert in_order(np.array(numbers)).tolist() == sorted(range(500), key=numbers.__getitem__)


def test_a_segment_never_denies_a_term_that_it_has_and_most_that_it_has_not(written):
    folder, _ = written
    with open_dir(folder).reader() as reader:
        terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        there = list(terms.terms())
        known = TermFilter(terms)
        assert all(known.possible(field, [term]) for field, term in there)
        assert len(known.possible("text_lemma", (b"cs:%d" % number for number in range(1_000)))) < 50
        assert not known.possible("no_field", [b"deti"])
        assert known.nbytes <= 4 * len(there) + 8


def test_stock_whoosh_opens_the_index_and_finds_the_same_documents(written):
    folder, texts = written
    with open_dir(folder).searcher() as searcher:
        for word, key in (("děti", "cs:dítě"), ("zákon", "cs:zákon")):
            hits = searcher.search(Term("text_lemma", key), limit=None)
            assert sorted(hit["id"] for hit in hits) == documents_with(texts, word)
        phrase = searcher.search(Phrase("text_surface", ["deti", "skola"]), limit=None)
        assert sorted(hit["id"] for hit in phrase) == [
            f"d{number:03}" for number, text in enumerate(texts) if "děti škola" in text
        ]


def test_stock_whoosh_can_go_on_writing_to_the_index(tmp_path):
    writer = SegmentWriter(tmp_path, Contents(0, []))
    writer.take([an_entry(a_practice(), ["děti"])], ())
    writer.commit()
    with open_dir(tmp_path).writer() as stock:
        stock.add_document(id="s", text_surface="deti")
    with open_dir(tmp_path).searcher() as searcher:
        assert {hit["id"] for hit in searcher.search(Term("text_surface", "deti"))} == {"p1", "s"}


def test_positions_are_put_so_that_whooshs_format_reads_them():
    form = schema()["text_surface"].format
    chance = random.Random(1)
    several = [
        [0],
        [3, 4, 300],
        [7, 70_000, 2**31 - 1],
        list(range(5, 3_000, 7)),
        [*range(16)],
        [*range(70_000, 70_017)],
        [9],
        sorted(chance.sample(range(10**6), 90)),
    ]
    places = np.cumsum([0, *map(len, several)])
    steps = steps_from(np.array(list(chain.from_iterable(several)), np.int64), places[:-1])
    width = widths_of_positions(places, steps)
    ends = np.cumsum([0, *sizes_of_positions(np.diff(places), width)])
    content = np.full(int(ends[-1]), 255, np.uint8)
    put_positions(content, ends[:-1], places, steps, width)
    values = [loads(content[first:last].tobytes() + b".") for first, last in pairwise(ends.tolist())]
    assert [form.decode_positions(value) for value in values] == several
    assert [form.decode_frequency(value) for value in values] == [len(positions) for positions in several]


def test_numbers_are_put_as_pickle_reads_them():
    numbers = np.array([0, 1, 255, 256, 65_535, 65_536, 2**31 - 1])
    each = widths(numbers)
    assert each.tolist() == [2, 2, 2, 3, 3, 5, 5]
    content = np.full(int(each.sum()), 255, np.uint8)
    put_numbers(content, np.cumsum(each) - each, numbers, each)
    assert list(loads(b"(" + content.tobytes() + b"t.")) == numbers.tolist()


def test_a_large_table_of_terms_finds_each_of_them_where_its_like_have_taken_its_slot(tmp_path):
    storage = FileStorage(str(tmp_path))
    terms = [b"%05d" % number for number in range(20_000)]
    table = _TermIndex(storage.create_file("terms"))
    table.extras["fieldmap"] = {}
    infos = np.zeros(len(terms), [("row", ">u4")])
    infos["row"] = range(len(terms))
    table.add_field(0, terms[:9_000], infos[:9_000])
    table.add_field(1, terms[9_000:], infos[9_000:])
    table.close()
    reader = OrderedHashReader.open(storage, "terms")
    keys = [pack_ushort(int(row >= 9_000)) + term for row, term in enumerate(terms)]
    assert [int.from_bytes(reader[key], "big") for key in keys] == list(range(len(terms)))
    assert list(reader.keys_from(keys[8_990])) == keys[8_990:]
    assert b"\0\0missing" not in reader
    reader.close()


def test_a_cache_never_holds_more_than_it_has_room_for():
    cache = Cache(100, len)
    for number in range(20):
        assert len(cache.get(("owner", number), lambda: b"x" * 30)) == 30
    assert cache.used == 90
    assert cache.get(("owner", 19), lambda: b"new") != b"new"
    assert cache.get(("owner", 0), lambda: b"new") == b"new"
    cache.keep_only({"another"})
    assert cache.used == 0


def test_what_was_asked_for_again_outlives_what_was_not():
    cache = Cache(100, len)
    cache.get(("owner", "wanted"), lambda: b"x" * 30)
    for number in range(20):
        assert cache.get(("owner", "wanted"), lambda: b"made anew") != b"made anew"
        cache.get(("owner", number), lambda: b"x" * 30)


def test_in_a_hurry_nothing_is_made():
    cache = Cache(100, len)
    cache.get(("owner", "there"), lambda: b"kept")
    with cache.only_what_is_kept():
        assert cache.get(("owner", "there"), lambda: b"new") == b"kept"
        with pytest.raises(NotKept):
            cache.get(("owner", "missing"), lambda: b"new")
    assert cache.get(("owner", "missing"), lambda: b"new") == b"new"


def test_a_generation_is_never_named_twice(tmp_path):
    folder = IndexFolder(tmp_path, "1")
    folder.announce("0001", 1)
    folder.switch()
    first = folder.current().generation
    folder.announce("0001", 1)
    folder.switch()
    assert folder.current().generation != first
