"""New segments, merged segments, and the table of contents that names them."""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC

from library.engines.whoosh.arrays import (
    EXTENSION,
    ArraysWriter,
    FieldArrays,
    FieldPostings,
    arrays_by_public_interface,
    read_arrays,
)
from library.engines.whoosh.blocks import TermWriter
from library.engines.whoosh.folder import check_room, make_lasting
from library.engines.whoosh.merging import Part, merged_fields
from library.engines.whoosh.postings import Batch, Prepared, tokens_of
from library.engines.whoosh.schema import ONLY_ARRAYS, ZONE_OF, Stored, schema, surface_field
from library.engines.whoosh.segment_file import MappedSegment, SegmentFileWriter
from library.search import ZONES, IndexEntry

INDEX_NAME = "MAIN"
TOKENS_AT_ONCE = 4_000_000
"""Tokens of entries that become one segment; numbers in memory until it is written, which then takes some 600 MB."""
TIER = 8
"""So many segments of about one size are merged into one; each tier is so many times larger than the one before."""
BYTES_PER_TOKEN = 150
"""Room on the disk that indexing a token takes at most. In an index of 10,000 documents it takes 53; while a segment is
put together, large parts of it are there twice."""
MOST_MERGED = 500_000
"""Tokens that one merge writes at most, so that no commit takes longer than some seconds."""


