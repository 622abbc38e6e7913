"""Engines agree on random corpora and queries, and an answer is what it would be if hidden documents did not exist.

Scores and exact passages are not promised; ids by relevance are compared as a set, all other orders as they are.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest

from library.engines import open_index
from library.language import shared_analyzer
from library.model import Visibility
from library.search import (
    After,
    Concept,
    Every,
    Filter,
    Not,
    OneOf,
    Phrase,
    Prefix,
    SearchQuery,
    Some,
    Sort,
    Word,
)
from tests.builders import TODAY, a_member, a_practice, a_study, an_admin, an_entry, staff_of, the_public
from tests.contract.conftest import in_batches
from tests.contract.naive import NaiveIndex

WORDS = {
    "cs": [
        "děti",
        "dětem",
        "dítě",
        "škola",
        "školy",
        "škole",
        "byt",
        "bytu",
        "byty",
        "v",
        "Praze-Krči",
        "Krč",
        "zákon",
        "326/1999",
        "Sb",
        "deti",
        "skola",
    ],
    "sk": ["deti", "deťom", "dieťa", "škola", "školy", "byt", "bytu", "v", "zákon", "skola"],
    "uk": ["діти", "дітям", "дитина", "школа", "школи", "житло", "житла", "у", "закон", "закону", "Київ"],
    "en": ["child", "children", "school", "schools", "flat", "flats", "in", "law", "laws", "Krč", "326", "it's"],
    "": ["Krč", "NNO", "Krci", "1999", "школа"],
}
TYPED = [*{word for words in WORDS.values() for word in words}, "skolam", "dětmi", "Praha-Krči", "ďeti", "…", "neznámé"]
TOPICS = ("housing", "health", "legal aid, advice", "Bydlení", "bydleni")
ORGANISATIONS = ("alfa", "beta", "gama")
AUDIENCES = (the_public(), a_member("alfa"), staff_of("beta"), a_member("nobody"), an_admin())
CONCEPTS = ("education", "housing", "legislation", "no-such-concept")
COMPARED_FACETS = ("topic", "concept", "year", "kind", "language", "organisation", "visibility", "scale", "method")

CORPORA = range(60)
QUERIES = 12


class Chance(random.Random):
    """Documents and queries, always the same ones for the same seed."""

    def text(self, language, most=8):
        return " ".join(self.choices(WORDS[language], k=self.randint(0, most)))

    def document(self, name):
        language = self.choice(list(WORDS))
        return self.choice([a_practice, a_study])(
            id=name,
            title={code: self.text(code, 3) for code in self.sample(["cs", "en"], self.randint(0, 2))}
            or {"cs": "děti"},
            summary={language or "cs": self.text(language)},
            languages=(language,) if language else (),
            keywords=tuple(self.choices(TYPED[:12], k=self.randint(0, 2))),
            organisation=self.choice(ORGANISATIONS),
            visibility=self.choice([*Visibility, Visibility.PUBLIC]),
            embargo_until=self.choice([None, None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]),
            topics=tuple(self.choices(TOPICS, k=self.randint(0, 3))),
            scale=self.choice(["", "local"]),
            year=self.choice([None, 2020, 2021, 2022]),
            added=self.choice([None, *(datetime(2025, 1, day, tzinfo=UTC) for day in (1, 2, 3))]),
        )

    def entry(self, name):
        document = self.document(name)
        language = document.languages[0] if document.languages else ""
        return an_entry(document, [self.text(language, 12) for _ in range(self.randint(0, 3))])

    def corpus(self):
        return [self.entry(f"d{number}") for number in range(self.randint(0, 12))]

    def clause(self, depth=2):
        if depth == 0 or self.random() < 0.4:
            return self.words()
        parts = tuple(self.clause(depth - 1) for _ in range(self.randint(0, 3)))
        match self.randrange(5):
            case 4:
                named = (Concept(each) for each in self.sample(CONCEPTS, 2))
                return OneOf((self.words(), *named), (1.0, 0.5, self.choice((0.4, 0.0))))
            case 0:
                return Not(self.clause(depth - 1))
            case 1:
                return Some(parts, self.randint(0, 3))
            case 2:
                return Some(parts)
            case _:
                return Every(parts)

    def words(self):
        if self.random() < 0.1:
            return self.choice([Word, Phrase, Prefix])(self.choice([*TOPICS, "hou"]), "topic")
        field = self.choice(["", "", "", "title"])
        match self.randrange(4):
            case 0:
                return Phrase(self.text(self.choice(list(WORDS)), 3), field)
            case 1:
                return Prefix(" ".join([*self.choices(TYPED, k=self.choice([0, 0, 1])), self.choice(TYPED)[:2]]), field)
            case _:
                return Word(self.choice(TYPED), field)

    def filter(self):
        field, values = self.choice(
            [("topic", TOPICS), ("organisation", ORGANISATIONS), ("year", ("2020", "2022", "1"))]
        )
        chosen = self.sample(values, self.randint(0, 2))
        return Filter(field, tuple(chosen), excluded=self.random() < 0.3)

    def query(self):
        return SearchQuery(
            match=self.clause(),
            filters=tuple(self.filter() for _ in range(self.choice([0, 0, 1, 2]))),
            year_from=self.choice([None, None, None, 2021]),
            year_to=self.choice([None, None, None, 2021]),
            added_since=self.choice([None, None, None, datetime(2025, 1, 2, tzinfo=UTC)]),
            within=self.choice([(), (), (), ("d1", "d2", "d3", "d5", "d8", "nobody")]),
            sort=self.choice(list(Sort)),
            facets=COMPARED_FACETS,
            facet_size=self.choice([1, 2, 20]),
            facets_narrowed=self.choice([False, True]),
            limit=100,
        )


async def all_ids(index, asked, audience):
    """Everything found, three hits at a time, each page behind the last hit of the one before."""
    pages = []
    after = None
    while True:
        query = SearchQuery(
            match=asked.match,
            filters=asked.filters,
            year_from=asked.year_from,
            year_to=asked.year_to,
            added_since=asked.added_since,
            within=asked.within,
            sort=asked.sort,
            limit=3,
            after=after,
        )
        hits = (await index.search(query, audience)).hits
        if not hits:
            return pages
        pages += [hit.id for hit in hits]
        after = After(hits[-1].id, hits[-1].score)


@pytest.fixture
async def whoosh(tmp_path):
    engine = open_index(f"whoosh://{tmp_path}/index", shared_analyzer())
    yield engine
    await engine.close()


@pytest.fixture
async def another_whoosh(tmp_path):
    engine = open_index(f"whoosh://{tmp_path}/another", shared_analyzer())
    yield engine
    await engine.close()


async def fill(index, seed):
    """The same corpus in several commits, with entries that replace and withdraw others; what is left of it."""
    chance = Chance(seed)
    first, second = chance.corpus(), chance.corpus()
    withdrawn = [f"d{chance.randrange(12)}"]
    await index.rebuild(in_batches(first[:5], first[5:]))
    await index.update(second[::2])
    await index.update([], withdrawn)
    left = {entry.document.id: entry for entry in [*first, *second[::2]] if entry.document.id not in withdrawn}
    return list(left.values()), chance


@pytest.mark.parametrize("seed", CORPORA)
async def test_both_engines_find_the_same(whoosh, seed):
    naive = NaiveIndex(shared_analyzer())
    await fill(naive, seed)
    _, chance = await fill(whoosh, seed)
    for _ in range(QUERIES):
        asked, audience = chance.query(), chance.choice(AUDIENCES)
        wanted, got = await naive.search(asked, audience), await whoosh.search(asked, audience)
        assert (got.total, got.facets) == (wanted.total, wanted.facets), (asked, audience)
        wanted_ids, ids = await all_ids(naive, asked, audience), await all_ids(whoosh, asked, audience)
        assert ids == [hit.id for hit in got.hits], (asked, audience)
        if asked.sort is Sort.RELEVANCE:
            wanted_ids.sort()
            ids.sort()
        assert ids == wanted_ids, (asked, audience)
        assert _tables(got) == _tables(wanted), (asked, audience)


@pytest.mark.parametrize("seed", CORPORA)
async def test_both_engines_know_the_same_words(whoosh, seed):
    naive = NaiveIndex(shared_analyzer())
    await fill(naive, seed)
    _, chance = await fill(whoosh, seed)
    for _ in range(QUERIES):
        audience, typed, most = chance.choice(AUDIENCES), chance.choice([*TYPED, "dětii", "skoly", "shkola"]), 5
        prefix = typed[: chance.randint(1, 3)]
        assert await whoosh.completions(prefix, audience, most) == await naive.completions(prefix, audience, most), (
            prefix
        )
        assert await whoosh.nearest(typed, audience, most) == await naive.nearest(typed, audience, most), typed


@pytest.mark.parametrize("seed", CORPORA)
async def test_hidden_documents_do_not_exist(whoosh, another_whoosh, seed):
    entries, chance = await fill(whoosh, seed)
    audience = chance.choice(AUDIENCES[:4])
    await another_whoosh.rebuild(in_batches([entry for entry in entries if audience.sees(entry.document)]))
    for _ in range(QUERIES):
        asked = chance.query()
        assert await whoosh.search(asked, audience) == await another_whoosh.search(asked, audience), (asked, audience)
        typed = chance.choice(TYPED)
        assert await whoosh.nearest(typed, audience, 5) == await another_whoosh.nearest(typed, audience, 5), typed
        assert await whoosh.completions(typed[:2], audience, 5) == await another_whoosh.completions(
            typed[:2], audience, 5
        )


def _tables(result):
    """How many passages each hit has; which are best is not promised."""
    return {hit.id: len(hit.passages) for hit in result.hits}
