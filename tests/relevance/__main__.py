"""python -m tests.relevance: how well does the search find what was judged to answer a query?

Every text of every query is asked of the library and of four simple engines over the same documents (systems.py), and
each ranking is measured (measures.py). All passages stand in one index together; queries over the samples are asked of
the sample library, taken in from its files. rows.py says what the rows are.

What the figures can say: whether a change of the search made it better or worse on these texts; where inflection,
missing diacritics, a typing error or another language costs results; how far the library is from engines that anybody
can set up in an hour, each in its most favourable simple setting.

What they cannot say:
- How good the search is for members. The passages are short, clean and few, and one writer made texts, queries and
  judgments (see the package's docstring).
- That a small difference is real. A row has from six to 47 queries; with 47 of them, one query moves a mean by up to
  0.02, with six by 0.17, and the rows share their queries. No interval is given, because the queries are no sample.
- That low figures mean bad ranking. Many answers were written so as not to contain the words of the query: of the
  passages that answer (2 or 3) a query in its own language, 23 of 49 in the first half and 9 of 72 in the second have
  no Snowball stem of a word of four or more letters in common with the query, as written or inflected.
- What the first half's queries find in the second. A document that nobody judged for a query counts as no answer.
  Queries of the half `b` have judgments of passages `a` too, those of `a` none of passages `b`; an answer of theirs
  that stands there counts against every system alike. `--half a` asks one half alone of its own passages.
- How many documents are found. A system that takes any of the words fills its 20 places nearly always, and recall@20
  rewards that; what a person makes of the places behind the answer is not measured.
- How members would search in another language. A row such as `en -> cs` takes the ranking over all documents and
  leaves out the other languages; a member who narrows to a language asks another question.

The reported set is for publishing. `--misses` shows queries of the development set only.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import msgspec

from tests.relevance.collection import Set, half_of, load_collection
from tests.relevance.measuring import Measured, measure
from tests.relevance.report import misses, table


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    sets: tuple[Set, ...] = (asked.set,) if asked.set else get_args(Set)
    collection = half_of(load_collection(), asked.half) if asked.half else load_collection()
    with tempfile.TemporaryDirectory(prefix="relevance-") as folder:
        measured = asyncio.run(measure(collection, Path(folder), sets))
    _show(measured, asked.misses)
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode([each.section for each in measured])))
    return 0


def _show(measured: Sequence[Measured], worst: int) -> None:
    for each in measured:
        print("\n".join(table(each.section)), end="\n\n")
    for each in measured:
        if each.section.set == "development":
            print("\n".join(misses(each.answers, each.titles, worst)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.relevance", description="Measure how well search finds.")
    parser.add_argument("--set", choices=get_args(Set), help="only this set of queries; default: both")
    parser.add_argument(
        "--half", choices=("a", "b", "s"), help="only its queries, over its passages; s: over the samples"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="the N worst answers in development")
    return parser


if __name__ == "__main__":
    sys.exit(main())
