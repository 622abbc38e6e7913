"""A disk that fills up in the middle of a batch: nothing accepted is lost, and all goes on when there is room."""

import subprocess
import sys
from pathlib import Path

ROOM = "100m"
"""Size of the disk: the index wants some reserve."""


def test_a_disk_that_fills_up_in_the_middle_of_a_batch_loses_nothing(tmp_path: Path):
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    driver = [sys.executable, "-m", "tests.ingest.full_disk", str(place), str(elsewhere)]
    # A disk of its own, which nobody else sees and which is gone with the process: for root, or as root of its own.
    mount = f"mount -t tmpfs -o size={ROOM} small-disk {place}"
    for private in (["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]):
        if subprocess.run([*private, "sh", "-c", mount], check=False, capture_output=True).returncode == 0:
            command = [*private, "sh", "-c", f'{mount} && exec "$@"', "sh", *driver, "disk"]
            break
    else:  # where neither is allowed, a bound on the size of each file stands for the disk's
        command = [*driver, "limit"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    print(ran.stdout)
    assert ran.returncode == 0, ran.stderr
