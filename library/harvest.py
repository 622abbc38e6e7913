"""What harvesters and search machines are told: what the public sees, since when, and what it no longer does."""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from msgspec import Struct

from library.catalog import Catalog, Stamp
from library.model import Audience, DocumentId, OrganisationId


class Notice(Struct, frozen=True):
    """That a document is there, or that it has gone."""

    id: DocumentId
    moment: datetime
    """Of the last change that can be seen from outside, UTC, to the second."""
    kind: str
    organisation: OrganisationId
    gone: bool


class Harvest:
    """Follows the catalogue; only what has changed since the last look is read again."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._stamps: dict[DocumentId, Stamp] = {}
        self._revision = 0

    async def notices(self, today: Audience) -> list[Notice]:
        """All that the public may know of on this audience's day, in the order of their moments."""
        changed = await self._catalog.stamps(self._revision)
        for stamp in changed:
            self._stamps[stamp.id] = stamp
            self._revision = max(self._revision, stamp.revision)
        return sorted(_noticed(self._stamps.values(), today), key=lambda notice: (notice.moment, notice.id))


def _noticed(stamps: Iterable[Stamp], public: Audience) -> Iterable[Notice]:
    for stamp in stamps:
        seen = not stamp.withdrawn and public.may_see(stamp.visibility, stamp.organisation, stamp.embargo_until)
        if seen:
            yield Notice(stamp.id, _appeared(stamp), stamp.kind, stamp.organisation, gone=False)
        elif stamp.unpublished is not None:
            yield Notice(stamp.id, _second(stamp.unpublished), stamp.kind, stamp.organisation, gone=True)


def _appeared(stamp: Stamp) -> datetime:
    """An embargo that ends makes a document new, though nobody touched it that day."""
    changed = _second(stamp.changed)
    if stamp.embargo_until is None:
        return changed
    return max(changed, datetime.combine(stamp.embargo_until, time(), UTC))


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
