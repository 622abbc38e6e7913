"""Lists of documents and rows of all are two forms of one thing: whatever is done with them, the outcome is alike."""

import random

import numpy as np
import pytest

from library.engines.whoosh.bits import as_bits, facet_bits
from library.engines.whoosh.matched import (
    Listed,
    Spread,
    at_least,
    best_of,
    either,
    every,
    has,
    listed,
    score,
    unscored,
    without,
)
from library.engines.whoosh.orders import Order, best, first_by_order, first_by_score

SIZE = 1_000


@pytest.fixture(params=range(30))
def chance(request):
    return random.Random(request.param)


def drawn(chance, most):
    """A few documents with scores: as a list, spread, and as a plain dictionary."""
    ids = np.array(sorted(chance.sample(range(SIZE), chance.randint(0, most))), np.int32)
    scores = np.array([chance.choice([0.5, 1.25, 2.0]) for _ in ids], np.float32)
    spread = np.zeros(SIZE, np.float32)
    spread[ids] = scores
    factor = np.float32(chance.choice([1, 0.5]))
    plain = dict(zip(ids.tolist(), (factor * scores).tolist(), strict=True))
    return Listed(ids, scores, factor), Spread(spread, factor=factor), plain


def plain(matched):
    found = listed(matched)
    return dict(zip(found.ids.tolist(), found.scores.tolist(), strict=True))


def several(chance):
    """The same parts in three forms: mixed lists and rows, only lists, and as dictionaries."""
    parts = [drawn(chance, 40) for _ in range(chance.randint(1, 9))]
    mixed = [chance.choice([as_list, as_row]) for as_list, as_row, _ in parts]
    return mixed, [as_list for as_list, _, _ in parts], [known for _, _, known in parts]


def added(known, document):
    return sum(each.get(document, 0.0) for each in known)


def test_scores_of_alternatives_are_added(chance):
    mixed, lists, known = several(chance)
    wanted = {document: added(known, document) for document in sorted(set().union(*known))}
    assert plain(either(mixed, SIZE)) == wanted
    assert plain(either(lists, SIZE)) == wanted


def test_or_the_best_of_them_counts(chance):
    mixed, lists, known = several(chance)
    wanted = {document: max(each.get(document, 0.0) for each in known) for document in sorted(set().union(*known))}
    assert plain(best_of(mixed, SIZE)) == wanted
    assert plain(best_of(lists, SIZE)) == wanted


def test_all_or_so_many_of_them_match(chance):
    mixed, lists, known = several(chance)
    for least in range(1, len(known) + 1):
        wanted = {
            document: added(known, document)
            for document in range(SIZE)
            if sum(document in each for each in known) >= least
        }
        if least > 1:
            assert plain(at_least(mixed, least, SIZE)) == wanted
        if least == len(known):
            assert plain(every(mixed, SIZE)) == wanted
            assert plain(every(lists, SIZE)) == wanted


def test_what_is_excluded_goes(chance):
    for matched in drawn(chance, 300)[:2]:
        for other in drawn(chance, 300)[:2]:
            excluded = plain(other)
            wanted = {document: much for document, much in plain(matched).items() if document not in excluded}
            assert plain(without(matched, [other])) == wanted


def test_what_matches_without_a_score_stays_matched(chance):
    mask = np.array([chance.random() < 0.02 for _ in range(SIZE)])
    as_list, as_row, known = drawn(chance, 300)
    few = every([unscored(mask), unscored(mask)], SIZE)
    for bare in (unscored(mask), few):
        for matched in (as_list, as_row):
            wanted = dict.fromkeys(np.flatnonzero(mask).tolist(), 0.0) | known
            assert plain(either([matched, bare], SIZE)) == dict(sorted(wanted.items()))


def test_a_documents_score_is_found_in_both_forms(chance):
    for matched in drawn(chance, 300)[:2]:
        ids = np.array(sorted(plain(matched)), np.int32)
        assert has(matched, np.arange(SIZE)).nonzero()[0].tolist() == ids.tolist()
        assert score(matched, ids).tolist() == list(plain(matched).values())


def test_the_first_by_score_are_those_of_a_whole_sort(chance):
    as_list, as_row, known = drawn(chance, SIZE)
    documents = np.array(chance.sample(range(SIZE), SIZE), np.int32)
    rank = np.argsort(documents).astype(np.int32)
    order = Order(documents, rank)
    mask = np.array([chance.random() < 0.8 for _ in range(SIZE)])
    kept = {document: much for document, much in known.items() if mask[document]}
    ranked = sorted(kept, key=lambda document: (-kept[document], rank[document]))
    hits = Listed(as_list.ids[mask[as_list.ids]], as_list.scores[mask[as_list.ids]], as_list.factor)
    for most in (0, 1, 3, 7, 20, 500, 2 * SIZE):
        for matched in (hits, Spread(as_row.scores, mask & (as_row.scores > 0), as_row.factor)):
            first = first_by_score(matched, order, most)
            assert first.ids.tolist() == ranked[:most]
            assert first.scores.tolist() == [kept[document] for document in ranked[:most]]
            by_order = first_by_order(matched, order, most)
            assert by_order.ids.tolist() == sorted(kept, key=rank.__getitem__)[:most]


def test_the_best_of_equals_are_those_of_the_lowest_rank():
    rank = np.array([3, 1, 2, 0], np.int32)
    assert best(np.ones(4, np.float32), rank, 2).tolist() == [3, 1]


def test_values_are_counted_as_bits(chance):
    pairs = sorted({(chance.randrange(SIZE), chance.randrange(70)) for _ in range(3_000)})
    documents, rows = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
    mask = np.array([chance.random() < 0.5 for _ in range(SIZE)])
    counts = facet_bits(SIZE, 70, documents, rows).counts(as_bits(mask))
    assert counts.tolist() == np.bincount(rows[mask[documents]], minlength=70).tolist()
