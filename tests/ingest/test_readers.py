"""Readers are lent to one file at a time, and no longer than it is read."""

import asyncio

import pytest

from ingest.extract import Limits
from ingest.readers import Readers


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


async def test_while_one_is_read_one_file_stands_ready_and_those_behind_wait():
    async with Readers(Limits(), 1) as readers, readers.lent(), readers.lent():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), readers.lent():
                pass


async def test_a_reader_that_was_not_needed_is_given_back(file):
    async with Readers(Limits(), 1) as readers:
        async with readers.lent():
            pass
        async with asyncio.timeout(60), readers.lent() as reader:
            assert (await reader.read(file, file.name)).pages
