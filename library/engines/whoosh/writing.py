"""New segments, merged segments, and the table of contents that names them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from library.engines.whoosh.blocks import FilesInMemory, MappedSegment, TermWriter, read_postings
from library.engines.whoosh.folder import make_lasting
from library.engines.whoosh.schema import ZONE_OF, row, schema
from library.search import IndexEntry

INDEX_NAME = "MAIN"
TOKENS_AT_ONCE = 1_000_000
"""Tokens whose postings are held in memory at once, about 300 MB; more become several segments."""
TIER = 8
"""So many segments of about one size are merged into one; each tier is so many times larger than the one before."""
MOST_MERGED = 5_000
"""Documents that one merge writes at most, so that no commit takes longer than some seconds."""

Term = tuple[str, bytes, Sequence[int], Sequence[float], Sequence[bytes]]
"""Field, term, and its postings: documents, weights, and values where the field has positions."""


class SegmentFiles:
    """A segment's files, open for reading."""

    def __init__(self, folder: Path, segment: Any) -> None:
        storage = MappedSegment(folder / _segment_file(segment))
        self.segment = segment
        self.columns = segment.codec().per_document_reader(storage, segment)
        self.terms = segment.codec().terms_reader(storage, segment)

    def column(self, name: str) -> Any:
        return self.columns.column_reader(name, _SCHEMA[name].column_type)

    def has_field(self, field: str) -> bool:
        return field in self.terms.indexed_field_names()

    def number_of(self, document: str) -> int | None:
        """The place of the document that is alive under this id."""
        found = read_postings(self.terms, "id", document.encode(), _SCHEMA["id"].format).ids
        return next((number for number in found.tolist() if not self.segment.is_deleted(number)), None)


class Contents(NamedTuple):
    """A table of contents: its number and the segments that it names."""

    commit: int
    segments: list[Any]

    @property
    def file(self) -> str:
        return contents_file(self.commit)


def contents_file(commit: int) -> str:
    return f"_{INDEX_NAME}_{commit}.toc"


def read_contents(folder: Path, commit: int) -> Contents:
    # With a schema of our own, the pickled one in the file is skipped.
    found = TOC.read(FilesInMemory(str(folder)), INDEX_NAME, gen=commit, schema=schema())
    return Contents(commit, found.segments)


class SegmentWriter:
    """Takes entries into an index folder. Nothing can be seen of it before `commit`; what is never committed lies about
    until the next writer sweeps. Exactly one may be at work in a folder."""

    def __init__(self, folder: Path, contents: Contents) -> None:
        self._folder = folder
        self._contents = contents
        self._open = [SegmentFiles(folder, segment) for segment in contents.segments]
        self._written: list[Path] = []

    def take(self, entries: Sequence[IndexEntry], withdrawn: Iterable[str]) -> None:
        """Take entries in, and withdraw these documents and the older ones of the same ids."""
        gone = set(withdrawn)
        latest = {entry.document.id: entry for entry in entries if entry.document.id not in gone}
        for document in gone | latest.keys():
            self._delete(document)
        for some in _portions(latest.values()):
            self._add(_write_rows(self._folder, some))
        self._merge()

    def commit(self) -> int:
        """Write the table of contents and have all of it on the disk; its number."""
        commit = self._contents.commit + 1
        toc = TOC(schema(), [files.segment for files in self._open], commit)
        toc.write(FileStorage(str(self._folder)), INDEX_NAME)
        live = {self._folder / _segment_file(files.segment) for files in self._open}
        make_lasting([*(path for path in self._written if path in live), self._folder / contents_file(commit)])
        make_lasting([self._folder])
        self._contents = Contents(commit, toc.segments)
        self._written.clear()
        return commit

    def segments(self) -> list[str]:
        """The names of the segments that the last commit consists of."""
        return [segment.segment_id() for segment in self._contents.segments]

    def _add(self, segment: Any) -> None:
        self._open.append(SegmentFiles(self._folder, segment))
        self._written.append(self._folder / _segment_file(segment))

    def _delete(self, document: str) -> None:
        for files in self._open:
            number = files.number_of(document)
            if number is not None:
                files.segment.delete_document(number)

    def _merge(self) -> None:
        self._open = [files for files in self._open if files.segment.doc_count()]
        while chosen := _to_merge([files.segment for files in self._open]):
            merged = [files for files in self._open if files.segment in chosen]
            self._open = [files for files in self._open if files.segment not in chosen]
            self._add(_write_merged(self._folder, merged))


def _to_merge(segments: Sequence[Any]) -> Collection[Any]:
    for segment in segments:
        # Its dead documents cost more than writing the others anew.
        if segment.deleted_count() > segment.doc_count() <= MOST_MERGED:
            return [segment]
    by_size = sorted(segments, key=lambda segment: segment.doc_count())
    for _, tier in groupby(by_size, key=lambda segment: _tier(segment.doc_count())):
        alike = list(tier)
        if len(alike) >= TIER:
            sizes = np.cumsum([segment.doc_count() for segment in alike])
            some = alike[: int(np.searchsorted(sizes, MOST_MERGED, side="right"))]
            if len(some) > 1:
                return some
    return []


def _tier(documents: int) -> int:
    return (documents.bit_length() - 1) // (TIER.bit_length() - 1)


def _portions(entries: Iterable[IndexEntry]) -> Iterator[list[IndexEntry]]:
    portion: list[IndexEntry] = []
    tokens = 0
    for entry in entries:
        portion.append(entry)
        tokens += tokens_of(entry)
        if tokens >= TOKENS_AT_ONCE:
            yield portion
            portion, tokens = [], 0
    if portion:
        yield portion


