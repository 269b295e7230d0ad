"""Who is here, and what they are at, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

GONE = timedelta(seconds=15)  # without a sign of life


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody at a console. ``since`` is since when they are at it; instants are UTC.

    ``writing`` are the audiences an update is being written to; empty when none is.
    """

    holder: str
    operator: str
    host: str
    view: str
    since: datetime
    seen_at: datetime
    incident: str = ""  # INC-42
    writing: tuple[str, ...] = ()
    key_at: datetime | None = None

    def here(self, now: datetime) -> bool:
        """Tell whether the console still gives a sign of life."""
        return now - self.seen_at <= GONE


def process_of(holder: str) -> str:
    """Return the process a claim is held by: ``watch db1:5e1f checks`` and ``… alerts`` are both one's."""
    head, colon, tail = holder.rpartition(":")
    return head + colon + tail.partition(" ")[0]


def others_at(present: Iterable[Present], incident: str, mine: str) -> tuple[Present, ...]:
    """Return who looks at an incident from another console, by name; ``mine`` is one's own holder."""
    found = (item for item in present if item.incident == incident and item.holder != mine)
    return tuple(sorted(found, key=lambda item: (item.operator, item.holder)))


def writing_too(
    present: Iterable[Present], incident: str, mine: str, audiences: Iterable[str]
) -> tuple[tuple[Present, tuple[str, ...]], ...]:
    """Return who else writes an update on an incident to one of some audiences, and to which of them."""
    wanted = tuple(audiences)
    found = []
    for item in others_at(present, incident, mine):
        shared = tuple(name for name in wanted if name in item.writing)
        if shared:
            found.append((item, shared))
    return tuple(found)
