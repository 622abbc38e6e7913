import asyncio
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import msgspec
import pytest
from whoosh.index import open_dir

from library.engines import open_index
from library.engines.whoosh import WhooshIndex, passages, words, writing
from library.engines.whoosh.folder import IndexFolder
from library.errors import IndexBusy, IndexUnavailable, Unavailable
from library.language import shared_analyzer
from library.model import Visibility
from library.search import Every, IndexState, Lemma, Not, OneOf, Phrase, Prefix, SearchQuery, Some, Sort, Word
from library.settings import BadSettings
from tests.builders import a_member, a_practice, an_admin, an_entry, the_public
from tests.contract.conftest import in_batches
from tests.contract.test_agreement import Chance

ROOT = Path(__file__).parents[2]
ALL_COUNTED = SearchQuery(limit=0, facets=("organisation",))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
async def index(folder):
    opened = WhooshIndex(folder, shared_analyzer(), patience=0.1)
    await opened.rebuild(in_batches())
    yield opened
    await opened.close()


@pytest.fixture
async def another(folder):
    """The same index in other hands."""
    opened = WhooshIndex(folder, shared_analyzer(), patience=0.1)
    yield opened
    await opened.close()


def saying(text, document="p1", **fields: Any):
    return an_entry(a_practice(id=document, **fields), [text])


async def hits(index, match):
    return (await index.search(SearchQuery(match=match, limit=100), an_admin())).hits


async def found(index, match):
    return sorted(hit.id for hit in await hits(index, match))


def at_once(coroutine):
    """What it returns if it waits for nobody; else None."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    coroutine.close()
    return None


def segment_files(folder):
    return list(folder.glob("0001/*.seg"))


def in_another_process(code, folder):
    """Runs the body of an async function that finds the index open as `index`."""
    script = f"""
import asyncio, os, signal
from pathlib import Path
from typing import Any
from library.engines.whoosh import WhooshIndex, folder, writing
from library.language import shared_analyzer
from tests.contract.conftest import in_batches
from tests.unit.test_whoosh_index import saying

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    index = WhooshIndex(Path({str(folder)!r}), shared_analyzer())
{textwrap.indent(textwrap.dedent(code), "    ")}

