"""What a process has loaded stays for as long as it lives, and so does the room that its work needs again and again."""

import ctypes
import gc
from contextlib import suppress

YOUNG = 20_000
"""Things that come into being until garbage is looked for among them: those of a few searches, not Python's 700 things.
A search makes hardly any, and looking for it takes a twentieth of the time."""

ROOM = 128 << 20
"""Bytes of freed memory that `keep_room` keeps at most."""
LARGEST = 32 << 20
"""Bytes of one piece of memory that may come out of it: the most that the C library allows."""
AT_ONCE = 16 << 20
"""Bytes that the system is asked for at a time."""
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""As malloc.h of glibc numbers its settings."""


def keep_what_is_loaded() -> None:
    """Look for garbage among it no more: a full collection would hold up the searches that it falls into by some
    hundred milliseconds, and documents that come in again and again. What loading has left free, some 20 MB, goes back
    to the system."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    with suppress(OSError, AttributeError):  # where the C library is another one
        ctypes.CDLL(None).malloc_trim(0)


def keep_room() -> None:
    """Use what was freed again, where else it goes back to the system and comes anew, page by page: an eighth of the
    time in which a commit of the index is written. For processes that write, not for those that count their memory."""
    with suppress(OSError, AttributeError):  # where the C library is another one
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, LARGEST)
        library.mallopt(_TRIM_THRESHOLD, ROOM)
        library.mallopt(_TOP_PAD, AT_ONCE)
