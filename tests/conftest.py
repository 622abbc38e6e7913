"""What tests of several kinds share: the sample library, taken in once by the command that staff use."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "ingest" / "samples"


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample library in it. Where several processes test, the first of them to need it fills it,
    and each has a copy of its own."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _filled(tmp_path_factory.mktemp("samples") / "data")
    shared = tmp_path_factory.getbasetemp().parent / "samples"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            _filled(tmp_path_factory.mktemp("samples") / "data").rename(shared)
    return Path(shutil.copytree(shared, tmp_path_factory.mktemp("samples") / "data"))


def _filled(data: Path) -> Path:
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
