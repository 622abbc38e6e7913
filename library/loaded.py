"""What a process has loaded stays for as long as it lives."""

import ctypes
import gc
from contextlib import suppress


def keep_what_is_loaded() -> None:
    """Look for garbage among it no more: a full collection would hold up the searches that it falls into by some
    hundred milliseconds, and documents that come in again and again. What loading has left free, some 20 MB, goes back
    to the system."""
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):  # where the C library is another one
        ctypes.CDLL(None).malloc_trim(0)
