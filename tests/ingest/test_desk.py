"""What staff decide at the command line."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ingest.cli import main
from library.command import ExitCode
from library.exchange import Exchange, open_exchange
from library.model import Document, Organisation, Related, Visibility
from library.settings import Settings
from tests.builders import a_practice, pages_of

LONG = " ".join(f"slovo{number}" for number in range(100))


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("LIBRARY_DATA", str(tmp_path / "data"))
    return Settings(data=tmp_path / "data", free_mb=1)


def in_library(settings: Settings, work: Callable[[Exchange], Awaitable[Any]]) -> Any:
    """What is done to the library between commands, each of which opens it for itself."""

    async def opened() -> Any:
        exchange = await open_exchange(settings)
        try:
            return await work(exchange)
        finally:
            await exchange.close()

    return asyncio.run(opened())


def filled(settings: Settings, *documents: tuple[Document, str]) -> None:
    async def fill(exchange: Exchange) -> None:
        await exchange.accounts.add_organisation(Organisation(id="alfa", name="Alfa"))
        await exchange.rebuild()
        for document, text in documents:
            await exchange.add(document, pages_of(text))
        await exchange.compare()

    in_library(settings, fill)


def command(capsys, *arguments: str) -> str:
    assert main(arguments) == ExitCode.WELL
    return capsys.readouterr().out


def test_held_documents_are_shown_masked_and_confirmed(settings, capsys):
    complete = {field: {"cs": "Něco."} for field in ("context", "objectives", "activities", "results")}
    filled(settings, (a_practice(id="d1", evidence="described", **complete), "Paní Olena Kovalenko."))
    assert command(capsys, "held", "--lang", "cs").startswith("d1             k prohlédnutí: 1  ")
    shown = command(capsys, "held", "d1", "--lang", "cs")
    assert "jméno" in shown
    assert "O•••• K••••••••" in shown
    assert "Olena" not in shown
    seen = re.search(r"--seen (\w+)", shown)[1]
    said = ("--by", "Eva", "--result", "consent given", "--seen", seen)
    confirmed = command(capsys, "confirm", "d1", *said, "--lang", "cs")
    assert confirmed == "Potvrzeno. Dokument d1 má teď viditelnost: public\n"
    document = in_library(settings, lambda exchange: exchange.catalog.document("d1"))
    assert document.visibility is Visibility.PUBLIC
    assert command(capsys, "held") == ""


def test_documents_that_are_alike_are_named_related_and_dismissed(settings, capsys):
    texts = {"a": LONG, "b": LONG, "c": LONG.replace("slovo7 ", "jinak ")}
    filled(settings, *((a_practice(id=document_id), text) for document_id, text in texts.items()))
    lines = command(capsys, "alike", "a", "--lang", "cs").splitlines()
    assert [line.split()[:3] for line in lines] == [["a", "b", "týž"], ["a", "c", "kopie,"]]
    assert lines[0].endswith(": Sousedský stůl | Sousedský stůl")
    command(capsys, "relate", "a", "b")
    command(capsys, "dismiss", "a", "c")
    document = in_library(settings, lambda exchange: exchange.catalog.document("a"))
    assert document.related == (Related(relation="variant_of", document="b"),)
    assert command(capsys, "alike", "a") == ""


def test_who_hands_in_a_copy_is_told_so_at_the_end_and_in_the_report(settings, capsys, tmp_path):
    filled(settings, (a_practice(id="a"), LONG))
    (tmp_path / "copy.txt").write_text(LONG.replace("slovo7 ", "jinak "))
    assert main(["add", str(tmp_path / "copy.txt"), "--lang", "en"]) == ExitCode.WELL
    assert "1 pairs of documents look alike" in capsys.readouterr().err
    assert "1 pairs of documents look alike" in command(capsys, "report", "--lang", "en")
