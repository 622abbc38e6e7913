"""How a command of ours runs and ends: exit codes, and errors as sentences."""

import asyncio
import os
import pwd
import select
import signal
import sys
from collections.abc import Awaitable, Callable
from enum import IntEnum

from uvloop import new_event_loop

from library.acting import act_as
from library.errors import LibraryError, Unavailable
from library.exchange import Exchange, open_exchange
from library.settings import load_settings, spoken_language
from library.words import words


class ExitCode(IntEnum):
    """What a script that calls us may rely on."""

    WELL = 0
    SOME_FAILED = 1
    USAGE = 2
    NOT_REACHABLE = 3
    INTERRUPTED = 130


def run(command: Callable[[Exchange], Awaitable[ExitCode]], language: str = "") -> int:
    """Open the library that the settings name, run the command in it, and return its exit code. What goes wrong is said
    in this language, or as LANG says."""
    told = words(language or spoken_language())
    _end_like_an_interrupt(signal.SIGTERM)
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            code = runner.run(_with_exchange(command))
        sys.stdout.flush()
    except KeyboardInterrupt:
        complain("interrupted; what was handed in is kept, and the next worker goes on with it")
        return ExitCode.INTERRUPTED
    except Unavailable as error:
        complain(told.of_error(error))
        return ExitCode.NOT_REACHABLE
    except LibraryError as error:
        complain(told.of_error(error))
        return ExitCode.USAGE
    except BrokenPipeError:
        if _is_heard():
            raise
        # What is left goes nowhere: at its end, Python would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.WELL
    else:
        return code


def _is_heard() -> bool:
    """Whether somebody still reads what is printed, and not like `head` has had enough."""
    pipe = select.poll()
    pipe.register(sys.stdout, 0)  # errors are told without being asked for
    return not pipe.poll(0)


def complain(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


async def _with_exchange(command: Callable[[Exchange], Awaitable[ExitCode]]) -> ExitCode:
    act_as(f"{pwd.getpwuid(os.getuid()).pw_name} at the command line")
    exchange = await open_exchange(load_settings())
    try:
        return await command(exchange)
    finally:
        await exchange.close()


def _end_like_an_interrupt(sign: signal.Signals) -> None:
    """So that a service that is stopped gives back what it was working on."""
    # A script's shell starts what runs behind it with interrupts ignored, and so would be what we raise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(sign, lambda *_: signal.raise_signal(signal.SIGINT))
