"""How files that are attached to another one are called, how many are taken, and what is said of the others."""

from collections.abc import Sequence

from ingest.extract.archive import LONGEST_LABEL
from library.language import clean

MOST_ATTACHED = 1_000
_MOST_NAMED = 5


def attached_name(name: str, number: int) -> str:
    """What the `number`th attachment is to be called: a label, never a path."""
    label = " ".join(clean(name).split()).replace("/", "_").replace("\\", "_")[-LONGEST_LABEL:]
    return label if label.strip(".") else f"attachment {number}"


def left_out(attached: int) -> tuple[str, ...]:
    """What is said where more are attached than are taken."""
    more = attached - MOST_ATTACHED
    return (f"{more:,} of {attached:,} attachments were left out: more are not read",) if more > 0 else ()


def damaged_ones(names: Sequence[str]) -> tuple[str, ...]:
    """What is said of enclosed files of which nothing can be read."""
    return (f"files in it that are damaged and were left out: {_listed(names)}",) if names else ()


def needing_memory(names: Sequence[str]) -> tuple[str, ...]:
    """What is said of enclosed files for which there is not memory enough."""
    if not names:
        return ()
    return (f"files in it that need more memory than allowed and were left out, hand them in alone: {_listed(names)}",)


def too_large_ones(names: Sequence[str]) -> tuple[str, ...]:
    """What is said of enclosed files that are larger than is allowed."""
    return (f"files in it that are larger than allowed and were left out: {len(names):,}",) if names else ()


def _listed(names: Sequence[str]) -> str:
    others = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {others:,} others" if others > 0 else "")
