"""How fast the library is, beside what one would pick instead: `make bench`, with SCALE=small or SCALE=full.

    corpus.py      generated documents: Czech word forms drawn with Zipf's frequencies, three facets, two visibilities
    real_text.py   real text instead: what Debian packages on the machine ship in Czech and English
    collections.py  the collections by name
    queries.py     questions drawn from them by how frequent their words are
    contenders.py  the engines, each with the same documents, filter, facets and fragments
    filling.py     fills each engine once, in a process of its own
    timing.py      questions asked of all engines side by side, and their percentiles
    searching.py   asking each engine, at one size
    over_http.py   the same questions asked of the served API
    as_typed.py    questions as people type them (typed.toml), of the sample library over HTTP
    handler.py     each engine behind one and the same Litestar handler
    committing.py  searching while documents come in
    analysing.py   how fast the analyzer is
    growing.py     what fragments cost in long documents
    ingesting.py   real files through the whole pipeline
    report.py      the table and the plot; those measured last stand in measured/
    progress.py    what is being done, on stderr
    __main__.py    all of it in one run on one machine, written as JSON, Markdown and SVG

Figures of different machines say nothing about each other: read the ratios within one run. `load_average` says how
busy the machine was before and after; where others worked on it, even the ratios are rough. The other engines get the
folded tokens of our own analyzer and search those alone; ours answers from surfaces, lemmas and concepts, as it does in
service (`group` says what that costs). Stock Whoosh is left out of collections that it would not take in within a
quarter of an hour (`left_out`).

`bare` is the first ten of the public hits; ours and tantivy count all of them too, Whoosh and FTS5 do not. `facets`
adds three facets, `full` also fragments; for `full` ours reads the ten documents and their pages from the catalogue,
and where few have all the words, asks a second time for those that have most.

Each question is asked of all engines in one process before the next one is, and takes what that process has of the
processors: with other work on the machine nothing else can be compared. `first` is how long it took when it was new to
the engine; `warm` the median of three more times: what is decoded of its words, of its phrase or of its prefix is there
then, but no answer is: ours, which remembers answers, is asked a little differently each time. Who has used up its
seconds is asked no more: `asked` says how many questions a percentile stands on, and ratios compare medians over those
that both were asked. Over HTTP the clock on the wall counts.
"""
