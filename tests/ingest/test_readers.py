"""Readers are lent to one file at a time, and no longer than it is read."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.extract import Limits
from ingest.readers import AHEAD, Readers


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Děti cizinců se učí ve škole.")
    return path


async def test_a_reader_is_free_for_the_next_file_as_soon_as_the_one_before_is_read(file):
    async with Readers(Limits(), 1) as readers, readers.lent() as first:
        assert (await first.read(file, file.name)).pages
        async with asyncio.timeout(60), readers.lent() as second:
            assert (await second.read(file, file.name)).pages


async def test_while_one_is_read_some_files_stand_ready_and_those_behind_wait():
    async with Readers(Limits(), 1) as readers, AsyncExitStack() as before:
        for _ in range(1 + AHEAD):
            await before.enter_async_context(readers.lent())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), readers.lent():
                pass


async def test_each_of_many_files_is_read_once_by_one_reader(tmp_path):
    files = [tmp_path / f"{number}.pdf" for number in range(12)]
    for number, path in enumerate(files):
        canvas = Canvas(str(path))
        for _ in range(3):
            canvas.drawString(72, 720, f"Counselling for newcomers, {number}.")
            canvas.showPage()
        canvas.save()
    async with Readers(Limits(), 1) as readers:

        async def text(path):
            async with readers.lent() as reader:
                return (await reader.read(path, path.name)).pages[-1].text

        texts = await asyncio.gather(*map(text, files))
    assert texts == [f"Counselling for newcomers, {number}." for number in range(12)]


async def test_a_reader_that_was_not_needed_is_given_back(file):
    async with Readers(Limits(), 1) as readers:
        async with readers.lent():
            pass
        async with asyncio.timeout(60), readers.lent() as reader:
            assert (await reader.read(file, file.name)).pages
