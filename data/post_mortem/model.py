"""What a post-mortem consists of, ready to be written in any form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.domain.action_item import ActionItem
from data.domain.change import Event
from data.domain.incident import Incident
from data.domain.policy import Policy
from data.domain.post_mortem import Part, Section
from data.domain.severity import Severity


@dataclass(frozen=True, slots=True)
class PostMortemView:
    """Everything a post-mortem is made from; ``written`` is what people wrote, by part."""

    seq: int
    incident: Incident
    policy: Policy
    events: tuple[Event, ...]  # oldest first
    written: Mapping[str, str] = field(default_factory=dict)
    items: tuple[ActionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant that counts: when it began, was detected, ...; ``about`` marks one nobody measured."""

    label: str
    at: datetime
    who: str = ""
    about: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """How long something took."""

    label: str
    took: timedelta


@dataclass(frozen=True, slots=True)
class Level:
    """A severity and from when it held."""

    at: datetime
    severity: Severity
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A role and everybody who held it, in that order."""

    role: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attained:
    """How many of what was due came in time (guide: Response Times, Update Frequency)."""

    label: str
    met: int
    of: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the timeline table."""

    at: datetime
    who: str
    text: str
    about: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A part as it is shown; ``by_hand`` once somebody wrote it, else it is filled in from the record."""

    part: Part
    text: str
    todo: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A whole post-mortem. Instants are aware UTC."""

    key: str
    title: str
    severity: Severity
    status: str
    disposition: str
    services: tuple[str, ...]
    state: str  # draft, final, not needed, or empty before anybody began
    blameless: bool
    written_at: datetime
    moments: tuple[Moment, ...]
    spans: tuple[Span, ...]
    levels: tuple[Level, ...]
    ended: datetime | None
    people: tuple[Held, ...]
    attained: tuple[Attained, ...]
    timeline: tuple[Row, ...]
    parts: tuple[Written, ...]
    items: tuple[ActionItem, ...]
    missing: tuple[Section, ...]

    @property
    def done(self) -> int:
        """How many of the six sections are complete."""
        return len(Section) - len(self.missing)

    def of(self, section: Section) -> tuple[Written, ...]:
        """Return a section's parts."""
        return tuple(item for item in self.parts if item.part.section is section)


@dataclass(frozen=True, slots=True)
class OverRow:
    """An incident that is over and how far its post-mortem has come."""

    key: str
    title: str
    severity: Severity
    status: str
    resolved_at: datetime | None
    post_mortem: str
    open_items: int = 0
    items: int = 0
