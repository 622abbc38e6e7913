"""The measures against values reckoned by hand, and the rules that the relevance collection keeps."""

import math
from collections import Counter
from typing import Any

import msgspec
import pytest

from library.language import LANGUAGES
from tests.relevance.agreement import judged, kappa
from tests.relevance.collection import (
    Collection,
    Passage,
    Query,
    Table,
    load_collection,
    part_of,
    problems,
    public_samples,
    table_of,
    variants,
)
from tests.relevance.measures import Figures, figures, mean, ndcg, recall, reciprocal_rank
from tests.relevance.measuring import measure
from tests.relevance.report import Answered, RowFigures, Section, misses, table, together
from tests.relevance.rows import Asked, rows
from tests.relevance.systems import Bm25, Text, simple_engines, stem

JUDGED = {"a": 3, "b": 1, "c": 2}
QUERIES = {"main": (54, 54), "paraphrase": (31, 31), "handbook": (60, 60), "samples": (13, 13)}
"""A table -> its development queries and its reported ones."""


def a_query(**fields: Any) -> Query:
    given: dict[str, Any] = {
        "id": "qa01",
        "language": "cs",
        "set": "development",
        "need": "How a child gets into school.",
        "written": "přijetí dítěte do školy",
        "inflected": "přijmout dítě do školy",
        "typo": "přijetí dtíěte do školy",
        "judgments": {"a001": 3},
    }
    return Query(**(given | fields))


def a_passage(**fields: Any) -> Passage:
    given = {"id": "a001", "language": "cs", "title": "Únorový žák", "text": "Škola přijala dítě v únoru."}
    return Passage(**(given | fields))


def broken(*queries: Query, passages: tuple[Passage, ...] = ()) -> list[str]:
    return list(problems(Collection(passages or (a_passage(),), queries), {"jen-vzorek": ("Vzorek",)}))


# The measures --------------------------------------------------------------------------------------------------------


def test_ndcg_is_what_the_ranking_gains_of_what_the_best_one_would():
    # The discounts are 1, 1.58496 and 2. Found are gains of 1, 0 and 7, which make 4.5; best are 7, 3 and 1, which
    # make 9.39279.
    assert ndcg(["b", "x", "a"], JUDGED) == pytest.approx(0.47909, abs=1e-5)
    assert ndcg(["a", "c", "b"], JUDGED) == 1
    assert ndcg([], JUDGED) == 0


def test_ndcg_reads_ten_places():
    strangers = [str(number) for number in range(10)]
    assert ndcg([*strangers[:9], "a"], {"a": 3}) == pytest.approx(1 / math.log2(11))
    assert ndcg([*strangers, "a"], {"a": 3}) == 0
    assert ndcg(strangers, dict.fromkeys([*strangers, "a", "b"], 2)) == 1


def test_the_reciprocal_rank_is_that_of_the_first_relevant_document():
    assert reciprocal_rank(["b", "x", "a", "c"], JUDGED) == pytest.approx(1 / 3)
    assert reciprocal_rank(["c", "a"], JUDGED) == 1
    assert reciprocal_rank(["b", "x"], JUDGED) == 0
    assert reciprocal_rank(["x"] * 20 + ["a"], JUDGED) == 0


def test_recall_counts_the_relevant_ones_among_twenty():
    assert recall(["b", "x", "a"], JUDGED) == 0.5
    assert recall(["x"] * 19 + ["c", "a"], JUDGED) == 0.5
    assert recall(["c", "a"], JUDGED) == 1


def test_a_mean_counts_each_query_once():
    both = mean([figures(["a", "c", "b"], JUDGED), figures(["x"], JUDGED)])
    assert both == Figures(0.5, 0.5, 0.5)


# The collection ------------------------------------------------------------------------------------------------------


def test_the_collection_keeps_its_rules():
    collection = load_collection()
    assert list(problems(collection, public_samples())) == []
    assert {query.set for query in collection.queries} == {"development", "reported"}
    assert {passage.language for passage in collection.passages} <= set(LANGUAGES)