asyncio.run(main())
"""
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)


class TestState:
    async def test_an_engine_is_chosen_by_the_urls_scheme(self, folder):
        opened = open_index(f"whoosh://{folder}", shared_analyzer())
        assert await opened.state() is IndexState.MISSING
        await opened.close()
        for url in ("elastic://somewhere", "whoosh://host/path", "whoosh:relative"):
            with pytest.raises(BadSettings, match="whoosh:///"):
                open_index(url, shared_analyzer())

    async def test_an_index_of_another_analysis_is_outdated(self, index, folder):
        pointer = folder / "current"
        pointer.write_bytes(pointer.read_bytes().replace(b'"analysis":"', b'"analysis":"another '))
        assert await index.state() is IndexState.OUTDATED
        with pytest.raises(IndexUnavailable):
            await index.search(SearchQuery(), the_public())
        with pytest.raises(IndexUnavailable):
            await index.update([saying("děti")])

    async def test_an_index_of_another_schema_is_outdated(self, index, folder):
        pointer = folder / "current"
        pointer.write_bytes(pointer.read_bytes().replace(b'"schema":', b'"schema":9'))
        assert await index.state() is IndexState.OUTDATED

    @pytest.mark.parametrize("pattern", ["current", "0001/_MAIN_*.toc", "0001/*.seg"])
    @pytest.mark.parametrize("rest", [0, 0.5, 0.98])
    async def test_half_a_file_is_a_torn_index(self, index, another, folder, pattern, rest):
        await index.update([saying("děti")])
        path = max(folder.glob(pattern))
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[: int(len(content) * rest)])
        assert await another.state() is IndexState.TORN
        with pytest.raises(IndexUnavailable):
            await another.search(SearchQuery(), the_public())
        with pytest.raises(IndexUnavailable):
            await another.update([saying("děti")])

    @pytest.mark.parametrize("pattern", ["0001/_MAIN_*.toc", "0001/*.seg"])
    async def test_a_file_that_is_not_there_is_a_torn_index(self, index, another, folder, pattern):
        await index.update([saying("děti")])
        path = max(folder.glob(pattern))
        path.unlink()
        assert await another.state() is IndexState.TORN

    async def test_arrays_that_cannot_be_read_make_a_torn_index(self, index, another, folder):
        await index.update([saying("děti " * 50)])
        (path,) = segment_files(folder)
        path.write_bytes(path.read_bytes().replace(b"arr1", b"XXXX"))
        assert await another.state() is IndexState.TORN

    async def test_what_turns_out_later_to_be_unreadable_makes_a_torn_index(self, index, another, folder):
        await index.update([saying("děti", title={"cs": "Qwertz"})])
        (path,) = segment_files(folder)
        path.write_bytes(path.read_bytes().replace(b"qwertz", b"\xff" * 6))
        assert await another.state() is IndexState.READY
        with pytest.raises(IndexUnavailable):
            await another.search(SearchQuery(match=Word("děti"), sort=Sort.TITLE), the_public())
        assert await another.state() is IndexState.TORN

    async def test_a_rebuild_heals_a_torn_index(self, index, folder):
        (folder / "current").write_bytes(b"{")
        assert await index.state() is IndexState.TORN
        await index.rebuild(in_batches([saying("děti")]))
        assert await index.state() is IndexState.READY
        assert await found(index, Word("děti")) == ["p1"]


class TestWriters:
    async def test_a_second_writer_is_told_that_the_index_is_busy(self, index, folder):
        holder = IndexFolder(folder, "")
        with holder.writing(0), pytest.raises(IndexBusy, match="try again"):
            await index.update([saying("děti")])
        await index.update([saying("děti")])
        assert await found(index, Word("děti")) == ["p1"]

    async def test_writers_take_turns(self, folder, index):
        others = [WhooshIndex(folder, shared_analyzer(), patience=10) for _ in range(3)]
        await asyncio.gather(*(other.update([saying("děti", f"p{number}")]) for number, other in enumerate(others)))
        assert await found(index, Word("děti")) == ["p0", "p1", "p2"]
        for other in others:
            await other.close()

    async def test_an_update_that_fails_leaves_the_index_as_it_was(self, index):
        await index.update([saying("děti")])
        before = await index.generation()
        broken = msgspec.structs.replace(saying("škola", "p2"), text=(None,))
        with pytest.raises(IndexUnavailable):
            await index.update([saying("byt"), broken])
        assert (await index.state(), await index.generation()) == (IndexState.READY, before)
        assert await found(index, Word("děti")) == ["p1"]
        await index.update([saying("byt", "p2")])
        assert await found(index, Every(())) == ["p1", "p2"]

    async def test_a_disk_without_room_is_said_before_anything_is_written(self, folder):
        opened = WhooshIndex(folder, shared_analyzer(), free_bytes=1 << 62)
        with pytest.raises(Unavailable, match="make room"):
            await opened.rebuild(in_batches([saying("děti")]))
        assert await opened.state() is IndexState.MISSING
        await opened.close()

    async def test_what_a_killed_writer_left_is_swept(self, index, folder):
        await index.update([saying("děti")])
        live = {path.name for path in (folder / "0001").iterdir()}
        (folder / "0001/MAIN.tmp").mkdir(exist_ok=True)
        for name in ("MAIN.tmp/x.run", "MAIN_0123456789abcdef.trm", "_MAIN_7.toc.1700000000.0", "_MAIN_99.toc"):
            (folder / "0001" / name).write_bytes(b"half")
        await index.update([saying("škola", "p2")])
        await index.update([], ["p2"])
        left = {path.name for path in (folder / "0001").iterdir()}
        # Whole names: those of segments are drawn, and may have any two or three letters in them.
        assert not any(part in name for name in left for part in ("MAIN.tmp", "0123456789", "_MAIN_99.", "1700000000"))
        assert len(live & left) >= 1

    @pytest.mark.parametrize(
        "step", ["folder.IndexFolder.announce", "writing.SegmentWriter.make_lasting", "folder.IndexFolder.switch"]
    )
    async def test_a_killed_commit_is_as_if_it_had_never_been(self, index, folder, step):
        await index.update([saying("děti")])
        killed = in_another_process(
            f"""
            {step} = die
            await index.update([saying("škola")])
            """,
            folder,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert await found(index, Word("děti")) == ["p1"]
        await index.update([saying("byt", "p2")])
        assert await found(index, Every(())) == ["p1", "p2"]


class TestReaders:
    async def test_readers_follow_a_commit_in_another_process(self, index, folder):
        assert await found(index, Word("děti")) == []
        done = in_another_process('await index.update([saying("děti")])', folder)
        assert done.returncode == 0, done.stderr
        assert await found(index, Word("děti")) == ["p1"]

    async def test_a_rebuild_is_seen_at_once_and_whole(self, index, another):
        await index.update([saying("děti")])
        assert await found(another, Word("děti")) == ["p1"]

        async def batches():
            yield [saying("škola", "n1")]
            assert await found(another, Every(())) == ["p1"]
            yield [saying("škola", "n2")]

        await index.rebuild([batches])
        assert await found(another, Every(())) == ["n1", "n2"]

    async def test_the_index_before_the_last_rebuild_stays_until_the_next_one(self, index, folder):
        for _ in range(3):
            await index.rebuild(in_batches([saying("děti")]))
        assert sorted(path.name for path in folder.glob("0*")) == ["0003", "0004"]

    async def test_a_killed_rebuild_changes_nothing_and_the_next_one_sweeps_it(self, index, folder):
        await index.update([saying("děti")])
        killed = in_another_process(
            """
            async def batches():
                yield [saying("škola", "n1")]
                die()
            await index.rebuild([batches])
            """,
            folder,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert (folder / "0002").exists()
        assert await found(index, Every(())) == ["p1"]
        await index.rebuild(in_batches([saying("byt", "n2")]))
        assert await found(index, Every(())) == ["n2"]
        names = sorted(path.name for path in folder.glob("0*"))
        assert "0001" in names
        assert len(names) == 2

    async def test_a_rebuild_that_fails_lets_others_write(self, index):
        async def batches():
            yield [saying("škola", "n1")]
            raise ValueError("no more")

        with pytest.raises(ValueError, match="no more"):
            await index.rebuild([batches])
        await index.update([saying("děti")])
        assert await found(index, Every(())) == ["p1"]

    async def test_many_may_search_at_once_while_one_writes(self, index):
        async def search():
            for _ in range(30):
                result = await index.search(SearchQuery(match=Word("dětem"), facets=("topic",)), the_public())
                assert result.total == result.facets["topic"].values[0].count

        await index.update([saying("děti", f"p{number}") for number in range(20)])
        writes = [saying("děti a škola", f"q{number}") for number in range(10)]

        async def write():
            for entry in writes:
                await index.update([entry])

        await asyncio.gather(write(), *(search() for _ in range(4)))
        assert len(await found(index, Word("děti"))) == 30

    async def test_a_tiny_cache_gives_the_same_answers(self, folder, index):
        entries = [*Chance(5).corpus(), Chance(7).entry("x")]
        await index.update(entries)
        small = WhooshIndex(folder, shared_analyzer(), cache_bytes=1)
        for _ in range(20):
            asked = Chance(9).query()
            assert await small.search(asked, an_admin()) == await index.search(asked, an_admin())
        await small.close()

    async def test_what_is_kept_in_memory_stays_within_the_bound(self, folder, index):
        await index.update(
            [*Chance(5).corpus(), *(saying("děti a škola " * 200, f"q{number}") for number in range(50))]
        )
        bound = 20_000
        small = WhooshIndex(folder, shared_analyzer(), cache_bytes=bound)
        chance = Chance(11)
        kept = []
        for _ in range(40):
            await small.search(chance.query(), an_admin())
            kept.append(small.memory)
        assert bound / 2 < max(kept) <= bound
        await small.close()

    async def test_the_bound_is_a_setting(self, index, folder):
        await index.update([saying("děti a škola " * 200, f"q{number}") for number in range(50)])
        opened = open_index(f"whoosh://{folder}", shared_analyzer(), memory=1 << 20)
        assert isinstance(opened, WhooshIndex)
        for word in ("děti", "škola", "a"):
            await opened.search(SearchQuery(match=Phrase(f"{word} {word}")), an_admin())
        assert 0 < opened.memory <= 1 << 20
        await opened.close()


class TestFollowers:
    @pytest.fixture
    async def following(self, index):
        """The index, which somebody has searched, and which gets ready for what others commit."""
        await index.update([saying("děti", "p0")])
        await index.search(ALL_COUNTED, the_public())
        task = asyncio.create_task(index.follow())
        yield index
        task.cancel()

    async def test_each_commit_is_found_at_once_and_nothing_that_it_took_away(self, following, another):
        for number in range(5):
            await another.update([saying("děti", f"p{number + 1}")], [f"p{number}"])
            assert await found(following, Word("děti")) == [f"p{number + 1}"]
        await another.purge(["p5"])
        assert await found(following, Word("děti")) == []

    async def test_no_search_opens_what_was_opened_before(self, following, another):
        """What every search needs is ready: it is answered where it is asked, which it is only from what is kept."""
        await another.update([saying("škola", "p1")])
        while (result := at_once(following.search(ALL_COUNTED, the_public()))) is None:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)
        assert result.total == 2
        assert sum(count.count for count in result.facets["organisation"].values) == 2

    @pytest.mark.parametrize("seed", range(3))
    async def test_what_it_takes_over_from_one_generation_to_the_next_is_as_if_opened_anew(
        self, following, another, folder, seed
    ):
        """Through commits that add, replace, withdraw and merge, each generation asked the same as the one before."""
        chance = Chance(seed)
        audiences = [the_public(), a_member(), an_admin()]
        asked = [(chance.query(), audience) for _ in range(12) for audience in audiences]
        await another.update(chance.corpus())
        for number in range(writing.TIER + 2):
            coming = [chance.entry(f"n{seed}{number}"), *([chance.entry("d1")] if number % 3 == 1 else [])]
            await another.update(coming, [f"d{number}"] if number % 4 == 3 else [])
            answers = [await following.search(query, audience) for query, audience in asked]
            anew = WhooshIndex(folder, shared_analyzer())
            assert answers == [await anew.search(query, audience) for query, audience in asked]
            for audience in audiences:
                completed = await following.completions("d", audience, 20)
                assert completed == await anew.completions("d", audience, 20)
            await anew.close()

    async def test_a_commit_that_was_announced_and_never_made_is_not_taken_for_the_next(self, following, folder):
        killed = in_another_process(
            """
            folder.IndexFolder.switch = die
            await index.update([saying("děti a škola", "dead")])
            """,
            folder,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        await asyncio.sleep(0.1)  # in which the follower may open it
        assert await found(following, Word("děti")) == ["p0"]
        done = in_another_process('await index.update([saying("děti", "p1")])', folder)
        assert done.returncode == 0, done.stderr
        assert await found(following, Word("děti")) == ["p0", "p1"]

    @pytest.mark.parametrize(
        "left",
        [
            lambda content: content[:5000],
            lambda content: bytes(len(content)),
            lambda content: content.replace(b"qwertz", b"\xff" * 6),
        ],
    )
    async def test_what_was_announced_and_torn_by_a_power_cut_is_forgotten_with_the_next(self, index, folder, left):
        await index.update([saying("děti", "p0")])
        killed = in_another_process(
            """
            writing.SegmentWriter.make_lasting = die
            await index.update([saying("děti a škola", "dead", title={"cs": "Qwertz"})])
            """,
            folder,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        torn = max(segment_files(folder), key=lambda path: path.stat().st_mtime_ns)
        torn.write_bytes(left(torn.read_bytes()))
        after = WhooshIndex(folder, shared_analyzer())
        await after.search(SearchQuery(sort=Sort.TITLE), the_public())
        following = asyncio.create_task(after.follow())
        await asyncio.sleep(0.1)  # in which it may open what was announced
        assert await found(after, Word("děti")) == ["p0"]
        done = in_another_process('await index.update([saying("děti", "p1")])', folder)
        assert done.returncode == 0, done.stderr
        assert await found(after, Word("děti")) == ["p0", "p1"]
        assert not following.done()
        following.cancel()
        await after.close()

    async def test_nothing_becomes_the_index_before_it_is_on_the_disk(self, index, monkeypatch):
        steps = []
        for owner, step in ((writing.SegmentWriter, "make_lasting"), (IndexFolder, "switch")):
            real = getattr(owner, step)
            monkeypatch.setattr(owner, step, lambda self, step=step, real=real: (steps.append(step), real(self))[1])
        await index.update([saying("děti")])
        await index.purge(["p1"])
        await index.rebuild(in_batches([saying("škola")]))
        assert steps == 3 * ["make_lasting", "switch"]

    async def test_a_writer_does_not_wait_for_ever(self, following, another, folder, monkeypatch):
        monkeypatch.setattr("library.engines.whoosh.folder.READY_WITHIN", 0.01)
        with IndexFolder(folder, "1").getting_ready():
            await another.update([saying("děti", "p1")])
        assert await found(following, Word("děti")) == ["p0", "p1"]


class TestMerging:
    async def test_the_number_of_segments_stays_bounded(self, index, folder):
        for number in range(70):
            await index.update([saying(f"děti {number}", f"p{number}")])
        segments = open_dir(folder / "0001")._segments()
        assert len(segments) <= 2 * (writing.TIER - 1) + 1
        assert len(await found(index, Word("děti"))) == 70

    async def test_merged_segments_answer_as_one_that_was_written_at_once(self, index, tmp_path):
        chance = Chance(3)
        entries = {}
        for _ in range(60):
            entry = chance.entry(f"d{chance.randrange(40)}")
            entries[entry.document.id] = entry
            await index.update([entry])
        whole = WhooshIndex(tmp_path / "whole", shared_analyzer())
        await whole.rebuild(in_batches(list(entries.values())))
        for _ in range(100):
            asked = chance.query()
            assert await index.search(asked, an_admin()) == await whole.search(asked, an_admin()), asked
        await whole.close()

    async def test_a_segment_of_mostly_dead_documents_is_written_anew(self, index, folder):
        await index.update([saying("děti", f"p{number}") for number in range(20)])
        await index.update([], [f"p{number}" for number in range(15)])
        (segment,) = open_dir(folder / "0001")._segments()
        assert segment.doc_count_all() == 5

    async def test_a_large_batch_becomes_several_segments_of_one_commit(self, index, folder, monkeypatch):
        monkeypatch.setattr(writing, "TOKENS_AT_ONCE", 10)
        before = await index.generation()
        await index.update([saying("děti a škola", f"p{number}") for number in range(6)])
        assert len(open_dir(folder / "0001")._segments()) > 1
        assert len(await found(index, Word("děti"))) == 6
        assert int((await index.generation()).split(".")[1]) == int(before.split(".")[1]) + 1


class TestScores:
    async def ranked(self, index, match):
        return [hit.id for hit in (await index.search(SearchQuery(match=match), the_public())).hits]

    async def test_a_title_counts_more_than_a_page(self, index):
        await index.update(
            [saying("děti", "page"), saying("nic", "title", title={"cs": "Děti"}), saying("nic", "none")]
        )
        assert await self.ranked(index, Word("děti")) == ["title", "page"]

    async def test_more_of_a_word_counts_more(self, index):
        await index.update([saying("děti nic nic nic", "less"), saying("děti děti nic děti", "more")])
        assert await self.ranked(index, Word("děti")) == ["more", "less"]

    async def test_a_rare_word_counts_more_than_a_common_one(self, index):
        common = [saying("děti", f"p{number}") for number in range(5)]
        await index.update([*common, saying("děti škola", "both"), saying("škola", "rare")])
        either = words.matched_clauses(Every((Word("děti"), Word("škola"))))
        assert (await self.ranked(index, Every(tuple(either)))) == ["both"]

    async def test_nothing_scores_by_what_it_lacks(self, index):
        await index.update([saying("děti", "p1")])
        (hit,) = (await index.search(SearchQuery(match=Not(Word("škola"))), the_public())).hits
        assert hit.score == 0


class TestWordsShown:
    async def expansions(self, index, match):
        found = (await index.search(SearchQuery(match=match), the_public())).expansions
        return [(expansion.word, expansion.meant, expansion.why) for expansion in found]

    async def test_a_word_tells_what_else_it_stood_for(self, index):
        await index.update([saying("Děti a školy")])
        assert await self.expansions(index, Word("dětem")) == [("dětem", ("dítě",), "inflection")]
        assert await self.expansions(index, Word("deti")) == [("deti", ("dítě",), "diacritics")]
        assert await self.expansions(index, Word("škola")) == []

    async def test_exact_words_and_facets_stand_for_themselves(self, index):
        await index.update([saying("Děti")])
        assert await self.expansions(index, Phrase("děti")) == []
        assert await self.expansions(index, Word("deti", "topic")) == []

    async def test_what_only_hidden_documents_have_is_not_told(self, index):
        await index.update([saying("Děti", visibility=Visibility.MEMBERS)])
        assert await self.expansions(index, Word("deti")) == []

    async def test_a_prefix_stands_for_the_first_words_only(self, index, monkeypatch):
        monkeypatch.setattr(words, "MOST_EXPANSIONS", 2)
        await index.update([saying(text, text) for text in ("xac", "xaa", "xab", "xb")])
        assert await found(index, Prefix("xa")) == ["xaa", "xab"]


class TestPassages:
    async def passages(self, index, match, fragments=2):
        (hit,) = (await index.search(SearchQuery(match=match, fragments=fragments), the_public())).hits
        return [(passage.zone, passage.table, passage.tokens) for passage in hit.passages]

    async def test_the_page_with_most_of_the_words_comes_first(self, index):
        await index.update([an_entry(a_practice(), ["děti děti děti", "nic", "škola děti"])])
        assert await self.passages(index, Every((Word("děti"), Word("škola")))) == [
            ("text", 2, (0, 1)),
            ("text", 0, (0, 1, 2)),
        ]

    async def test_then_the_page_with_most_matches_and_pages_before_titles(self, index):
        await index.update([an_entry(a_practice(title={"cs": "Děti"}), ["děti", "děti děti"])])
        assert await self.passages(index, Word("děti"), 3) == [
            ("text", 1, (0, 1)),
            ("text", 0, (0,)),
            ("title", 0, (0,)),
        ]

    async def test_of_hundreds_of_pages_the_best_few_are_pointed_at(self, index):
        pages = ["škola"] * 150 + ["škola škola", "škola a město", "město"] + ["město"] * 150
        await index.update([an_entry(a_practice(), pages)])
        asked = Some((Word("škola"), Word("město")))
        assert [table for _, table, _ in await self.passages(index, asked)] == [151, 150]

    async def test_a_phrase_over_a_pages_end_is_shown_on_both_pages(self, index):
        await index.update([an_entry(a_practice(), ["dál děti", "chodí ven"])])
        assert await self.passages(index, Phrase("děti chodí")) == [("text", 0, (1,)), ("text", 1, (0,))]

    async def test_not_more_tokens_than_one_can_look_at(self, index):
        await index.update([saying("děti " * 500)])
        ((_, _, tokens),) = await self.passages(index, Word("děti"))
        assert tokens == tuple(range(passages.MOST_TOKENS))


async def test_a_thing_is_as_rare_as_all_ways_to_say_it(index):
    much = [saying("doklad doklad", f"cs{number}") for number in range(9)]
    await index.update([*much, saying("document", "en"), saying("svatba", "rare")])
    thing = OneOf((Word("document"), Lemma(("cs:doklad",))), (1.0, 0.5))
    scores = {hit.id: hit.score for hit in await hits(index, thing)}
    assert scores["en"] < (await hits(index, Word("svatba")))[0].score
    assert scores["en"] > scores["cs0"]


async def test_a_way_of_weight_nothing_finds_nothing_but_has_its_part_in_how_rare_the_thing_is(index):
    await index.update([saying("document", "en"), saying("doklad", "cs")])
    alone = OneOf((Word("document"), Word("doklad")), (1.0, 0.0))
    ((hit,), (rarer,)) = (await hits(index, alone), await hits(index, Word("document")))
    assert (hit.id, hit.score < rarer.score) == ("en", True)


async def test_words_that_nobody_wrote_leave_next_to_nothing_behind(index):
    """Most relatives of a word are in no document; keeping of each that it is nowhere once took most of the memory."""
    await index.update([saying("děti ve škole")], [])
    relatives = tuple(f"cs:slovo{number}" for number in range(3_000))
    before = index.memory
    await index.search(SearchQuery(match=OneOf((Word("škola"), Lemma(relatives)), (1.0, 0.5))), an_admin())
    assert index.memory - before < 150_000


async def test_a_search_whose_words_are_known_is_answered_where_it_is_asked(index):
    """Handing it to another thread takes longer than answering it."""
    await index.update([saying("děti ve škole")], [])
    asked = SearchQuery(match=Word("škola"), facets=("topic",), limit=10)
    before = await index.search(asked, an_admin())
    assert at_once(index.search(asked, an_admin())) == before


async def test_what_is_known_is_answered_of_the_present_generation(index, another):
    await index.update([saying("děti ve škole")], [])
    assert await found(index, Word("škola")) == ["p1"]
    await another.update([saying("škola v přírodě", "p2")], ["p1"])
    assert await found(index, Word("škola")) == ["p2"]


async def test_of_many_relatives_only_those_that_some_document_has_are_looked_for(index):
    """As far as a filter said it before, which takes one in fifty of the others for one that is there."""
    await index.update([saying("děti ve škole")], [])
    view = index._snapshot().seen_by(an_admin())
    relatives = Lemma(("cs:dítě", *(f"cs:slovo{number}" for number in range(3_000))))
    assert words.sought(relatives, view, shared_analyzer()).slots[0].lemmas == ("cs:dítě",)


async def test_where_a_word_stands_is_looked_for_only_in_documents_that_have_it(index):
    await index.update([saying("škola děti" if number == 0 else "škola", f"p{number}") for number in range(20)], [])
    await index.search(SearchQuery(match=Some((Word("škola"), Word("děti")))), an_admin())
    kept = [name for segment in index._snapshot().segments for name, _ in index._cache.of_owner(segment.name)]
    assert sum(name[0] == "standing" for name in kept) == 20 + 1
