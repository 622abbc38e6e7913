"""The pages that people look at: what they say, how they look, and what a browser adds to them.

A page is made from what the public API answers, as JSON says it, so a front-end team sees here what it gets. Nothing
in here knows HTTP: `library.web.pages` asks the API's own functions and hands their answers over.

wording.py        texts, plurals, dates, numbers and the alphabet in the reader's language
translations/     the texts themselves: one file a language, for translators
addresses.py      the address of each state of a page
marking.py        text with what matched in it marked
hits.py           a found document as a list shows it
narrowing.py      facets, chips of what is chosen, and the years as a histogram
search_page.py    the search page
document_page.py  the page of one document
citing.py         how it is cited: ISO 690
reader_page.py    a page of a document to read
facsimile.py      where on its picture that stands which matched
desk_page.py      the staff desk: what is handed in there
batch_page.py     how each file of a batch is doing
documents_page.py  an organisation's documents, and what each needs
differences.py    what stands in one of two texts only
pair_page.py      two documents side by side; collection_page.py, the collection in charts
review_page.py    one document as staff look at it; review_form.py, the form that describes it
rendering.py      a template and what it shows -> HTML
scripting.py      what a page hands to its script: texts, and blanks of its parts
assets.py         the files that a browser loads: by name, with their fingerprint
templates/ static/
"""
