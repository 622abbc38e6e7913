"""Whether all of the benchmark can still be run, which takes too long for the tests."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

import tests.bench


@pytest.mark.parametrize("module", [each.name for each in iter_modules(tests.bench.__path__)])
def test_each_part_finds_what_it_needs_of_the_library(module):
    import_module(f"tests.bench.{module}")
