"""How alike two texts are: copies, edited ones, other formats and translations are told from the rest."""

import random
import tomllib
from pathlib import Path

import numpy as np
import pytest

from library.resemblance import COPY, Library, Signature, estimate, signature
from tests.builders import a_table

SOURCES = sorted((Path(__file__).parents[2] / "ingest" / "samples" / "sources").glob("*.md"))[:12]
TRANSLATED = tomllib.loads(Path(__file__).with_name("translated.toml").read_text(encoding="utf-8"))["text"]


def signed(text: str, language: str = "cs", pages: int = 1) -> Signature:
    words = text.split()
    length = max(1, -(-len(words) // pages))
    parts = [" ".join(words[first : first + length]) for first in range(0, len(words), length)]
    return signature([(part, a_table(part, language)) for part in parts], language)


def changed(text: str, share: float) -> str:
    """The text with this share of its words replaced by others of it, by a fixed choice."""
    chance, words = random.Random(7), text.split()
    return " ".join(chance.choice(words) if chance.random() < share else word for word in words)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8").split("+++")[2] for path in SOURCES}


@pytest.fixture(scope="module")
def samples(texts) -> dict[str, Signature]:
    return {name: signed(text) for name, text in texts.items()}


def test_the_same_text_on_other_pages_is_the_same(texts, samples):
    library = Library(list(samples.items()))
    for name, text in texts.items():
        first, *_ = library.like("new", signed(text.upper().replace("–", "-"), pages=5))
        assert (first.other, first.kind, first.score) == (name, "same_text", 1.0)


def test_a_copy_with_one_word_in_twenty_changed_is_a_copy(texts, samples):
    library = Library(list(samples.items()))
    for name, text in texts.items():
        first, *_ = library.like("new", signed(changed(text, 0.05)))
        assert (first.other, first.kind) == (name, "copy")
        assert first.score >= COPY


def test_other_texts_are_not_alike(samples):
    library = Library(list(samples.items()))
    for name, known in samples.items():
        assert library.like(name, known) == []


def test_the_estimate_is_near_the_share_of_common_runs(texts):
    for text in texts.values():
        words = text.split()
        half = " ".join(words[: len(words) // 2])
        share = estimate(signed(text).minima, signed(half).minima[None])[0]
        assert abs(share - 0.5) < 0.15


def test_short_texts_are_no_copies_of_each_other():
    assert len(signed("Nájem bytu a kauce. " * 3).minima) == 0
    assert Library([("a", signed(""))]).like("b", signed("")) == []
    assert Library([]).like("b", signed("Nájem bytu a kauce.")) == []


def test_a_translation_is_found_among_others_and_nothing_else_is_taken_for_one(samples):
    translated = [(f"{each['name']}-{each['language']}", signed(each["text"], each["language"])) for each in TRANSLATED]
    library = Library([*samples.items(), *translated])
    for name, known in translated:
        found = {each.other for each in library.like(name, known) if each.kind == "translation"}
        story = name.rpartition("-")[0]
        assert found == {other for other, _ in translated if other.startswith(story) and other != name}


def test_texts_in_one_language_are_no_translations_of_each_other():
    one, other = (next(each for each in TRANSLATED if each["language"] == "cs") for _ in range(2))
    library = Library([("one", signed(one["text"]))])
    assert {each.kind for each in library.like("other", signed(other["text"]))} == {"same_text"}


def test_a_signature_is_the_same_in_each_process():
    known = signed("Dvojjazyčná asistentka pomáhá dětem ve školce. " * 8)
    assert known.text[:12] == "1b7d55e2aa16"
    assert int(np.bitwise_xor.reduce(known.minima)) == 348751737
