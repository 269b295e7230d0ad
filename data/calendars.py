"""From the bytes of a calendar to the shifts in it (iCalendar, RFC 5545; field notes: Calendars).

Nothing a feed holds may stop or drown the program: sizes are capped, recurrences that cannot be walked
through in reasonable time are left out, and whatever is left out is said in the warning.
"""

import re
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from data.calendar_rules import people, tame, tame_zones
from data.domain.on_call import OnCallShift
from data.text import clean_line, decode

LARGEST = 5 * 1024 * 1024  # bytes
MOST_LINES = 150_000
MOST_SERIES = 300  # events that repeat
MOST_SHIFTS = 1_000
BACK, AHEAD = timedelta(days=1), timedelta(days=35)
_MARGIN = timedelta(days=1)  # what a look by wall clocks may be wrong by, zones and their changes included
_DAY = timedelta(days=1)

_PARSING = threading.Lock()

Span = tuple[datetime, datetime, Any]  # when an event begins and ends, and the event


class NotACalendar(ValueError):
    """What was read holds no calendar; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """What a calendar says: its shifts in order, how far ahead they reach, and what had to be guessed."""

    shifts: tuple[OnCallShift, ...]
    until: datetime
    warning: str = ""


@dataclass(slots=True)
class _Doubts:
    """What could not be read as it was meant."""

    zones: dict[str, str] = field(default_factory=dict)  # an unknown zone, and the one it was read in
    broken: int = 0
    nameless: int = 0
    cut: bool = False

    def sentence(self) -> str:
        found = [
            f"time zone {name} is not known, read as {zone}" for name, zone in list(self.zones.items())[:2]
        ]
        if self.broken:
            found.append(f"{_count(self.broken, 'event')} cannot be read")
        if self.nameless:
            found.append(f"{_count(self.nameless, 'shift')} without a name")
        if self.cut:
            found.append(f"only the next {MOST_SHIFTS} shifts are kept")
        return clean_line("; ".join(found))


def read_calendar(
    body: bytes,
    now: datetime,
    *,
    zone: str = "UTC",
    back: timedelta = BACK,
    ahead: timedelta = AHEAD,
    enough: Callable[[], bool] = lambda: False,
) -> Shifts:
    """Return the shifts that touch the span from ``now - back`` to ``now + ahead``.

    Times without a zone, or in one nobody knows, are read in the calendar's own (X-WR-TIMEZONE), else in
    ``zone``. ``enough`` is asked again and again: once it says so, it is given up. Raises NotACalendar.
    """
    begin, end = now - back, now + ahead
    doubts = _Doubts()
    found: list[OnCallShift] = []
    for calendar in _parsed(_text(body)):
        local = _zone(calendar, zone, doubts)
        for starts, ends, event in _spans(calendar, (begin - _MARGIN, end + _MARGIN), local, doubts, enough):
            if not starts < ends or ends <= begin or starts >= end:
                continue
            if str(event.get("STATUS", "")).strip().upper() == "CANCELLED":
                continue
            if names := people(event):
                found.append(OnCallShift(starts, ends, names))
            else:
                doubts.nameless += 1
    shifts = sorted(dict.fromkeys(found), key=lambda shift: (shift.starts, shift.ends, shift.people))
    if len(shifts) > MOST_SHIFTS:
        doubts.cut, end = True, shifts[MOST_SHIFTS].starts
    return Shifts(tuple(shifts[:MOST_SHIFTS]), end, doubts.sentence())


def _text(body: bytes) -> str:
    """Return a calendar's text. Raises NotACalendar for what plainly is none."""
    if len(body) > LARGEST:
        raise NotACalendar(f"it is larger than {LARGEST // 1024 // 1024} MB")
    if not body.strip():
        raise NotACalendar("it is empty")
    if b"\0" in body:
        raise NotACalendar("it is no text")
    text = decode(body).strip()
    if text[:1] == "<":
        raise NotACalendar("it is a web page, perhaps one to log in")
    if not text[:15].upper() == "BEGIN:VCALENDAR":
        raise NotACalendar("it is no calendar: it does not begin with BEGIN:VCALENDAR")
    if not text[-13:].upper() == "END:VCALENDAR":
        raise NotACalendar("it ends in the middle")
    if text.count("\n") > MOST_LINES:
        raise NotACalendar(f"it has more than {MOST_LINES} lines")
    text = re.sub(r"\r?\n[ \t]", "", text)
    if not tame_zones(text):
        raise NotACalendar("a time zone in it changes without end")
    return text


