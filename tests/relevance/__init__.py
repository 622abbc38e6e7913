"""Relevance collection: what it is, how it was made and judged, and what its figures can mean.

Files
    ``passages/*.toml``  the texts (``[[passage]]``: id, language, title, text)
    ``queries/*.toml``   the information needs (``[[query]]``) with graded judgments
    The letter with which a file's name begins says which part of the collection it is.

The parts
    a   200 passages, 62 queries, one writer. Forty clusters of five neighbouring passages on migration and integration
        practice: 120 Czech, 38 English, 26 Ukrainian, 16 Slovak. Deliberately adversarial: where it could, the passage
        that answers avoids the words of the query, neighbours share them, and in about each second cluster one passage
        uses them in another sense. These queries test whether synonyms are guessed, not what members type; they are
        reported as a table of their own, ``paraphrase``.
    b   200 passages, 64 queries, two other writers, four themes each. Clusters of the same kind: 112 Czech,
        48 English, 24 Ukrainian, 16 Slovak. The queries are mostly in the usual words of the subject, sometimes a
        synonym or an abbreviation.
    c   44 queries, a fourth writer, no passages of its own: needs answered among the passages ``a``, in the usual words
        of the subject, sometimes with an abbreviation, a law's name or a town.
    h   400 passages by four further writers, written as sections of handbooks, reports and leaflets are, under headings
        that say what they are about: eighty subtopics of five neighbours each, three of them in Czech, one in English,
        one in Ukrainian (in each fourth subtopic Slovak). 120 queries by three more: each saw the text of passages that
        had been drawn, one or two of a subtopic, without their titles and without all others, and wrote what a member
        would type who needs that. It is the nearest to known-item search, for which the aims of this project were set.
        It was made when those aims did not hold over ``a`` and ``b``, to learn whether the search or those passages
        are in the way.
    s   26 queries, the writer of ``c``, over the public documents of the sample library (``ingest/samples``), which are
        whole handbooks and studies, likewise invented.

    All writers are language models working for the project. Organisations, towns, people and figures are invented and
    nothing was copied. The passages are test material, not legal advice, and were checked neither by a lawyer nor by
    native speakers.

How natural the queries are
    No query is from a member. The writers of ``a`` and ``b`` wrote queries to passages that they had written
    themselves. The writer of ``c`` and ``s`` had seen the titles of all passages, the summaries of the sample documents
    and the queries ``a`` and ``b``, wrote all queries down, and read the passages afterwards. While judging, single
    needs were then worded closer to what the query says, and one query that no public document answered was replaced.
    Titles give subjects and words away, so these queries too are easier than those of somebody who knows no text.

    The writers of ``h`` had the text that answers before them; its words came to their minds more readily than to a
    member's. They knew no other passage and nothing of the search.

Queries and variants
    ``written`` is the query as a member would type it; ``inflected`` the same words in other natural forms (a verb for
    its noun and the like included); ``typo`` exactly one error (a swap, a missing, doubled or neighbouring letter) that
    also survives folding of diacritics; ``en`` and ``uk``, for 85 of the 148 Czech queries of the other parts and all
    of ``h``, what a colleague would type in that language. The variant without diacritics is made by folding and is not
    stored. All variants of one query share its judgments. No variant equals a title.

Judgments
    3 = answers the need directly, 2 = largely, 1 = touches it, absent = 0. The need (``need``) is judged, not the
    words, in whatever language the answer is written. Who wrote a query judged it, and its judgments are those that are
    measured with. For the queries of ``main`` two others, who saw neither these nor each other's, then judged all 3,074
    passages that a system had among its first ten (`second_opinions.tsv`): `python -m tests.relevance.agreement` says
    how far the three agree. They are language models too, and likely to err in the same way. Degrees 1 and 2 are the
    uncertain ones: do not read small differences of nDCG as real.

    a   over the passages ``a`` only: while writing, then from a pool of the seven best of each variant and of ``need``
        by a throw-away ranker on the first five letters of words. Nobody judged the passages ``b`` for them, though
        some answer them; therefore they are asked of the passages ``a`` alone.
    b   over all passages: the writer's own while writing; those of ``a`` and of the other writer by title, the text
        being read where the title left a doubt
    c   over all passages, all of which were read in one go before judging; then a pool as for ``a`` was gone through
        by title
    h   by two further judges for each third, blind to each other, to the systems and to the passage that a query was
        written to, over what the library and the four simple engines had among their first ten for the query as
        written, inflected, in English and in Ukrainian, and that passage: 6,216 pairs (`handbook_opinions.tsv`). Their
        mean counts, rounded down, as was agreed before anybody measured; so was that a query with no 2 or 3 goes. 80
        queries were measured first, and slips mended better after a look at their development half; then 40 were
        added, so that ``h`` and ``s`` have more than 120.
    s   over the 42 public documents by summary and headings, and by reading those chapters that might answer; the
        documents were not read whole. Documents that are not public are no answers.

    The library's own search had no part in any of it, but for choosing what was judged for ``h`` beside the others.
    Nobody read every passage for every query, so single passages of degree 1 may be missing; missing ones of degree 3
    are unlikely among passages, less so among chapters of the two long studies.

Sets
    ``set = "development"`` may be looked at while tuning; ``set = "reported"`` is for the published figures only and is
    not to be tuned against. They are equally large in each table: 54 and 54 in ``main`` (``b`` and ``c``), 31 and 31 in
    ``paraphrase`` (``a``), 60 and 60 in ``handbook`` (``h``), 13 and 13 in ``samples`` (``s``). The sets share texts,
    writers and themes, so ``reported`` guards against fitting single queries, not against fitting this collection or
    its writers' style. Few queries make wide confidence intervals: one query moves a success rate by about two points
    in ``main``, by three in ``paraphrase`` and by eight in ``samples``. Use paired comparisons over queries.

What the figures can and cannot say
    They can compare settings of this search on short, clean texts and on a small library of whole documents, and show
    where inflection, missing diacritics, typing errors or another language cost results. They cannot say how good the
    library is for its members in general: real documents are noisier, real queries less tidy, and 800 passages and 42
    documents are few.
"""
