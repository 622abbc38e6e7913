"""What a process keeps for itself."""

import subprocess
import sys

FAULTS = """
import resource
import sys
import numpy as np
from library.loaded import keep_room

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def work():
    for _ in range(20):
        several = [np.ones(1 << 20) for _ in range(3)]

if sys.argv[1] == "keep":
    keep_room()
work()
before = faults()
work()
print(faults() - before)
"""


def page_faults(how):
    return int(subprocess.check_output([sys.executable, "-c", FAULTS, how]))


def test_where_room_is_kept_large_arrays_do_not_come_from_the_system_each_time():
    assert page_faults("keep") < page_faults("give back") / 10
