"""Shifts over both changes of the clocks, in New York, Berlin and Sydney: no instant of them is lost.

What is expected is read off a clock on the wall, instant by instant, without any calendar.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calendars import read_calendar
from data.domain.on_call import on_call
from tests.calendars import calendar, event

CHANGES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Sydney": (date(2026, 4, 5), date(2026, 10, 4)),
}
DAYS = [(zone, day) for zone, days in CHANGES.items() for day in days]
RULES = {  # daylight begins, standard begins: offset before and after, and the day of the change
    "America/New_York": ("-0500", "-0400", "BYMONTH=3;BYDAY=2SU", "BYMONTH=11;BYDAY=1SU", "02", "02"),
    "Europe/Berlin": ("+0100", "+0200", "BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU", "02", "03"),
    "Australia/Sydney": ("+1000", "+1100", "BYMONTH=10;BYDAY=1SU", "BYMONTH=4;BYDAY=1SU", "02", "03"),
}
Who = Callable[[datetime], str]  # by what a clock on the wall shows


def own_zone(zone: str) -> str:
    """The same zone under a name nobody knows, defined in the calendar itself."""
    standard, daylight, spring, autumn, forward, back = RULES[zone]
    return "\r\n".join(
        [
            "BEGIN:VTIMEZONE",
            "TZID:Ours",
            "BEGIN:DAYLIGHT",
            f"DTSTART:19700101T{forward}0000",
            f"TZOFFSETFROM:{standard}",
            f"TZOFFSETTO:{daylight}",
            f"RRULE:FREQ=YEARLY;{spring}",
            "END:DAYLIGHT",
            "BEGIN:STANDARD",
            f"DTSTART:19700101T{back}0000",
            f"TZOFFSETFROM:{daylight}",
            f"TZOFFSETTO:{standard}",
            f"RRULE:FREQ=YEARLY;{autumn}",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    )


def wall(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S")


def rotation(kind: str, change: date) -> tuple[list[tuple[datetime, datetime, str, str]], Who]:
    """Events in wall time (starts, ends, who, rule), and who is on call at a wall time."""
    monday = datetime.combine(change - timedelta(days=change.weekday() + 14), time())
    if kind == "weekly":
        handover = monday + timedelta(hours=9)
        names = ["ada", "lin"]
        events = [
            (
                handover + timedelta(weeks=turn),
                handover + timedelta(weeks=turn + 1),
                name,
                "WEEKLY;INTERVAL=2",
            )
            for turn, name in enumerate(names)
        ]
        return events, lambda at: names[(at - handover) // timedelta(weeks=1) % 2]
    if kind == "daily":
        handover = monday + timedelta(hours=8, minutes=30)
        names = ["ada", "lin", "sam"]
        events = [
            (handover + timedelta(days=turn), handover + timedelta(days=turn + 1), name, "DAILY;INTERVAL=3")
            for turn, name in enumerate(names)
        ]
        return events, lambda at: names[(at - handover) // timedelta(days=1) % 3]
    day, night = monday + timedelta(hours=6), monday + timedelta(hours=18)
    events = [(day, night, "day", "DAILY"), (night, day + timedelta(days=1), "night", "DAILY")]
    return events, lambda at: "day" if 6 <= at.hour < 18 else "night"


def written(form: str, zone: str, events: list[tuple[datetime, datetime, str, str]], until: date) -> bytes:
    """Write a rotation as a feed does: a named zone, one of its own, no zone, or UTC shift by shift."""
    if form in ("named", "own", "floating"):
        mark = {"named": f";TZID={zone}:", "own": ";TZID=Ours:", "floating": ":"}[form]
        found = [
            event(mark + wall(starts), mark + wall(ends), who, more=[f"RRULE:FREQ={rule}"])
            for starts, ends, who, rule in events
        ]
        return calendar(*([own_zone(zone)] if form == "own" else []), *found)
    local, found = ZoneInfo(zone), []
    for first, last, who, rule in events:
        step = timedelta(weeks=2) if "WEEKLY" in rule else timedelta(days=3 if "INTERVAL" in rule else 1)
        for turn in range((until - first.date()) // step):
            span = [(at + turn * step).replace(tzinfo=local).astimezone(UTC) for at in (first, last)]
            found.append(event(f":{wall(span[0])}Z", f":{wall(span[1])}Z", who))
    head = ["X-WR-TIMEZONE:" + zone] if form == "utc with its zone" else []
    return calendar(*head, *found)


@pytest.mark.parametrize(("zone", "change"), DAYS, ids=str)
@pytest.mark.parametrize("kind", ["weekly", "daily", "nights"])
@pytest.mark.parametrize("form", ["named", "own", "floating", "utc", "utc with its zone"])
def test_whoever_the_wall_says_is_on_call(zone: str, change: date, kind: str, form: str) -> None:
    events, who = rotation(kind, change)
    body = written(form, zone, events, change + timedelta(days=20))
    local = ZoneInfo(zone)
    middle = datetime.combine(change, time(2), local).astimezone(UTC)
    shifts = read_calendar(body, middle, zone=zone, back=timedelta(days=3), ahead=timedelta(days=3)).shifts
    wrong = []
    for minutes in range(-60 * 50, 60 * 50, 10):
        at = middle + timedelta(minutes=minutes)
        expected = who(at.astimezone(local).replace(tzinfo=None))
        if on_call(shifts, at) != (expected,):
            wrong.append((at, expected, on_call(shifts, at)))
    assert wrong == []


@pytest.mark.parametrize(("zone", "change"), DAYS, ids=str)
@pytest.mark.parametrize("form", ["named", "own", "floating", "utc with its zone"])
def test_the_last_hour_of_a_night_over_the_change_is_there_when_asked_in_it(
    zone: str, change: date, form: str
) -> None:
    """Asked for the present alone, the libraries underneath lose it in autumn."""
    events, _ = rotation("nights", change)
    body = written(form, zone, events, change + timedelta(days=20))
    night = datetime.combine(change - timedelta(days=1), time(18), ZoneInfo(zone)).astimezone(UTC)
    end = datetime.combine(change, time(6), ZoneInfo(zone)).astimezone(UTC)
    assert (end - night) in (timedelta(hours=11), timedelta(hours=13))
    for at in (night, end - timedelta(minutes=59), end - timedelta(minutes=1), end - timedelta(seconds=1)):
        found = read_calendar(body, at, zone=zone, back=timedelta(0), ahead=timedelta(seconds=1))
        assert on_call(found.shifts, at) == ("night",), at
    found = read_calendar(body, end, zone=zone, back=timedelta(0), ahead=timedelta(seconds=1))
    assert on_call(found.shifts, end) == ("day",)


def test_two_feeds_may_call_different_zones_alike() -> None:
    for zone, hour in (("America/New_York", 14), ("Europe/Berlin", 8), ("Australia/Sydney", 22)):
        shift = event(";TZID=Ours:20261124T090000", ";TZID=Ours:20261124T100000")
        found = read_calendar(calendar(own_zone(zone), shift), datetime(2026, 11, 24, 9, tzinfo=UTC))
        assert [item.starts.hour for item in found.shifts] == [hour]


@settings(max_examples=60, deadline=None)
@given(
    zone_and_day=st.sampled_from(DAYS),
    form=st.sampled_from(["named", "own", "floating"]),
    handover=st.integers(0, 24 * 60 - 1),
    days=st.integers(1, 7),
    people=st.integers(1, 4),
    offset=st.integers(-4 * 24 * 60, 4 * 24 * 60),
)
def test_in_an_unbroken_rotation_somebody_is_on_call_at_every_instant(
    zone_and_day: tuple[str, date], form: str, handover: int, days: int, people: int, offset: int
) -> None:
    zone, change = zone_and_day
    first = datetime.combine(change - timedelta(days=30), time()) + timedelta(minutes=handover)
    each = timedelta(days=days)
    events = [
        (first + turn * each, first + (turn + 1) * each, f"p{turn}", f"DAILY;INTERVAL={days * people}")
        for turn in range(people)
    ]
    at = datetime.combine(change, time(), UTC) + timedelta(minutes=offset)
    found = read_calendar(written(form, zone, events, change), at, zone=zone, back=timedelta(0))
    assert len(on_call(found.shifts, at)) == 1
