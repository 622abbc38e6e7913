"""In which language a command speaks."""

import argparse

from library.settings import spoken_language
from library.words import LANGUAGES


def say_lang(command: argparse.ArgumentParser) -> None:
    """Let `--lang` choose it."""
    command.add_argument("--lang", choices=LANGUAGES, default=spoken_language(), help="default: as LANG says")
