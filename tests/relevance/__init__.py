"""Relevance collection: what it is, how it was made and judged, and what its figures can mean.

Files
    ``passages/*.toml``  the texts (``[[passage]]``: id, language, title, text)
    ``queries/*.toml``   the information needs (``[[query]]``) with graded judgments
    Files ``a_*`` are the first half of the collection (200 passages a001-a200, 62 queries qa01-qa62). They are
    self-contained: their judgments cover only the ``a`` passages. If they are searched together with the files of
    another half, passages of that half are unjudged for these queries until somebody has read and judged them.

How the ``a`` half was made
    One writer (a language model working for the project) wrote every passage, every query and every judgment. Nothing
    was copied; organisations, towns, people and figures are invented. The passages are test material, not legal advice,
    and were not checked by a lawyer or by native speakers.
    Forty clusters of five neighbouring passages on migration and integration practice: 120 Czech, 38 English,
    26 Ukrainian and 16 Slovak. They are deliberately hard: passages of a cluster share words but answer different
    questions; the right passage often does not contain the words of the query; about one passage in each second cluster
    uses the words in another sense (e.g. the merger of two associations beside family reunification). About half of the
    English and Ukrainian passages treat the subject of a Czech one.
    The writer knew the passages when writing the queries, so the queries are not a sample of what members really type,
    and the share of synonyms, cross-language answers and traps is the writer's choice.

Queries and variants
    ``written`` is the query as a member would type it; ``inflected`` the same words in other natural forms (a verb for
    its noun and the like included); ``typo`` exactly one error (a swap, a missing, doubled or neighbouring letter) that
    also survives folding of diacritics; ``en`` and ``uk``, for 21 of the 46 Czech queries, what a colleague would type
    in that language. The variant without diacritics is made by folding and is not stored. All variants of one query
    share its judgments. No variant equals a title.

Judgments
    3 = answers the need directly, 2 = largely, 1 = touches it, absent = 0. The need (``need``) is judged, not the
    words, in whatever language the answer is written. First the writer judged while writing; then
    the judgments were completed from the related clusters and from a pool: for each query the seven best matches of
    each variant and of ``need`` over all 200 passages, by a throw-away ranker on the first five letters of words, not
    by the library's own search. The pool was gone through by title, by the one who had written the texts, and the text
    decided where the title left a doubt. It was not a reading of all 200 passages for each query, so single passages of
    degree 1 may be missing; missing ones of degree 3 are unlikely.
    There was one judge and no second opinion, so there is no agreement figure. Degrees 1 and 2 are the uncertain ones:
    prefer measures that rest on degree 3 (or >= 2), and do not read small differences of nDCG as real.

Halves
    ``set = "development"`` may be looked at while tuning; ``set = "reported"`` is for the published figures only and
    is not to be tuned against. Each half has 31 queries (23 cs, 4 en, 4 uk), nearly alternating within every theme. The
    halves share the passages, and their writer and themes, so ``reported`` guards against fitting single queries, not
    against fitting this collection or this writer's style. With 31 queries the confidence interval of a mean is wide:
    one query moves a success rate by about three points. Use paired comparisons over queries.

What the figures can and cannot say
    They can compare settings of this search on short, clean, difficult texts, and show where inflection, missing
    diacritics, typing errors or another language cost results. They cannot say how good the library is for its members
    in general: real documents are longer and noisier, real queries less tidy, and 200 passages are few.
"""
