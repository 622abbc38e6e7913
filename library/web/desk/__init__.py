"""The staff desk: pages and forms on which staff do without a terminal what the API does for programs.

Each page asks the functions of the API, and a form does what the API does; with a script, a page calls the API itself.

    router.py      all of it, and what who may not see it reads
    frame.py       what its pages share, and how its forms are read
    handing_in.py  where staff begin; how the reading of what they handed in goes
    listing.py     the documents of the own organisation; bulk.py, many described at once
    review.py      one document beside the page it was read from: described, published, confirmed, withdrawn, replaced
    pairs.py       two documents that are alike, side by side
    glance.py      the collection in charts
"""
