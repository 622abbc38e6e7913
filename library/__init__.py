"""The good-practice library: members' documents, kept and found.

The catalogue is the truth; the index is derived from it and can be thrown away.

    __main__.py   python -m library: serve, check, rebuild, organisations, keys
    command.py    how a command runs and ends: exit codes, errors as sentences
    errors.py     what can go wrong: LibraryError and its tree; no HTTP
    model.py      the nouns: Document = Practice | Study, Organisation, Visibility, Audience
    vocabulary/   the agreed lists, the thesaurus and the word families, as data files, and their loaders
    acting.py     who is at work, for the audit trail
    words/        what staff are told of their files, in Czech, English and Ukrainian, as data files
    settings.py   Settings and load_settings(): the only reader of the environment
    language/     text -> tokens: folding, lemmas, token tables, detection; pure
    search.py     what searching means: SearchQuery, Clause, SearchResult, Hit, Facet, the SearchIndex Protocol
    syntax.py     what a person typed -> Clause
    expansion.py  what typed words mean: concepts, families; no function words
    asking.py    a question until it is answered: with what words mean, mended, with fewer words
    suggestions.py  how a question may go on that is being typed
    explaining.py  why a document was found
    fresh_tables.py  token tables that were just made, for the index that takes them in next
    likeness.py  what a document is about, as a question for the ones like it
    fragments.py  the tokens that matched -> the piece of text that is shown
    said.py       what a member says of a file, checked; sidecars.py, in a description beside it
    page_languages.py  in which language each page is
    engines/      what can stand behind SearchIndex; engines/whoosh is the embedded default
    entries.py    which texts of a document are searched
    unindexed.py  which changes of the catalogue the index has not got yet
    kept_tables.py  the token tables that are kept beside the texts of pages
    filling.py    what an index is filled with, read from the catalogue: in shares, where there is much
    made_ready.py  what is made ready of the next commit of the index before it comes
    indexing.py   how the index comes to have what the catalogue has
    database.py   the one SQLite file: opening it, migrations/, transactions
    catalog.py    Catalog: every document with its pages
    cataloging.py  how a document goes into the catalogue, changes there, and goes
    readable.py   what an audience may read
    limits.py     how often somebody may ask, counted by all processes together
    together.py   what is asked for at the same moment, done in one go
    originals.py  Originals: files as they were handed in, under their SHA-256
    facsimiles.py  Facsimiles: pictures of pages, which can be drawn again
    jobs.py       what waits to be read: submissions and jobs
    entering.py   which job a file becomes that is handed in: a new one, or one that is there
    inbox.py      Inbox: the queue of jobs
    batches.py    Batches: what was handed in together, how all of it is doing, what is paused
    personal.py   which personal data a text may hold; its words in personal_words.py and .toml
    gate.py       why a document may not be public yet: nobody has looked at what may be personal data in it
    admission.py  how a document goes into the catalogue: as far as the gate lets it
    editing.py    how people change a document that is in the library
    resemblance.py   how alike two texts are: the same, a copy, perhaps a translation; pure
    resemblances.py  which documents are like each other, until staff decide
    comparing.py  how it is found out which documents are like each other
    backups.py    the library copied while it serves, and brought back
    purges.py     how everything that a document has left is removed, but that it was removed
    places.py     Places: from where on this machine files were handed in, and how they looked then
    accounts.py   Accounts: organisations (partners.toml has the consortium's), API keys, audit trail
    needs.py      which documents need somebody, and what for
    unfound.py    what was asked and found nothing, and nothing of who asked
    people.py     People: who may sign in, sessions
    shelf.py      what hits are shown from, kept until it changes
    finding.py    what an audience finds
    answers.py    an engine's hits -> what a page of results shows
    loaded.py     what a process has loaded stays, and garbage is not looked for among it
    remembered.py what was worked out once and holds until something changes
    harvest.py    what harvesters are told: what is public since when, and what no longer is
    records/      a document as other programs read it: BibTeX, RIS, CSL, JSON-LD, Dublin Core, a row of a table
    exchange.py   Exchange = all of it together; open_exchange(settings): the one composition root
    page/         the pages that people look at: templates, texts in three languages, styles and scripts
    serving.py    the web door with the child that draws pages, as it is served
    web/          the HTTP door, one file a subject

A search goes  web.search -> syntax.parse -> Finding.search -> asking -> SearchIndex.search -> answers -> JSON.
A file goes    ingest -> Originals.keep -> inbox.accepted;  worker -> extract -> describe -> cataloging.put -> index.
"""
