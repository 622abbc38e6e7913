"""How fast the library is, beside what one would pick instead: `make bench`.

    corpus.py      generated documents: Czech word forms drawn with Zipf's frequencies, three facets, two visibilities
    queries.py     questions drawn from them by how frequent their words are
    contenders.py  the engines, each with the same documents, filter, facets and fragments
    timing.py      percentiles of repeated runs
    over_http.py   the same questions asked of the served API
    ingesting.py   real files through the whole pipeline
    __main__.py    all of it in one run on one machine, written as JSON

Figures of different machines say nothing about each other: read the ratios within one run. The other engines get the
folded tokens of our own analyzer and search those alone; ours answers from surfaces and lemmas, as it does in service.
"""
