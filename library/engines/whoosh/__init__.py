"""Searching in Whoosh's own files, read as arrays.

The index on disk is a stock Whoosh 2.7.4 index that stock Whoosh can open. What is slow in Whoosh is its Python calls
for each posting; here a segment's file has all postings as numpy arrays too, and a search is sums over them.

    schema.py     which fields the index has, and what of an entry goes into each
    arrays.py     the postings of a segment as arrays, in a file that is mapped into memory
    blocks.py     arrays -> Whoosh's posting blocks, and its table of terms
    segment_file.py  a segment's one file: put together of its parts, and mapped into memory
    pickled.py    numbers and byte strings as pickle writes them, many at once
    pieces.py     pieces of a field's postings -> all of them
    form_numbers.py  forms -> their numbers in a batch
    postings.py   entries -> the terms of each field with all their postings
    merging.py    the postings of several segments -> those of one
    writing.py    new segments, merged segments, and the table of contents that names them
    sharing.py    a new index written by several processes
    share_process.py  what each of them does
    folder.py     the index's folder: which generation is current, who may write, what is left over
    cache.py      what was made once, as long as there is room
    segment.py    one immutable segment as arrays
    snapshot.py   all segments of one generation, and what one audience sees of them
    words.py      which terms a typed word stands for
    vocabulary.py  which words the visible documents have: completing and mending what is typed
    matched.py    documents that match and what each scores: listed, or spread over all documents
    parts.py      how much each document has of what is sought, whoever asks
    evaluate.py   Clause -> the documents that match, and their scores
    narrowing.py  filters and facets
    bits.py       a bit for each document: counting by whole words
    orders.py     sorting and paging
    passages.py   where in a document the words stand
    index.py      WhooshIndex: all of it behind the SearchIndex protocol
"""

from library.engines.whoosh.index import WhooshIndex

__all__ = ["WhooshIndex"]