def test_agreement_by_chance_is_none_and_agreement_in_all_is_whole():
    assert kappa([(True, True), (False, False), (True, False), (False, True)]) == 0
    assert kappa([(True, True), (False, False)]) == 1
    assert kappa(
        [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    ) == pytest.approx(0.4)


def test_second_opinions_are_of_passages_and_queries_of_the_collection():
    passages = {passage.id for passage in load_collection().passages}
    judged_twice: dict[Table, int] = {"main": 3_074, "handbook": 6_216}
    for judged_table, count in judged_twice.items():
        opinions = list(judged(judged_table))  # raises KeyError for a query that is none
        assert len({each[:2] for each in opinions}) == len(opinions) == count
        assert all(each.passage in passages and set(each.degrees) <= {0, 1, 2, 3} for each in opinions)


def test_the_judgments_of_the_handbooks_are_the_mean_of_two_opinions_rounded_down():
    means = Counter({(each.query, each.passage): sum(each.degrees) // 2 for each in judged("handbook")})
    queries = part_of(load_collection(), "handbook").queries
    assert {(query.id, one): degree for query in queries for one, degree in query.judgments.items()} == +means


def test_the_collection_is_as_large_as_it_says():
    collection = load_collection()
    in_usual_words = [query for query in collection.queries if table_of(query) != "paraphrase"]
    assert len(collection.passages) >= 800
    assert len(in_usual_words) >= 120
    assert sum(bool(query.en and query.uk) for query in in_usual_words) >= 40
    assert all(query.inflected and query.typo for query in collection.queries)


@pytest.mark.parametrize(("table", "counts"), QUERIES.items())
def test_the_two_sets_of_a_table_are_equally_large(table: Table, counts: tuple[int, int]):
    sets = Counter(query.set for query in part_of(load_collection(), table).queries)
    assert (sets["development"], sets["reported"]) == counts


def test_a_sound_collection_has_no_problems():
    assert broken(a_query(), a_query(id="qs01", over="samples", judgments={"jen-vzorek": 2})) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (a_query(id="first"), "this is no query id"),
        (a_query(language="xx"), "'xx' is no language"),
        (a_query(written=" "), "nothing is written"),
        (a_query(judgments={"a001": 3, "a002": 1}), "judges a002, which cannot be found"),
        (a_query(judgments={"a001": 3}, over="samples"), "judges a001, which cannot be found"),
        (a_query(judgments={"a001": 1}), "nothing answers it"),
        (a_query(typo="prijeti ditete do skoly"), "its error goes away with folding"),
        (a_query(inflected="unorovy  žák"), "its variant 'inflected' is a title"),
    ],
)
def test_a_query_that_breaks_a_rule_is_named_with_it(query: Query, said: str):
    assert any(problem.startswith(f"{query.id}: {said}") for problem in broken(query))


def test_ids_stand_for_one_thing_only():
    assert broken(a_query(), a_query()) == ["qa01 is the id of several queries"]
    assert broken(passages=(a_passage(), a_passage())) == ["a001 is the id of several passages"]


def test_a_table_has_the_passages_that_were_judged_for_it():
    passages = (a_passage(), a_passage(id="b001"), a_passage(id="h001"))
    in_handbooks = a_query(id="qh01", judgments={"h001": 3})
    usual = a_query(id="qb01", judgments={"a001": 3, "b001": 2})
    also_usual = a_query(id="qc01", judgments={"a001": 3})
    samples = a_query(id="qs01", over="samples", judgments={"jen-vzorek": 2})
    collection = Collection(passages, (a_query(), usual, also_usual, in_handbooks, samples))
    assert part_of(collection, "main") == Collection(passages[:2], (usual, also_usual))
    assert part_of(collection, "handbook") == Collection(passages[2:], (in_handbooks,))
    assert part_of(collection, "paraphrase") == Collection(passages[:1], (a_query(),))
    assert part_of(collection, "samples") == Collection((), (samples,))


def test_what_only_members_may_see_is_no_answer_for_the_public():
    titles = public_samples()
    assert "tlumoceni-u-lekare" in titles
    assert "interni-postup-krizovy-fond" not in titles  # its organisation's
    assert "cudzoziemcy-w-malych-miastach" not in titles  # under an embargo


def test_a_query_is_also_typed_without_diacritics():
    assert variants(a_query(uk="дитина"))["folded"] == "prijeti ditete do skoly"
    assert list(variants(a_query())) == ["written", "folded", "inflected", "typo"]


# The rows ------------------------------------------------------------------------------------------------------------


def test_a_row_between_two_languages_judges_documents_of_the_second_only():
    languages = {"a001": "cs", "a002": "en", "a003": "cs"}
    several = a_query(en="getting into school", judgments={"a001": 3, "a002": 2, "a003": 1})
    elsewhere = a_query(id="qa02", en="school place", judgments={"a002": 3, "a003": 1})
    narrowed = {row.name: row.asked for row in rows([several, elsewhere], languages) if "->" in row.name}
    assert [(each.typed, each.judgments, each.only) for each in narrowed["en -> cs"]] == [
        ("getting into school", {"a001": 3, "a003": 1}, "cs")
    ]
    assert [each.query.id for each in narrowed["cs -> en"]] == ["qa01", "qa02"]
    assert "uk -> cs" not in narrowed


def test_a_language_that_loses_nothing_by_folding_has_no_row_for_it():
    english = a_query(id="qa02", language="en", written="School place")
    names = [row.name for row in rows([a_query(), english], {"a001": "cs"})]
    assert "cs folded" in names
    assert "en folded" not in names


# The simple engines --------------------------------------------------------------------------------------------------


def test_bm25_weighs_how_often_how_rare_and_how_long():
    bm25 = Bm25({"one": ["a"], "two": ["a", "b", "b"]})
    # idf ln(1 + 1.5 / 1.5); length 0.25 + 0.75 * 3 / 2 = 1.375; 2 * 2.2 / (2 + 1.2 * 1.375) = 4.4 / 3.65
    assert bm25.scores([["b"]]) == {"two": pytest.approx(math.log(2) * 4.4 / 3.65)}
    assert bm25.scores([["b", "a"]])["two"] == bm25.scores([["b"]])["two"]
    assert bm25.rank([["a"]], 5) == ["one", "two"]
    assert bm25.rank([["a"]], 1) == ["one"]
    assert bm25.rank([["c"]], 5) == []


def test_stems_are_those_of_the_documents_language():
    assert stem("cizincům", "cs") == stem("cizinci", "sk") == "cizinc"
    assert stem("schools", "en") == "school"
    assert stem("trường", "vi") == "truong"


async def test_every_simple_engine_finds_any_of_the_words_and_the_best_first():
    texts = [
        Text("both", "cs", "Škola", "Dítě přišlo do školy v únoru."),
        Text("one", "en", "School", "The únoru of the school."),
        Text("none", "uk", "Дім", "Дитина вдома."),
    ]
    for engine in simple_engines(texts):
        assert await engine.rank("školy únoru", 10) == ["both", "one"], engine.name
        assert await engine.rank("nic", 10) == []
        assert await engine.rank("дитина", 10) == ["none"]


# All together --------------------------------------------------------------------------------------------------------


def test_two_tables_together_count_each_query_the_same():
    def section(table: Table, queries: int, ndcg: float) -> Section:
        row = RowFigures(row="cs written", queries=queries, systems={"ours": Figures(ndcg, ndcg, ndcg)})
        alone = msgspec.structs.replace(row, row=f"only in {table}")
        return Section(set="reported", table=table, documents=10, rows=(row, alone))

    both = together(section("handbook", 3, 0.8), section("samples", 1, 1.0))
    assert (both.documents, [(row.row, row.queries) for row in both.rows]) == (20, [("cs written", 4)])
    assert both.rows[0].systems["ours"].ndcg_at_10 == pytest.approx(0.85)


async def test_a_small_collection_gives_a_table(tmp_path):
    passages = (a_passage(), a_passage(id="a002", title="Kočka", text="Kočka spí."))
    queries = (a_query(written="škola dítě"), a_query(id="qa02", set="reported", written="nic takového"))
    development, reported = await measure(Collection(passages, queries), tmp_path, ("development", "reported"))
    assert development.section.rows[0].systems["ours"] == Figures(1, 1, 1)
    assert reported.section.rows[0].systems["ours"] == Figures(0, 0, 0)
    assert {len(line) for line in list(table(development.section))[2:]} == {133}
    assert not any("qa02" in line for line in misses(development.answers, development.titles, 10))


def test_the_worst_answer_is_shown_with_what_was_wanted():
    asked = Asked(query=a_query(), variant="written", typed="přijetí dítěte", judgments={"a001": 3})
    missed = Answered(asked=asked, ranking=("a002",), figures=figures(["a002"], asked.judgments))
    shown = list(misses([missed], {"a001": "Únorový žák", "a002": "Kočka"}, 1))
    assert shown[0].startswith("qa01 written")
    assert "a002 (0) Kočka" in shown[2]
    assert shown[3] == "    wanted: a001 (3) Únorový žák: not in 20"


def test_reported_queries_are_never_shown():
    query = a_query(set="reported")
    asked = Asked(query=query, variant="written", typed=query.written, judgments=query.judgments)
    answered = Answered(asked=asked, ranking=(), figures=Figures(0, 0, 0))
    with pytest.raises(AssertionError):
        list(misses([answered], {}, 1))
