"""The README does not rot: its commands are in the Makefile, its requests are answered, its options exist."""

import re
from pathlib import Path

import httpx
import pytest

from ingest.cli import parser as ingest_parser
from library.__main__ import parser as library_parser
from library.search import FACETS
from library.syntax import parse, understood
from tests.samples.conftest import visitor  # noqa: F401  # a fixture

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_make_target_that_is_named_exists():
    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", README, re.MULTILINE))
    assert {"demo", "test", "check"} <= named
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in named)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:GET |127\.0\.0\.1:8000)(/api/v1/[^\s'`]+)", README))))
async def test_every_request_is_answered_with_hits(visitor: httpx.AsyncClient, path: str):  # noqa: F811
    answer = await visitor.get(path)
    assert answer.status_code == 200
    assert answer.json()["items"]


def test_every_parameter_that_is_named_is_known():
    table = README[README.index("| parameter | meaning |") : README.index("The whole contract stands")]
    named = set(re.findall(r"`([a-z_]+)(?:=[^`]*)?`", table)) - {"relevance", "newest", "oldest", "title"}
    ours = {"q", "year_from", "year_to", "added_since", "sort", "page", "per_page", "cursor", "facets", "facet_size"}
    assert named <= ours | {"fields", "not_topic"} | set(FACETS)


@pytest.mark.parametrize(
    "typed", re.findall(r"^\| `([^`]+)` \|", README[: README.index("Each answer says")], re.MULTILINE)
)
def test_what_the_table_says_can_be_typed_is_syntax(typed: str):
    assert understood(parse(typed))


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"\bgood-practice(?:-ingest)? [a-z]+(?: [a-z]+)?", README))), ids=str
)
def test_every_command_that_is_named_exists(line: str):
    program, *words = line.split()
    known = ingest_parser() if program == "good-practice-ingest" else library_parser()
    assert re.search(rf"\b{words[0]}\b", known.format_help())