class SegmentFiles:
    """A segment's files, open for reading."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self._storage = MappedSegment(folder / _segment_file(segment))
        self.segment = segment
        self.columns = segment.codec().per_document_reader(self._storage, segment)
        self.terms = segment.codec().terms_reader(self._storage, segment)
        self.fields = self._arrays()

    @property
    def tokens(self) -> int:
        """About how many tokens the living documents have."""
        tokens = sum(self.columns.field_length(surface_field(zone)) for zone in ZONES)
        return int(tokens * self.segment.doc_count() / self.segment.doc_count_all())

    def give_back(self) -> None:
        """As `MappedSegment.give_back`."""
        self._storage.give_back()

    def column(self, name: str) -> Any:
        return self.columns.column_reader(name, _SCHEMA[name].column_type)

    def number_of(self, document: str) -> int | None:
        """The place of the document that is alive under this id."""
        ids = self.fields.get("id")
        row = None if ids is None else ids.row(document.encode())
        if ids is None or row is None:
            return None
        found = ids.ids[ids.postings(row)].tolist()
        return next((number for number in found if not self.segment.is_deleted(number)), None)

    def _arrays(self) -> dict[str, FieldArrays]:
        name = self.segment.make_filename(EXTENSION)
        if self._storage.file_exists(name):
            return read_arrays(self._storage.part(name))
        return arrays_by_public_interface(self.terms, _SCHEMA)


class Contents(NamedTuple):
    """A table of contents: its number and the segments that it names."""

    commit: int
    segments: list[Any]

    @property
    def file(self) -> str:
        return contents_file(self.commit)


def contents_file(commit: int) -> str:
    return f"_{INDEX_NAME}_{commit}.toc"


class _FilesInMemory(FileStorage):  # type: ignore[misc]
    """A folder whose files are read whole when they are opened, so that none stays open when its content is torn."""

    def open_file(self, name: str, **_: Any) -> Any:
        return BufferFile(memoryview((Path(self.folder) / name).read_bytes()), name=name)


def read_contents(folder: Path, commit: int) -> Contents:
    # With a schema of our own, the pickled one in the file is skipped.
    found = TOC.read(_FilesInMemory(str(folder)), INDEX_NAME, gen=commit, schema=schema())
    return Contents(commit, found.segments)


class SegmentWriter:
    """Takes entries into an index folder. Nothing can be seen of it before `commit`; what is never committed lies about
    until the next writer sweeps. Exactly one may be at work in a folder."""

    def __init__(
        self, folder: Path, contents: Contents, *, free_bytes: int = 0, tokens_at_once: int | None = None
    ) -> None:
        """`free_bytes`: room that it leaves on the disk."""
        self._folder = folder
        self._contents = contents
        self._free_bytes = free_bytes
        self._tokens_at_once = tokens_at_once or TOKENS_AT_ONCE
        self._open = [SegmentFiles(folder, segment) for segment in contents.segments]
        self._waiting = Batch()
        self._ids_waiting: set[str] = set()
        self._written: list[Path] = []

    def take(self, entries: Sequence[IndexEntry], withdrawn: Collection[str], prepared: Prepared | None = None) -> None:
        """Take entries in, and withdraw these documents and the older ones of the same ids. The first of them may have
        been prepared, if nothing was taken before.

        Raises Unavailable where the disk has no room for them."""
        check_room(self._folder, self._free_bytes + BYTES_PER_TOKEN * sum(map(tokens_of, entries)))
        if prepared and (ahead := prepared.ahead_of(entries)):
            batch, ids = ahead
            for document in ids:
                self._withdraw(document)
            self._waiting, self._ids_waiting = batch, set(ids)
            entries = entries[len(ids) :]
        for document in withdrawn:
            self._withdraw(document)
        for entry in {entry.document.id: entry for entry in entries}.values():
            if entry.document.id not in withdrawn:
                self._withdraw(entry.document.id)
                self._waiting.add(entry)
                self._ids_waiting.add(entry.document.id)
                if self._waiting.tokens >= self._tokens_at_once:
                    self._write_waiting()

    def written(self) -> list[Any]:
        """What was taken, as segments in the folder that no table of contents names."""
        self._write_waiting()
        return [files.segment for files in self._open]

    def take_over(self, folder: Path, segments: Iterable[Any]) -> None:
        """Take in what another writer has `written` in a folder of its own, which goes."""
        for segment in segments:
            name = _segment_file(segment)
            (folder / name).rename(self._folder / name)
            self._add(segment)
        shutil.rmtree(folder)

    def commit(self) -> int:
        """Write what was taken and a table of contents; the number of the commit. It must not become the index before
        `make_lasting`."""
        self._write_waiting()
        self._merge()
        return self._commit()

    def commit_without_the_dead(self) -> int:
        """The same; and what was withdrawn, now or before, is in none of the segments that are named."""
        self._write_waiting()
        dying = [files for files in self._open if files.segment.deleted_count()]
        self._open = [files for files in self._open if not files.segment.deleted_count()]
        for files in dying:
            if files.segment.doc_count():
                self._add(_write_merged(self._folder, [files]))
        return self._commit()

    def _commit(self) -> int:
        commit = self._contents.commit + 1
        toc = TOC(schema(), [files.segment for files in self._open], commit)
        toc.write(FileStorage(str(self._folder)), INDEX_NAME)
        self._contents = Contents(commit, toc.segments)
        return commit

    def make_lasting(self) -> None:
        """Have the last commit on the disk."""
        live = {self._folder / _segment_file(segment) for segment in self._contents.segments}
        make_lasting([*(path for path in self._written if path in live), self._folder / self._contents.file])
        make_lasting([self._folder])
        self._written.clear()

    def segments(self) -> list[str]:
        """The names of the segments that the last commit consists of."""
        return [segment.segment_id() for segment in self._contents.segments]

    def _write_waiting(self) -> None:
        if self._ids_waiting:
            self._add(_write_segment(self._folder, self._waiting.stored, self._waiting.fields()))
        self._waiting = Batch()
        self._ids_waiting.clear()

    def _add(self, segment: Any) -> None:
        self._open.append(SegmentFiles(self._folder, segment))
        self._written.append(self._folder / _segment_file(segment))

    def _withdraw(self, document: str) -> None:
        if document in self._ids_waiting:
            # Out of a segment a document can be deleted, out of what waits it cannot.
            self._write_waiting()
        for files in self._open:
            number = files.number_of(document)
            if number is not None:
                files.segment.delete_document(number)

    def _merge(self) -> None:
        self._open = [files for files in self._open if files.segment.doc_count()]
        while chosen := _to_merge(self._open):
            self._open = [files for files in self._open if files not in chosen]
            self._add(_write_merged(self._folder, chosen))


def _to_merge(segments: Sequence[SegmentFiles]) -> list[SegmentFiles]:
    """Which segments are to become one: one whose dead documents cost more than writing the others anew, or so many of
    about one size."""
    small = sorted((files for files in segments if files.tokens <= MOST_MERGED), key=attrgetter("tokens"))
    for files in small:
        if files.segment.deleted_count() > files.segment.doc_count():
            return [files]
    for _, tier in groupby(small, key=lambda files: _tier(files.tokens)):
        alike = list(tier)
        some = [
            files
            for files, total in zip(alike, accumulate(files.tokens for files in alike), strict=True)
            if total <= MOST_MERGED
        ]
        if len(alike) >= TIER and len(some) > 1:
            return some
    return []


def _tier(tokens: int) -> int:
    return tokens.bit_length() // (TIER.bit_length() - 1)


def _write_segment(folder: Path, documents: Iterable[Stored], fields: Iterable[FieldPostings]) -> Any:
    codec = W3Codec()
    segment = codec.new_segment(FileStorage(str(folder)), INDEX_NAME)
    file = SegmentFileWriter(segment, folder)
    segment.set_doc_count(_write_stored(codec.per_document_writer(file.parts, segment), documents))
    _write_fields(TermWriter(codec, file.parts, segment), file.arrays, fields)
    file.put_together()
    return segment


def _write_stored(writer: Any, documents: Iterable[Stored]) -> int:
    written = 0
    for number, document in enumerate(documents):
        writer.start_doc(number)
        writer.add_field("id", _SCHEMA["id"], document.id, 0)
        for field, length in document.lengths.items():
            writer.add_field(field, _SCHEMA[field], None, length)
        for name, value in document.columns.items():
            writer.add_column_value(name, _SCHEMA[name].column_type, value)
        writer.finish_doc()
        written = number + 1
    writer.close()
    return written


def _write_fields(blocks: TermWriter, arrays: ArraysWriter, fields: Iterable[FieldPostings]) -> None:
    for field in fields:
        arrays.add(field)
        if field.field not in ONLY_ARRAYS:
            blocks.add_field(field)
    blocks.close()


def _write_merged(folder: Path, parts: Sequence[SegmentFiles]) -> Any:
    """One segment of the living documents of several."""
    living = [~dead_of(part.segment) for part in parts]
    firsts = accumulate((int(mask.sum()) for mask in living), initial=0)
    numbers = [np.where(mask, np.cumsum(mask) - 1 + first, -1) for mask, first in zip(living, firsts, strict=False)]
    documents = (document for part, mask in zip(parts, living, strict=True) for document in _stored(part, mask))
    fields = merged_fields([Part(part.fields, number) for part, number in zip(parts, numbers, strict=True)])
    return _write_segment(folder, documents, fields)


def dead_of(segment: Any) -> NDArray[np.bool_]:
    """Which of a segment's documents were deleted."""
    dead = np.zeros(segment.doc_count_all(), bool)
    dead[list(segment.deleted_docs())] = True
    return dead


def _stored(part: SegmentFiles, living: NDArray[np.bool_]) -> Iterator[Stored]:
    columns = {name: part.column(name) for name in _COLUMNS}
    for number in np.flatnonzero(living).tolist():
        yield Stored(
            id=columns["key"][number].decode(),
            columns={name: column[number] for name, column in columns.items()},
            lengths={field: part.columns.doc_field_length(number, field) or 0 for field in ZONE_OF},
        )


def _segment_file(segment: Any) -> str:
    return str(segment.make_filename(segment.COMPOUND_EXT))


_SCHEMA = schema()
_COLUMNS = [name for name, field in _SCHEMA.items() if field.column_type is not None]
