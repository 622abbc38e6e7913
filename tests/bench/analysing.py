"""How many tokens of running Czech text the analyzer takes a second: `python -m tests.bench.analysing`."""

import time
import tomllib
from pathlib import Path

from library.language import Analyzer, shared_analyzer

TESTS = Path(__file__).parents[1]


def texts() -> list[str]:
    """The Czech passages of the judged collection and the sources of the Czech samples: no two of them alike."""
    files = sorted((TESTS / "relevance" / "passages").glob("*.toml"))
    passages = [each for path in files for each in tomllib.loads(path.read_text(encoding="utf-8"))["passage"]]
    samples = (TESTS.parent / "ingest" / "samples").rglob("*.md")
    return [each["text"] for each in passages if each["language"] == "cs"] + [
        text for path in sorted(samples) if "ě" in (text := path.read_text(encoding="utf-8"))
    ]


def rate(analyzer: Analyzer, analysed: list[str]) -> str:
    """Tokens a second of one processor."""
    begun = time.process_time()
    tokens = sum(len(analyzer.table(text, "cs")) for text in analysed)
    return f"{tokens:,} tokens, {tokens / (time.process_time() - begun):,.0f} a second"


if __name__ == "__main__":
    running = texts()
    print("cold:", rate(shared_analyzer(), running))
    for _ in range(3):
        print("warm:", rate(shared_analyzer(), running))
