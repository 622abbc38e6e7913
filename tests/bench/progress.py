"""What the benchmarks are doing, on stderr, for whoever waits for them."""

import sys
import time

_BEGUN = time.monotonic()


def say(doing: str) -> None:
    print(f"{time.monotonic() - _BEGUN:6.0f} s  {doing}", file=sys.stderr, flush=True)
