"""The maps of packages, which stand in their docstrings, name every module."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


PACKAGES = ("library", "library.language", "library.language.learning", "library.web", "library.web.desk", "ingest")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_map_names_every_module(package):
    there = {path.name for path in (ROOT / package.replace(".", "/")).glob("*.py")} - {"__init__.py", "__main__.py"}
    told = importlib.import_module(package).__doc__ or ""
    assert {name for name in there if name not in told} == set()
