"""What the room has decided: times, audiences, levels and contacts (guide; design 3.1-3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.domain.severity import Severity


@dataclass(frozen=True, slots=True)
class Times:
    """A severity's durations (guide: Response Times, Update Frequency)."""

    response: timedelta
    update: timedelta


GUIDE_TIMES: Mapping[Severity, Times] = {
    Severity.P0: Times(timedelta(minutes=5), timedelta(minutes=30)),
    Severity.P1: Times(timedelta(minutes=15), timedelta(hours=1)),
    Severity.P2: Times(timedelta(hours=1), timedelta(hours=4)),
    Severity.P3: Times(timedelta(hours=4), timedelta(hours=24)),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """When an audience reads: weekdays (Monday is 0) and a span of local wall time."""

    days: tuple[int, ...]
    opens: time
    closes: time
    zone: str

    def next_open(self, instant: datetime) -> datetime:
        """Return ``instant`` itself inside the hours, else their next opening (UTC in, UTC out).

        Hours that close at or before they open run past midnight, into the day after.
        """
        zone = ZoneInfo(self.zone)
        local = instant.astimezone(zone)
        overnight = timedelta(days=1 if self.closes <= self.opens else 0)
        for ahead in range(-1, 9):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() not in self.days:
                continue
            opens = datetime.combine(day, self.opens, zone).astimezone(instant.tzinfo)
            closes = datetime.combine(day + overnight, self.closes, zone).astimezone(instant.tzinfo)
            if opens <= instant < closes:
                return instant
            if opens > instant:
                return opens
        return instant


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told what happens (guide: Stakeholder Updates)."""

    id: str
    name: str
    severities: tuple[Severity, ...] = tuple(Severity)
    by_hand: bool = False  # applies only once somebody switched it on for an incident
    external: bool = False
    channels: tuple[str, ...] = ()
    cadence: tuple[tuple[Severity, timedelta], ...] = ()
    hours: Hours | None = None
    template: str = ""  # the text of its updates (Jinja2); empty: the guide's


@dataclass(frozen=True, slots=True)
class Contact:
    """A person and the ways to reach them; ``notify`` holds secret references, never secrets."""

    id: str
    name: str
    phone: str = ""
    chat: str = ""
    email: str = ""
    zone: str = ""
    notify: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        """True when any way at all is configured."""
        return bool(self.phone or self.chat or self.email or self.notify)


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the escalation ladder (guide: Escalation Path)."""

    id: str
    name: str
    rank: int  # 1 is told first
    contacts: tuple[str, ...] = ()
    calendar: str | None = None
    severities: tuple[Severity, ...] = tuple(Severity)
    delay: tuple[tuple[Severity, timedelta], ...] = ()
    confirmed_only: bool = False  # only once a person acknowledged or confirmed the severity


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the rules need to know about the room."""

    times: Mapping[Severity, Times] = field(default_factory=lambda: dict(GUIDE_TIMES))
    audiences: tuple[Audience, ...] = ()
    levels: tuple[Level, ...] = ()
    contacts: tuple[Contact, ...] = ()
    zone: str = "UTC"
    ladder_repeats: int = 2
    reopen_within: timedelta = timedelta(hours=24)
    confirm_within: tuple[tuple[Severity, timedelta], ...] = (
        (Severity.P0, timedelta(minutes=2)),
        (Severity.P1, timedelta(minutes=2)),
    )
    # by level: who its calendar has on call now; no entry in a gap, and where no calendar was read
    on_call: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)

    def response(self, severity: Severity) -> timedelta:
        """Return how long there is to respond."""
        return self.times[severity].response

    def cadence(self, severity: Severity, audience: str) -> timedelta:
        """Return how often an audience hears from us; an unknown one by the severity alone."""
        for known in self.audiences:
            if known.id == audience:
                return dict(known.cadence).get(severity, self.times[severity].update)
        return self.times[severity].update

    def audience(self, audience_id: str) -> Audience | None:
        """Return the audience with this id, if there is one."""
        return next((item for item in self.audiences if item.id == audience_id), None)

    def level(self, level_id: str) -> Level | None:
        """Return the level with this id, if there is one."""
        return next((item for item in self.levels if item.id == level_id), None)

    def contact(self, contact_id: str) -> Contact | None:
        """Return the contact with this id, if there is one."""
        return next((item for item in self.contacts if item.id == contact_id), None)

    def answering(self, level: Level) -> tuple[Contact, ...]:
        """Return who answers for a level now: whoever of those on call can be reached, else its contacts."""
        on_call = tuple(contact for contact in self.on_call.get(level.id, ()) if contact.reachable)
        named = (self.contact(contact_id) for contact_id in level.contacts)
        return on_call or tuple(contact for contact in named if contact is not None)

    def delay(self, level: Level, severity: Severity) -> timedelta:
        """Return how long a level has before the next is told (default: the response time)."""
        return dict(level.delay).get(severity, self.response(severity))
