"""Who is on call when: the shifts of a level's calendar (design 3.4)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OnCallShift:
    """A span somebody is on call in, UTC, its end not part of it; ``people`` as the calendar names them."""

    starts: datetime
    ends: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The last good copy of a level's calendar."""

    level: str
    shifts: tuple[OnCallShift, ...] = ()
    fetched_at: datetime | None = None  # the last try
    ok_at: datetime | None = None  # the last good one
    until: datetime | None = None  # how far ahead the shifts reach
    trouble: str = ""
