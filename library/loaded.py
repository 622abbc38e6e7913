"""What a process has loaded stays for as long as it lives."""

import ctypes
import gc
from contextlib import suppress

YOUNG = 20_000
"""Things that come into being until garbage is looked for among them: those of a few searches, not Python's 700 things.
A search makes hardly any, and looking for it takes a twentieth of the time."""


def keep_what_is_loaded() -> None:
    """Look for garbage among it no more: a full collection would hold up the searches that it falls into by some
    hundred milliseconds, and documents that come in again and again. What loading has left free, some 20 MB, goes back
    to the system."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    with suppress(OSError, AttributeError):  # where the C library is another one
        ctypes.CDLL(None).malloc_trim(0)
