"""How fast the library is, beside what one would pick instead: `make bench`, or `SCALE=small make bench`.

    corpus.py      generated documents: Czech word forms drawn with Zipf's frequencies, three facets, two visibilities
    queries.py     questions drawn from them by how frequent their words are
    contenders.py  the engines, each with the same documents, filter, facets and fragments
    timing.py      rounds of questions within a budget of time, and their percentiles
    searching.py   filling and asking each engine, at one size
    over_http.py   the same questions asked of the served API
    ingesting.py   real files through the whole pipeline
    progress.py    what is being done, on stderr
    __main__.py    all of it in one run on one machine, written as JSON

Figures of different machines say nothing about each other: read the ratios within one run. `load_average` says how
busy the machine was before and after; where others worked on it, even the ratios are rough. The other engines get the
folded tokens of our own analyzer and search those alone; ours answers from surfaces and lemmas, as it does in service.

`bare` is the first ten of the public hits; ours and tantivy count all of them too, Whoosh and FTS5 do not. `full` adds
three facets and fragments; ours also reads the ten documents from the catalogue and, where few have all the words,
asks a second time for those that have most.

Each engine is opened anew for each kind of question, asked three that are not counted, then the others twice. `first`
is how long a question took that was new to it, `again` the same one once more: our engine keeps what a word, a phrase
or a prefix matched and the others keep no answers, so `again` flatters ours. A round that has used up its seconds is
ended, and then there is no second one. `asked` says how many questions a percentile stands on; all engines are asked
the same first ones, and `times_ours` compares the medians of `first` over those that both were asked.
"""
