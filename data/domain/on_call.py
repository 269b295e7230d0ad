"""Who is on call when: the shifts of a level's calendar (design 3.4).

Every rule compares absolute instants, the end of a shift not part of it: whatever a wall clock does
meanwhile, no instant inside a shift is lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.domain.policy import Contact, Level

AHEAD = timedelta(days=14)  # how far ahead gaps are looked for
STALE = timedelta(minutes=25)  # two looks missed, and some


@dataclass(frozen=True, slots=True)
class OnCallShift:
    """A span somebody is on call in, UTC, its end not part of it; ``people`` as the calendar names them."""

    starts: datetime
    ends: datetime
    people: tuple[str, ...]

    def covers(self, instant: datetime) -> bool:
        """True inside the shift."""
        return self.starts <= instant < self.ends


@dataclass(frozen=True, slots=True)
class Calendar:
    """The last good copy of a level's calendar."""

    level: str
    shifts: tuple[OnCallShift, ...] = ()
    fetched_at: datetime | None = None  # the last try
    ok_at: datetime | None = None  # the last good one
    until: datetime | None = None  # how far ahead the shifts reach
    trouble: str = ""

    def stale(self, now: datetime) -> bool:
        """True once the copy is too old to be sure of, or there never was one."""
        return self.ok_at is None or now - self.ok_at > STALE


@dataclass(frozen=True, slots=True)
class Spell:
    """One person's time on call without a break; ``ends`` is None where the calendar does not reach."""

    person: str
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A span nobody is on call in; ``open`` where the look ahead ends before it does."""

    starts: datetime
    ends: datetime
    open: bool = False


def same(one: str, other: str) -> bool:
    """Tell whether two names are the same but for capitals and blanks."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(name.split()).removeprefix("@").casefold()


def on_call(shifts: Iterable[OnCallShift], now: datetime) -> tuple[str, ...]:
    """Return who is on call at an instant, each once, whose shift began first before the others."""
    covering = sorted((shift for shift in shifts if shift.covers(now)), key=lambda shift: shift.starts)
    found: dict[str, str] = {}
    for shift in covering:
        for name in shift.people:
            found.setdefault(_plain(name), name)
    return tuple(found.values())


def spells(calendar: Calendar) -> tuple[Spell, ...]:
    """Return each person's time on call, shifts without a break between them as one, in order."""
    by_person: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for shift in sorted(calendar.shifts, key=lambda shift: shift.starts):
        for name in shift.people:
            spans = by_person.setdefault(_plain(name), [])
            if spans and shift.starts <= spans[-1][2]:
                spans[-1] = (spans[-1][0], spans[-1][1], max(spans[-1][2], shift.ends))
            else:
                spans.append((name, shift.starts, shift.ends))
    reach = calendar.until
    found = [
        Spell(name, starts, None if reach is not None and ends >= reach else ends)
        for spans in by_person.values()
        for name, starts, ends in spans
    ]
    return tuple(sorted(found, key=lambda spell: (spell.starts, spell.person)))


def now_and_next(calendar: Calendar, now: datetime) -> tuple[tuple[Spell, ...], tuple[Spell, ...]]:
    """Return the spells that run now, and those that begin next, all at one instant."""
    known = spells(calendar)
    running = tuple(
        spell for spell in known if spell.starts <= now and (spell.ends is None or now < spell.ends)
    )
    coming = [spell for spell in known if spell.starts > now]
    first = min((spell.starts for spell in coming), default=None)
    return running, tuple(spell for spell in coming if spell.starts == first)


def gaps(calendar: Calendar, now: datetime, ahead: timedelta = AHEAD) -> tuple[Gap, ...]:
    """Return the spans from now on in which nobody is on call, as far as the calendar reaches."""
    if calendar.until is None:
        return ()
    end = min(now + ahead, calendar.until)
    found: list[Gap] = []
    free = now  # nobody is known to be on call from here on
    for shift in sorted(calendar.shifts, key=lambda shift: shift.starts):
        if shift.ends <= free or shift.starts >= end:
            continue
        if shift.starts > free:
            found.append(Gap(free, shift.starts))
        free = shift.ends
    if free < end:
        found.append(Gap(free, end, open=True))
    return tuple(found)


def who(person: str, contacts: Iterable[Contact]) -> Contact | None:
    """Return the contact a name means: by id, name, email or chat, capitals aside; None for a stranger."""
    known = tuple(contacts)
    for kind in ("id", "name", "email", "chat"):
        for contact in known:
            if (name := getattr(contact, kind)) and same(name, person):
                return contact
    return None


def contact_of(person: str, contacts: Iterable[Contact]) -> Contact:
    """Return the contact a name means; a stranger is one without any way to be reached."""
    return who(person, contacts) or Contact("", person)


def answering_now(
    levels: Iterable[Level], calendars: Iterable[Calendar], contacts: tuple[Contact, ...], now: datetime
) -> Mapping[str, tuple[Contact, ...]]:
    """Return by level who its calendar has on call; a level in a gap, or without a copy, has no entry.

    A copy that is stale counts like a fresh one: who was to be on call is a better guess than nobody.
    """
    wanted = {level.id for level in levels if level.calendar}
    found: dict[str, tuple[Contact, ...]] = {}
    for calendar in calendars:
        people = on_call(calendar.shifts, now) if calendar.level in wanted else ()
        if people:
            found[calendar.level] = tuple(dict.fromkeys(contact_of(name, contacts) for name in people))
    return found
