"""What the process that reads hostile files may still do: read the code it runs, and what it was handed.

Landlock takes away files and the network's TCP, seccomp new sockets, processes and programs; neither needs rights. What
the kernel does not offer is left out, and the log says what holds.
"""

import ctypes
import logging
import os
import platform
import signal
import struct
import sys
from pathlib import Path

logger = logging.getLogger(__name__)

_libc = ctypes.CDLL(None, use_errno=True)

# linux/prctl.h, linux/landlock.h, linux/seccomp.h
_SET_PDEATHSIG, _SET_SECCOMP, _SET_NO_NEW_PRIVS = 1, 22, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH, _FILTER_MODE = 1, 1, 2
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights over files each version of Landlock knows."""
_TCP = 0b11

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
_REFUSED_CALLS = {
    # socket, connect, fork, vfork, execve, ptrace, execveat
    "x86_64": (0xC000003E, (41, 42, 57, 58, 59, 101, 322)),
    "aarch64": (0xC00000B7, (198, 203, 221, 117, 281)),
}


def die_with_parent() -> None:
    """Be killed when the process that started us ends."""
    parent = os.getppid()
    _libc.prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit()


def wall_in() -> tuple[str, ...]:
    """Give up for good what reading needs not; the walls that hold."""
    _libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    walls = tuple(name for name, build in (("landlock", _landlock), ("seccomp", _seccomp)) if build())
    logger.info("walls around the reader: %s", ", ".join(walls) or "none that this kernel offers")
    return walls


def _landlock() -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return False
    rights = (1 << _RIGHTS_BY_VERSION.get(version, max(_RIGHTS_BY_VERSION.values()))) - 1
    asked = struct.pack("QQ", rights, _TCP) if version >= 4 else struct.pack("Q", rights)  # noqa: PLR2004  # TCP came with 4
    rules = _libc.syscall(_CREATE_RULESET, asked, len(asked), 0)
    if rules < 0:
        return False
    try:
        for folder in _code():
            _allow_reading(rules, folder)
        return bool(_libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _code() -> set[Path]:
    """Where Python, its packages and ours lie: some of it is loaded only when a file needs it."""
    ours = Path(__file__).parents[2]
    return {Path(sys.prefix), Path(sys.base_prefix), ours / "ingest", ours / "library"}


def _allow_reading(rules: int, folder: Path) -> None:
    descriptor = os.open(folder, os.O_PATH)
    try:
        rule = struct.pack("=Qi", _READ_FILE | _READ_FOLDER, descriptor)
        _libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _seccomp() -> bool:
    if platform.machine() not in _REFUSED_CALLS:
        return False
    machine, calls = _REFUSED_CALLS[platform.machine()]
    steps = [
        _step(_LOAD, 4),  # seccomp_data.arch
        _step(_EQUAL, machine, otherwise=len(calls) + 2),
        _step(_LOAD, 0),  # seccomp_data.nr
        *(_step(_EQUAL, call, then=len(calls) - place) for place, call in enumerate(calls)),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _REFUSE),
    ]
    program = ctypes.create_string_buffer(b"".join(steps))
    described = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program))
    return bool(_libc.prctl(_SET_SECCOMP, _FILTER_MODE, described, 0, 0) == 0)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
