"""A backup is made while the library serves, holds nothing that was purged, and becomes the same library again."""

import asyncio

import msgspec
import pytest

from library.__main__ import main
from library.backups import CATALOGUE, FILES, MANIFEST, back_up, restore
from library.command import ExitCode
from library.errors import BadRequest
from library.exchange import open_exchange
from library.model import File, Organisation
from library.search import SearchQuery, Word
from library.settings import Settings
from tests.builders import a_practice, an_admin, pages_of


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path / "data", free_mb=1))
    await opened.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    await opened.rebuild()
    for number in range(5):
        await add(opened, f"d{number}", f"Nájem bytu {number}.")
    await opened.catch_up()
    yield opened
    await opened.close()


async def add(exchange, document_id: str, text: str) -> str:
    kept = await exchange.originals.keep([text.encode()])
    file = File(name="text.txt", sha256=kept.sha256, media_type="text/plain", size=kept.size)
    await exchange.add(a_practice(id=document_id, files=(file,)), pages_of(text, language="cs"))
    return kept.sha256


async def backed_up(exchange, folder):
    return await back_up(exchange._database, exchange.originals, folder)


async def test_a_restored_library_finds_and_hands_out_the_same(exchange, tmp_path):
    made = await backed_up(exchange, tmp_path / "backup")
    assert (made.documents, made.files, made.missing) == (5, 5, ())
    elsewhere = msgspec.structs.replace(exchange.settings, data=tmp_path / "restored")
    assert restore(tmp_path / "backup", elsewhere) == made
    again = await open_exchange(elsewhere)
    try:
        assert await again.rebuild() == 5
        assert (await again.finding.search(SearchQuery(match=Word("nájem")), an_admin())).total == 5
        _, path = await again.readable.original("d3", "text.txt", an_admin())
        assert path.read_text(encoding="utf-8") == "Nájem bytu 3."
        assert await again.catalog.document("d3") == await exchange.catalog.document("d3")
        assert [each.id for each in await again.accounts.organisations()] == ["alfa"]
    finally:
        await again.close()


async def test_it_is_of_one_moment_while_others_write(exchange, tmp_path):
    async def writing():
        for number in range(40):
            await add(exchange, f"late{number}", f"Pozdě {number}.")

    others = asyncio.create_task(writing())
    await asyncio.sleep(0.05)
    made = await backed_up(exchange, tmp_path / "backup")
    await others
    assert made.missing == ()
    assert restore(tmp_path / "backup", Settings(data=tmp_path / "restored")) == made


async def test_an_archive_is_in_it_and_one_that_went_with_a_purged_file_is_not_missed(exchange, tmp_path):
    archives = []
    for name in ("kept.zip", "purged.zip"):
        archives.append((await exchange.accept([name.encode()], name=name, said={}, organisation="alfa")).job)
        await exchange.inbox.take()
        within = {"said": {"id": f"in-{name[:-4]}"}, "organisation": "alfa", "within": archives[-1].id}
        await exchange.accept([b"a", name.encode()], name=f"{name}/a.md", **within)
        await exchange.inbox.unpacked(archives[-1].id, (), 1)
        await exchange.inbox.done((await exchange.inbox.take()).id)
        await exchange.add(a_practice(id=within["said"]["id"]), pages_of("text"))
    await exchange.purge("in-purged", "a test")
    made = await backed_up(exchange, tmp_path / "backup")
    assert made.missing == ()
    kept = {path.name for path in (tmp_path / "backup" / FILES).rglob("*")}
    assert [job.sha256 in kept for job in archives] == [True, False]


async def test_what_was_purged_before_is_not_in_it(exchange, tmp_path):
    await add(exchange, "secret", "Zmrzlibert a kvapilinka.")
    await exchange.catch_up()
    await exchange.purge("secret", "na žádost")
    await backed_up(exchange, tmp_path / "backup")
    held = b"".join(path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file()).lower()
    assert "nájem".encode() in held
    for word in ("zmrzlibert", "kvapilink"):
        assert word.encode() not in held
        assert word.encode("utf-16-le") not in held


async def test_an_original_that_is_not_there_is_named(exchange, tmp_path):
    sha256 = await add(exchange, "lost", "Ztraceno.")
    exchange.originals.path(sha256).unlink()
    assert (await backed_up(exchange, tmp_path / "backup")).missing == (sha256,)
    restore(tmp_path / "backup", Settings(data=tmp_path / "restored"))


async def test_a_backup_that_is_not_whole_is_refused(exchange, tmp_path):
    await backed_up(exchange, tmp_path / "backup")
    restored = Settings(data=tmp_path / "restored")
    original = next(path for path in (tmp_path / "backup" / FILES).rglob("*") if path.is_file())
    catalogue = tmp_path / "backup" / CATALOGUE
    for path in (original, catalogue, tmp_path / "backup" / MANIFEST):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(BadRequest, match=r"damaged|no whole backup"):
            restore(tmp_path / "backup", restored)
        path.write_bytes(whole)
        assert not restored.database.exists()
    restore(tmp_path / "backup", restored)


async def test_nothing_is_written_over(exchange, tmp_path):
    await backed_up(exchange, tmp_path / "backup")
    with pytest.raises(BadRequest, match="is not empty"):
        await backed_up(exchange, tmp_path / "backup")
    with pytest.raises(BadRequest, match="holds a library already"):
        restore(tmp_path / "backup", exchange.settings)


def test_both_are_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LIBRARY_DATA", str(tmp_path / "data"))
    assert main(["organisations", "add", "alfa", "--name", "Alfa"]) == ExitCode.WELL
    backup = str(tmp_path / "backup")
    assert main(["backup", backup]) == ExitCode.WELL
    assert main(["restore", backup]) == ExitCode.USAGE
    assert "holds a library already" in capsys.readouterr().err
    monkeypatch.setenv("LIBRARY_DATA", str(tmp_path / "restored"))
    assert main(["restore", backup]) == ExitCode.WELL
    assert "purge it once more" in capsys.readouterr().out
    assert main(["check"]) == ExitCode.WELL
