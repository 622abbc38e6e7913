"""Requests made from the API's own description, right and wrong, by every role: each is answered as described.

All checks of schemathesis: no 5xx, no status or media type that is not described, no answer that breaks its schema,
what is right is taken, what is wrong refused. A fixed seed and few examples here; `make campaign` runs many.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front.conftest import running

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "2")
ORGANISATION = "severka"


@pytest.fixture(scope="module")
def own_data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample library, which these requests may change."""
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    shutil.copytree(sample_data, data)
    return data


@pytest.fixture(scope="module")
def address(own_data: Path) -> Iterator[str]:
    with running(own_data, LIBRARY_FOLLOW_SECONDS="1") as served:
        yield served


def a_key(data: Path, role: str) -> str:
    command = [sys.executable, "-m", "library", "keys", "add", "--organisation", ORGANISATION, "--role", role]
    made = subprocess.run(
        command, env={**os.environ, "LIBRARY_DATA": str(data)}, capture_output=True, text=True, check=True
    )
    return made.stdout.split()[-1]


@pytest.mark.parametrize("role", ["reader", "member", "staff", "reviewer", "admin"])
def test_each_request_is_answered_as_it_is_described(own_data, address, role):
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{address}/openapi.json"]
    options = {"--max-examples": EXAMPLES, "--phases": "fuzzing", "--seed": "1", "--generation-database": "none"}
    command += [text for option in options.items() for text in option]
    command += ["--no-shrink", "--no-color", "--continue-on-failure", "--request-timeout", "60"]
    if role != "reader":
        command += ["--header", f"X-API-Key: {a_key(own_data, role)}"]
    done = subprocess.run(
        command,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.front.requests_made", "PYTHONPATH": os.curdir},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-2_000:])  # how many requests were made, for `make campaign`
    assert done.returncode == 0, done.stdout[-20_000:]
