"""What runs in the process that draws pages: one file, a few pages, then it ends.

The file comes opened as standard input; it knows no path, no setting and no network.
`python -m ingest.drawing.child TASK`, where TASK is JSON.
"""

import logging
import resource
import sys
from contextlib import closing

import msgspec
import pypdfium2
from PIL import WebPImagePlugin

from ingest.drawing import wire
from ingest.drawing.page import drawn
from ingest.extract import sandbox
from library.errors import DamagedFile, NeedsMemory

_MB = 1 << 20
_MOST_FILES = 64


def main() -> None:
    sandbox.die_with_parent()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    assert WebPImagePlugin.SUPPORTED  # loaded now: afterwards no library can be
    task = msgspec.json.decode(sys.argv[1], type=wire.Task)
    _limit(task)
    sandbox.enter_sandbox()
    try:
        _draw(sys.stdin.buffer.read(), task)
    except pypdfium2.PdfiumError:
        _say(wire.Refused(DamagedFile.code, "this file cannot be drawn as it is"))
    except MemoryError:
        _say(wire.Refused(NeedsMemory.code, "drawing this file needs more memory than is allowed"))


def _draw(content: bytes, task: wire.Task) -> None:
    with closing(pypdfium2.PdfDocument(content)) as document:
        document.init_forms()
        for number in task.numbers:
            if number <= len(document):
                _say(wire.Drawn(drawn(document, number)))


def _say(answer: wire.Answer) -> None:
    sys.stdout.buffer.write(wire.message(answer))
    sys.stdout.buffer.flush()


def _limit(task: wire.Task) -> None:
    memory = task.memory_mb * _MB
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (task.seconds, task.seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