def _parsed(text: str) -> list[Any]:
    from icalendar import Calendar
    from icalendar.error import GloballyUniqueTZIDGuessed
    from icalendar.timezone import tzp

    # a console has no place for what a library would say on stderr
    warnings.filterwarnings("ignore", category=GloballyUniqueTZIDGuessed)
    with _PARSING:
        tzp.use_default()  # it would keep one feed's own zones for all the others
        try:
            return list(Calendar.from_ical(text, multiple=True))
        except Exception as error:  # noqa: BLE001 - whatever the parser stumbles over, it is no calendar
            raise NotACalendar(f"it is no proper calendar ({type(error).__name__})") from None


def _zone(calendar: Any, room: str, doubts: _Doubts) -> ZoneInfo:
    name = clean_line(str(calendar.get("X-WR-TIMEZONE", "")), 60)
    try:
        return ZoneInfo(name or room)
    except (KeyError, ValueError, OSError):
        if name:
            doubts.zones[name] = room
        try:
            return ZoneInfo(room)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")


def _spans(
    calendar: Any,
    window: tuple[datetime, datetime],
    local: ZoneInfo,
    doubts: _Doubts,
    enough: Callable[[], bool],
) -> Iterator[Span]:
    """Yield the spans of all events, in no order; those far outside the window may be missing."""
    series: dict[str, list[Any]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        series.setdefault(str(event.get("UID", number)), []).append(event)
    repeating = 0
    for events in series.values():
        if enough():
            raise NotACalendar("it takes too long to read")
        try:
            for event in events:
                _note_zone(event, local, doubts)
            if len(events) == 1 and not any(
                name in events[0] for name in ("RRULE", "RDATE", "RECURRENCE-ID")
            ):
                yield (*_single(events[0], local), events[0])
                continue
            repeating += 1
            if repeating > MOST_SERIES or not all(tame(event, window[1]) for event in events):
                doubts.broken += 1
                continue
            yield from list(_repeated(events, window, local, own="X-WR-TIMEZONE" in calendar))
        except Exception:  # noqa: BLE001 - one event that cannot be read must not hide the others
            doubts.broken += 1


def _single(event: Any, local: tzinfo) -> tuple[datetime, datetime]:
    """Return when an event that happens once begins and ends."""
    start = event["DTSTART"].dt
    if "DTEND" in event:
        return _instant(start, local), _instant(event["DTEND"].dt, local)
    if "DURATION" in event:
        lasts: timedelta = event["DURATION"].dt
        # whole days are days on the wall, the rest is time that passes
        wall = start + timedelta(days=lasts.days)
        return _instant(start, local), _instant(wall, local) + (lasts - timedelta(days=lasts.days))
    return _instant(start, local), _instant(start if isinstance(start, datetime) else start + _DAY, local)


def _repeated(
    events: list[Any], window: tuple[datetime, datetime], local: ZoneInfo, *, own: bool
) -> Iterator[Span]:
    """Yield what a series comes to in the window, its changed and added occurrences included.

    A calendar with a zone of its own means its times in UTC to follow that zone's wall clock.
    """
    import recurring_ical_events  # type: ignore[import-untyped]
    from icalendar import Calendar

    part = Calendar()
    if own:
        part.add("X-WR-TIMEZONE", local.key)
    for event in events:
        part.add_component(event)
    for found in recurring_ical_events.of(part).between(*window):
        yield _instant(found["DTSTART"].dt, local), _instant(found["DTEND"].dt, local), found


def _instant(at: date | datetime, local: tzinfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time.min, local)
    return (at if at.tzinfo is not None else at.replace(tzinfo=local)).astimezone(UTC)


def _note_zone(event: Any, local: ZoneInfo, doubts: _Doubts) -> None:
    """Note a zone that is named and not known: the parser silently leaves such times without one."""
    start = event["DTSTART"]
    if isinstance(start.dt, datetime) and start.dt.tzinfo is None and (name := start.params.get("TZID")):
        doubts.zones[clean_line(str(name), 60)] = local.key


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
