"""How often somebody may ask: one small file of counts that all processes of a machine share.

Each count is one moment, as in the generic cell rate algorithm: when all that was asked for will have been paid off, at
so much a second. It lies in a table of fixed size that is mapped into memory; a lock on bytes of the file keeps two
processes from counting at once. Nothing is written to the disk on purpose: losing the counts harms nobody.
"""

import fcntl
import mmap
import os
import secrets
import struct
import time
from collections.abc import Callable
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import NamedTuple

SECRET_BYTES = 16
SETS = 8192
WAYS = 8
"""Counts that share one place in the table. Where all are taken, the one that is paid off first gives way, so that a
flood of names lets some ask more, never less."""
_SLOT = struct.Struct("<Qd")
_SET = struct.Struct("<" + "Qd" * WAYS)
SIZE = SECRET_BYTES + SETS * _SET.size
"""1 MiB, for 65,536 who ask at the same time."""


class Rate(NamedTuple):
    """So many times within so many seconds, all at once or spread."""

    times: int
    seconds: float


class Verdict(NamedTuple):
    allowed: bool
    limit: int
    left: int
    """How many times more, at once."""
    reset: int
    """Seconds until everything may be asked for again."""
    wait: int
    """Seconds until it helps to ask again; 0 where it was allowed."""


class Limits:
    """The counts. Opening makes the file where there is none or where it is of another size."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        if os.fstat(self._file).st_size != SIZE:
            os.ftruncate(self._file, 0)
            os.ftruncate(self._file, SIZE)
            # Nobody can choose names that fall together.
            os.pwrite(self._file, secrets.token_bytes(SECRET_BYTES), 0)
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._table = mmap.mmap(self._file, SIZE)
        self._secret = self._table[:SECRET_BYTES]

    def take(self, who: str, rate: Rate, cost: int = 1) -> Verdict:
        """Count that `who` asks; what is refused costs nothing."""
        name, start = self._place(who)
        fcntl.lockf(self._file, fcntl.LOCK_EX, _SET.size, start)
        try:
            return self._take(name, start, rate, cost)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _SET.size, start)

    def look(self, who: str, rate: Rate) -> Verdict:
        """What `take` would say, without counting."""
        name, start = self._place(who)
        kept = _SET.unpack_from(self._table, start)
        moment = self._clock()
        return _verdict(_paid_off(kept, name, moment, rate), moment, rate, 1)[0]

    def close(self) -> None:
        self._table.close()
        os.close(self._file)

    def _place(self, who: str) -> tuple[int, int]:
        digest = blake2b(who.encode(), key=self._secret, digest_size=8).digest()
        name = int.from_bytes(digest, "little") | 1  # 0 is an empty slot
        return name, SECRET_BYTES + (name >> 1) % SETS * _SET.size

    def _take(self, name: int, start: int, rate: Rate, cost: int) -> Verdict:
        kept = _SET.unpack_from(self._table, start)
        moment = self._clock()
        verdict, paid_off = _verdict(_paid_off(kept, name, moment, rate), moment, rate, cost)
        if verdict.allowed:
            names, moments = kept[::2], kept[1::2]
            way = names.index(name) if name in names else moments.index(min(moments))
            _SLOT.pack_into(self._table, start + way * _SLOT.size, name, paid_off)
        return verdict


def _paid_off(kept: tuple[float, ...], name: int, moment: float, rate: Rate) -> float:
    """When all that this name asked for so far will be paid off; now, for who is not in the table. What lies further
    ahead than a rate reaches comes from a clock that was set back."""
    names = kept[::2]
    found = kept[2 * names.index(name) + 1] if name in names else moment
    return found if moment <= found <= moment + rate.seconds else moment


def _verdict(paid_off: float, moment: float, rate: Rate, cost: int) -> tuple[Verdict, float]:
    each = rate.seconds / rate.times
    then = paid_off + cost * each
    over = then - moment - rate.seconds
    if over > each / 1_000_000:  # what rounding makes is no debt
        return Verdict(
            allowed=False, limit=rate.times, left=0, reset=ceil(paid_off - moment), wait=max(1, ceil(over))
        ), paid_off
    left = int((moment + rate.seconds - then) / each + 0.000_001)
    return Verdict(allowed=True, limit=rate.times, left=left, reset=ceil(then - moment), wait=0), then
