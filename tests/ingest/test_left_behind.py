"""What a reader has left that died with its worker does not stay on the disk."""

import tempfile

from ingest.extract import Limits, Reader, sweep_folders


async def test_folders_of_dead_readers_go_and_those_of_living_ones_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, foreign = tmp_path / "good-practice-reader-dead", tmp_path / "good-practice-reader-foreign"
    for folder in (dead, foreign):
        folder.mkdir()
        (folder / "enclosed").write_text("Tajné.", encoding="utf-8")
    (dead / "log").touch()
    text = tmp_path / "text.txt"
    text.write_text("Bydlení ve městě.", encoding="utf-8")
    async with Reader(Limits()) as reader:
        first = await reader.read(text, "text.txt")
        assert sweep_folders() == 1
        assert (dead.exists(), foreign.exists()) == (False, True)
        assert await reader.read(text, "text.txt") == first
    assert {path.name for path in tmp_path.iterdir()} == {"good-practice-reader-foreign", "text.txt"}
