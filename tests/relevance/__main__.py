"""python -m tests.relevance: how well does the search find what was judged to answer a query?

Every text of every query is asked of the library and of four simple engines over the same documents (systems.py), and
each ranking is measured (measures.py). rows.py says what the rows of a table are. The tables, for each set of queries:

main        the queries `b` and `c`, in the words that members usually type, over all passages in one index
paraphrase  the queries `a`, whose answers were written so as to avoid the words of the query where they could, over
            the passages `a`, which alone were judged for them: how far a search guesses synonyms, not what members meet
handbook    the queries `h` over the passages `h`, which are written as handbooks are: the nearest to what members meet
samples     the queries `s` over the public documents of the sample library, taken in from its files

and handbook and samples together, as the aims of the project are named: a row such as `cs -> cs` has the documents of
one language.

What the figures can say: whether a change of the search made it better or worse on these texts; where inflection,
missing diacritics, a typing error or another language costs results; how far the library is from engines that anybody
can set up in an hour, each in its most favourable simple setting.

What they cannot say:
- How good the search is for members. The passages are short, clean and few, and whoever judged knew the texts (see
  the package's docstring).
- That a small difference is real. Column `n` says how many queries a row has: in `main` from six to 41, in `handbook`
  up to 60, in `samples` from one to ten. One query moves a mean by up to 1/n, and the rows share their queries. No
  interval is given, because the queries are no sample.
- That low figures mean bad ranking. Of the passages that answer (2 or 3) a query in its own language, 23 of 49 of the
  queries `a`, 9 of 72 of `b` and 9 of 46 of `c` have no Snowball stem of a word of four or more letters in common with
  the query, as written or inflected.
- What else would answer. A document that nobody judged for a query counts as no answer, against every system alike.
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

from tests.relevance.collection import Set, Table, load_collection, part_of
from tests.relevance.measuring import Measured, measure
from tests.relevance.report import misses, table, together


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    sets: tuple[Set, ...] = (asked.set,) if asked.set else get_args(Set)
    collection = part_of(load_collection(), asked.table) if asked.table else load_collection()
    with tempfile.TemporaryDirectory(prefix="relevance-") as folder:
        measured = asyncio.run(measure(collection, Path(folder), sets))
    _show(measured, asked.misses)
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode([each.section for each in measured])))
    return 0


def _show(measured: Sequence[Measured], worst: int) -> None:
    for each in measured:
        print("\n".join(table(each.section)), end="\n\n")
    by_table = {(each.section.set, each.section.table): each.section for each in measured}
    for each in get_args(Set):
        if (each, "handbook") in by_table and (each, "samples") in by_table:
            print("\n".join(table(together(by_table[each, "handbook"], by_table[each, "samples"]))), end="\n\n")
    for each in measured:
        if each.section.set == "development":
            print("\n".join(misses(each.answers, each.titles, worst)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.relevance", description="Measure how well search finds.")
    parser.add_argument("--set", choices=get_args(Set), help="only this set of queries; default: both")
    parser.add_argument("--table", choices=get_args(Table), help="only this table; default: all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="the N worst answers in development")
    return parser


if __name__ == "__main__":
    sys.exit(main())
