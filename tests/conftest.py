"""What tests of several kinds share: the sample library, taken in once by the command that staff use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "ingest" / "samples"


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample library in it."""
    data = tmp_path_factory.mktemp("samples") / "data"
    environment = {**os.environ, "LIBRARY_DATA": str(data)}
    for command in (
        ["library", "organisations", "add", "--from", str(SAMPLES / "organisations.toml")],
        ["ingest", "add", str(SAMPLES / "files")],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return data
