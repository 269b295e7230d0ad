"""What every reader of past incidents returns, and how instants and services are read."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from data.domain.instants import everywhere
from data.domain.past import PastIncident
from data.text import clean_line

_NO_ID = re.compile(r"[^a-z0-9]+")


class NoHistory(ValueError):
    """A file that holds no incidents; the message says why."""


@dataclass(slots=True)
class History:
    """What a file holds: incidents by when they were detected, and how many entries are left out why."""

    source: str  # what kind of file: "statuspage" or "csv"
    incidents: tuple[PastIncident, ...] = ()
    maintenance: int = 0
    still_open: int = 0
    unreadable: int = 0

    @property
    def updates(self) -> int:
        """How many updates there are in all."""
        return sum(len(item.updates) for item in self.incidents)


def in_order(known: dict[str, PastIncident]) -> tuple[PastIncident, ...]:
    """Return incidents by when they were detected."""
    return tuple(sorted(known.values(), key=lambda item: (item.detected_at, item.key)))


def instant(value: object) -> datetime | None:
    """Read an instant with an offset; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        found = at.astimezone(UTC) if at.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and everywhere(found) else None


def service_id(name: str) -> str:
    """Return the id a component's name makes: ``API Gateway`` is ``api-gateway``."""
    return _NO_ID.sub("-", name.lower()).strip("-")[:60].rstrip("-") or clean_line(name, 60)
