import random
from itertools import chain, pairwise
from pickle import loads

import numpy as np
import pytest
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.query import Phrase, Term

from library.engines.whoosh.blocks import (
    NO_POSTINGS,
    TermFilter,
    decode_positions,
    read_postings,
    read_postings_slowly,
)
from library.engines.whoosh.cache import Cache, NotKept
from library.engines.whoosh.folder import IndexFolder
from library.engines.whoosh.pickled import packed_numbers, packed_positions, packed_strings
from library.engines.whoosh.schema import schema
from library.engines.whoosh.writing import Contents, SegmentWriter
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


def all_postings(postings):
    values = [value for block in range(len(postings.firsts)) for value in postings.load(block) or ()]
    return postings.ids.tolist(), postings.weights.tolist(), values


def test_reading_by_block_gives_what_whooshs_public_interface_gives(written):
    folder, _ = written
    with open_dir(folder).reader() as reader:
        terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        fields = schema()
        for field, term in list(terms.terms()):
            form = fields[field].format
            fast = read_postings(terms, field, term, form)
            slow = read_postings_slowly(terms, field, term, form)
            assert all_postings(fast)[:2] == all_postings(slow)[:2]
            if field.endswith(("_surface", "_lemma")):
                assert all_postings(fast)[2] == all_postings(slow)[2]


def test_what_stock_whoosh_has_written_is_read_alike(tmp_path):
    index = create_in(tmp_path, Schema(id=ID(stored=True), text=TEXT))
    with index.writer() as writer:
        for number in range(300):
            writer.add_document(id=str(number), text="one two two" if number % 3 else "one")
    with index.reader() as reader:
        terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        form = index.schema["text"].format
        found = read_postings(terms, "text", b"two", form)
        assert found.ids.tolist() == [number for number in range(300) if number % 3]
        assert set(found.weights.tolist()) == {2.0}
        assert all_postings(found) == all_postings(read_postings_slowly(terms, "text", b"two", form))
        assert decode_positions(found.load(0)[0]) == [1, 2]
        assert read_postings(terms, "text", b"never", form) is NO_POSTINGS
        assert read_postings_slowly(terms, "text", b"never", form) is NO_POSTINGS
        assert TermFilter(terms).may_have("text", b"two")


def test_a_segment_never_denies_a_term_that_it_has_and_most_that_it_has_not(written):
    folder, _ = written
    with open_dir(folder).reader() as reader:
        terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        there = list(terms.terms())
        known = TermFilter(terms)
        assert all(known.may_have(field, term) for field, term in there)
        assert sum(known.may_have("text_lemma", b"cs:%d" % number) for number in range(1_000)) < 50
        assert not known.may_have("no_field", b"deti")
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


def test_positions_are_packed_so_that_whooshs_format_reads_them():
    form = schema()["text_surface"].format
    chance = random.Random(1)
    several = [
        [0],
        [3, 4, 300],
        [7, 70_000, 2**31 - 1],
        list(range(5, 3_000, 7)),
        sorted(chance.sample(range(10**6), 90)),
    ]
    places = np.cumsum([0, *map(len, several)])
    packed = packed_positions(places, np.array(list(chain.from_iterable(several)), np.int64))
    values = [loads(packed.content[first:last].tobytes() + b".") for first, last in pairwise(packed.offsets.tolist())]
    assert [form.decode_positions(value) for value in values] == several
    assert [form.decode_frequency(value) for value in values] == [len(positions) for positions in several]
    again = packed_strings(b"".join(values), np.array([len(value) for value in values]))
    assert again.content.tobytes() == packed.content.tobytes()


def test_numbers_are_packed_as_pickle_reads_them():
    numbers = [0, 1, 255, 256, 65_535, 65_536, 2**31 - 1]
    packed = packed_numbers(np.array(numbers, np.int64))
    assert list(loads(b"(" + packed.content.tobytes() + b"t.")) == numbers


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
    folder.point_to("0001", 1)
    first = folder.current().generation
    folder.point_to("0001", 1)
    assert folder.current().generation != first


def test_arrays_are_of_the_sizes_that_the_cache_counts(written):
    folder, _ = written
    with open_dir(folder).reader() as reader:
        terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        found = read_postings(terms, "text_surface", b"deti", schema()["text_surface"].format)
    assert (found.ids.dtype, found.weights.dtype) == (np.int32, np.float32)
    assert found.nbytes > 8 * len(found.ids)
