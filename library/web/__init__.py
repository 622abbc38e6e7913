"""The HTTP door, one file a subject. A handler reads parameters, asks the Exchange, and gives its answer back as JSON.

What all of it shares
    app.py                the application: which routes there are, what is open while it runs
    access.py             who is asking, and what each route asks of those who call it
    addresses.py          under which address the library is known outside
    bodies.py, forms.py   what bodies may be; how a form with files is read
    contract.py           the API's description as a file, openapi.json; docs.py serves it, with Swagger UI
    counting.py           how often each caller may ask
    cursors.py            "go on behind this hit", in an address
    drawing.py            how pages come to be drawn
    etags.py              whether a caller has the present answer already
    events.py             server-sent events
    health.py             whether the library is alive; metrics.py for Prometheus, logs.py for whoever reads logs
    languages.py          in which language labels are shown
    mending.py            an index that cannot be used is made anew; warming.py gets ready for what is coming
    parameters.py         parameters by name, with a reason for each that cannot be used
    problems.py           what an error looks like (RFC 9457)
    requests.py           what every answer has in common

Finding
    search.py             from named parameters to a SearchQuery, by search_parameters.py; its answer by results.py
    explanations.py       why items were found
    export.py             the whole result in one file
    facet_values.py       the values of one facet
    instantsearch.py      the same search for InstantSearch's widgets, read by instant_query.py
    suggest.py            while somebody types
    statistics.py         the collection in numbers
    unfound.py            what was asked and not found
    vocabulary.py         what a search page offers to choose from

Reading
    documents.py          one, all in turn, a page, similar ones; in JSON by document_answer.py, else record_formats.py
    files.py              originals, whole or in parts
    versions.py           what a document was before
    feeds.py, oai.py      what other programs follow
    pages.py              the pages that people look at

Bringing in and looking after
    uploads.py            one file; batches.py for several at once
    jobs.py               how the reading goes
    changes.py            describe anew, withdraw, bring back
    personal_data.py      what may be personal data, and who says that it may be public
    resemblances.py       which documents are like one's own
    purges.py             what is removed for good
    keys.py               keys, for administrators
    sign_in.py            how people sign in, at a provider of identity.py; sign_in_links.py, by a link instead
    audit.py              who changed what
    in_need.py            which documents need somebody
    desk/                 the same for people, as pages and forms: the staff desk
"""
