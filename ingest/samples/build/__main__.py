"""python -m ingest.samples.build: make the sample library's files."""

import sys

from ingest.samples import FILES, SOURCES
from ingest.samples.build import build
from ingest.samples.build.source import CannotBuild

try:
    made = build(SOURCES, FILES)
except CannotBuild as error:
    sys.exit(str(error))
print(f"{len(made) // 2} documents in {FILES}, {sum(path.stat().st_size for path in made):,} bytes")
