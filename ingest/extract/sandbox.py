"""What the process that reads foreign files may still do: read code, and answer.

Linux only; elsewhere, nothing changes. Landlock takes away every file and folder but those of Python's
own code and of Tesseract's languages; a
seccomp filter takes away new sockets, programs and processes. Neither needs any right, and each is used where the
kernel has it.
"""

import ctypes
import os
import platform
import struct
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import ingest
import library

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9

# linux/landlock.h: the calls have the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_ALL_OF_FILES = (1 << 13) - 1
"""What the first version of Landlock knows: executing, reading, writing, making and removing of every kind."""

# asm/unistd.h: socket, socketpair, connect, bind, fork, vfork, execve, execveat, ptrace, kill, clone3, clone.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 42, 49, 57, 58, 59, 322, 101, 62), 435, 56),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 221, 281, 117, 129), 435, 220),
}
_CLONE_THREAD = 0x10000
_ALLOW, _REFUSE, _ABSENT = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
"""What the filter answers: go on; EPERM; ENOSYS, upon which the C library tries `clone`, whose flags can be seen."""
_LOAD, _EQUALS, _FROM, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_SECOND_TABLE = 0x40000000
"""From here on x86_64 has all calls once more, for programs with 32-bit pointers."""


def die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends."""
    if platform.system() == "Linux":
        _libc().prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def enter_sandbox(readable: Iterable[Path] = ()) -> tuple[str, ...]:
    """Give up what reading needs not, for good; the names of what is active now. To be called after all imports.
    Beside Python's code, what lies in the `readable` folders may still be read."""
    if platform.system() != "Linux" or _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ()
    active = {"landlock": _landlock([*_code(), *readable]), "seccomp": _seccomp()}
    return tuple(name for name, is_active in active.items() if is_active)


def _landlock(readable: Iterable[Path]) -> bool:
    libc = _libc()
    handled = ctypes.create_string_buffer(struct.pack("=Q", _ALL_OF_FILES), 8)
    ruleset = libc.syscall(_CREATE_RULESET, handled, 8, 0)
    if ruleset < 0:
        return False
    _allow(ruleset, Path(os.devnull), _READ_FILE | _WRITE_FILE)  # libraries that cannot open it crash
    for folder in filter(Path.is_dir, readable):
        _allow(ruleset, folder, _READ_FILE | _READ_DIR)
    active: bool = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return active


def _allow(ruleset: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
    _libc().syscall(_ADD_RULE, ruleset, 1, rule, 0)
    os.close(descriptor)


def _code() -> Iterable[Path]:
    """Where Python code lies that may yet be imported; never the whole project folder, which may hold the data."""
    installed = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    packages = {folder for package in (ingest, library) for folder in package.__path__}
    return map(Path, installed | packages)


def _seccomp() -> bool:
    if platform.machine() not in _CALLS:
        return False
    architecture, refused, clone3, clone = _CALLS[platform.machine()]
    # struct seccomp_data: the call's number at 0, the architecture at 4, the arguments from 16 on.
    program = [
        (_LOAD, 0, 0, 4), (_EQUALS, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0), (_FROM, 0, 1, _SECOND_TABLE), (_RETURN, 0, 0, _REFUSE),
        *(line for call in refused for line in ((_EQUALS, 0, 1, call), (_RETURN, 0, 0, _REFUSE))),
        (_EQUALS, 0, 1, clone3), (_RETURN, 0, 0, _ABSENT),
        (_EQUALS, 0, 3, clone), (_LOAD, 0, 0, 16), (_HAS_BITS, 1, 0, _CLONE_THREAD), (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    lines = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    filters = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(lines)))
    active: bool = _libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filters, 0, 0) == 0
    return active


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