def tokens_of(entry: IndexEntry) -> int:
    return sum(len(table) for zone in (entry.title, entry.about, entry.text) for table in zone)


class _Stored(Struct, frozen=True):
    """What Whoosh keeps by document."""

    id: str
    columns: dict[str, Any]
    lengths: dict[str, int]


class _Gathered(NamedTuple):
    ids: list[int]
    weights: list[float]
    values: list[bytes]


def _write_rows(folder: Path, entries: Sequence[IndexEntry]) -> Any:
    fields: dict[str, dict[bytes, _Gathered]] = {}
    stored: list[_Stored] = []
    for number, made in enumerate(map(row, entries)):
        stored.append(_Stored(made.id, made.columns, made.lengths))
        for field, term, weight, value in made.postings:
            terms = fields.setdefault(field, {})
            found = terms.get(term)
            if found is None:
                found = terms[term] = _Gathered([], [], [])
            found.ids.append(number)
            found.weights.append(weight)
            if value:
                found.values.append(value)
    return _write_segment(folder, stored, _in_order(fields))


def _in_order(fields: dict[str, dict[bytes, _Gathered]]) -> Iterator[Term]:
    for field in sorted(fields):
        for term, found in sorted(fields[field].items(), key=itemgetter(0)):
            yield field, term, found.ids, found.weights, found.values


def _write_segment(folder: Path, stored: Iterable[_Stored], terms: Iterable[Term]) -> Any:
    storage = FileStorage(str(folder))
    codec = W3Codec()
    segment = codec.new_segment(storage, INDEX_NAME)
    segment.set_doc_count(_write_stored(codec.per_document_writer(storage, segment), stored))
    _write_terms(TermWriter(codec, storage, segment), terms)
    segment.create_compound_file(storage)
    return segment


def _write_stored(writer: Any, stored: Iterable[_Stored]) -> int:
    count = 0
    for number, document in enumerate(stored):
        writer.start_doc(number)
        writer.add_field("id", _SCHEMA["id"], document.id, 0)
        for field, length in document.lengths.items():
            writer.add_field(field, _SCHEMA[field], None, length)
        for name, value in document.columns.items():
            writer.add_column_value(name, _SCHEMA[name].column_type, value)
        writer.finish_doc()
        count = number + 1
    writer.close()
    return count


def _write_terms(writer: TermWriter, terms: Iterable[Term]) -> None:
    for field, of_field in groupby(terms, key=itemgetter(0)):
        writer.start_field(field, _SCHEMA[field])
        for _, term, ids, weights, values in of_field:
            writer.add_term(term, ids, weights, values)
        writer.finish_field()
    writer.close()


def _write_merged(folder: Path, parts: Sequence[SegmentFiles]) -> Any:
    """One segment of the living documents of several."""
    places = _new_places(parts)
    stored = (document for part, place in zip(parts, places, strict=True) for document in _living(part, place))
    return _write_segment(folder, stored, _merged_terms(parts, places))


def _new_places(parts: Sequence[SegmentFiles]) -> list[Any]:
    """For each part, the number that each of its documents will have; -1 for the dead."""
    places = []
    first = 0
    for part in parts:
        alive = np.ones(part.segment.doc_count_all(), bool)
        alive[list(part.segment.deleted_docs())] = False
        places.append(np.where(alive, np.cumsum(alive) - 1 + first, -1))
        first += int(alive.sum())
    return places


def _living(part: SegmentFiles, place: Any) -> Iterator[_Stored]:
    columns = {name: part.column(name) for name in _COLUMNS}
    for number in np.flatnonzero(place >= 0).tolist():
        yield _Stored(
            id=columns["key"][number].decode(),
            columns={name: column[number] for name, column in columns.items()},
            lengths={field: part.columns.doc_field_length(number, field) or 0 for field in ZONE_OF},
        )


class _Here(NamedTuple):
    field: str
    term: bytes
    part: int


def _merged_terms(parts: Sequence[SegmentFiles], places: Sequence[Any]) -> Iterator[Term]:
    rows = merge(*(_terms_of(files, part) for part, files in enumerate(parts)))
    for (field, term), found in groupby(rows, key=attrgetter("field", "term")):
        gathered = _Gathered([], [], [])
        for here in found:
            _gather(gathered, parts[here.part], places[here.part], field, term)
        if gathered.ids:
            yield field, term, *gathered


def _terms_of(files: SegmentFiles, part: int) -> Iterator[_Here]:
    return (_Here(field, term, part) for field, term in files.terms.terms())


def _gather(gathered: _Gathered, part: SegmentFiles, place: Any, field: str, term: bytes) -> None:
    postings = read_postings(part.terms, field, term, _SCHEMA[field].format)
    ids = place[postings.ids]
    alive = ids >= 0
    gathered.ids.extend(ids[alive].tolist())
    gathered.weights.extend(postings.weights[alive].tolist())
    if field in ZONE_OF:
        values = [value for block in range(len(postings.firsts)) for value in postings.load(block)]
        gathered.values.extend(value for value, lives in zip(values, alive.tolist(), strict=True) if lives)


def _segment_file(segment: Any) -> str:
    return str(segment.make_filename(segment.COMPOUND_EXT))


_SCHEMA = schema()
_COLUMNS = [name for name, field in _SCHEMA.items() if field.column_type is not None]
