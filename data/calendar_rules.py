"""What of an event's properties can be believed: who it names, and whether its recurrence comes to an end.

Feeds write people as PagerDuty (``On Call - Name - Schedule``), Grafana OnCall (``[L1] user, user``) or
plain calendars do, else as attendees.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from data.text import clean_line

MOST_PEOPLE = 10
MOST_STEPS = 500_000  # periods between a series' start and the look ahead
_NAME = 80  # characters
_ON_CALL = re.compile(r"on[- ]?call\s*(?:[-–—:]|\bis\b)\s*(?P<who>.+?)(?:\s+[-–—]\s.*)?", re.IGNORECASE)
_IN_LEVEL = re.compile(r"\[[^\]]*\]\s*(?P<who>.*)")
_BETWEEN = re.compile(r"[,;&]")

_HOURS = {"YEARLY": 8_766, "MONTHLY": 730, "WEEKLY": 168, "DAILY": 24, "HOURLY": 1}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", *_TIMES}
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ZONE = re.compile(r"^BEGIN:VTIMEZONE\s*$(.*?)^END:VTIMEZONE\s*$", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_RULES = re.compile(r"^(?:RRULE|EXRULE)[^:\n]*:(.*)$", re.MULTILINE | re.IGNORECASE)


def people(event: Any) -> tuple[str, ...]:
    """Return who an event names, cleaned, each once."""
    summary = clean_line(str(event.get("SUMMARY", "")))
    match = _ON_CALL.fullmatch(summary) or _IN_LEVEL.fullmatch(summary)
    titled = _BETWEEN.split(match["who"] if match else summary)
    names = titled if match else list(_attendees(event)) or titled
    said = (clean_line(name, _NAME).strip(" -–—") for name in names)
    return tuple(dict.fromkeys(name for name in said if name))[:MOST_PEOPLE]


def _attendees(event: Any) -> Iterator[str]:
    found = event.get("ATTENDEE", ())
    for attendee in found if isinstance(found, list) else (found,) if found else ():
        said = getattr(attendee, "params", {})
        if str(said.get("PARTSTAT", "")).upper() == "DECLINED":
            continue
        if str(said.get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE"):
            continue
        address = str(attendee)
        yield str(said.get("CN", "")) or (address[7:] if address[:7].lower() == "mailto:" else address)


def tame(event: Any, horizon: datetime) -> bool:
    """Tell whether what an event repeats can be walked through: never by the minute, never without a hit."""
    rules = event.get("RRULE")
    start = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(start, date):
        return False
    years = horizon.year + 1 - start.year
    if "RRULE" not in event:
        return True
    return all(_walkable(rule, years) for rule in (rules if isinstance(rules, list) else [rules]))


def _walkable(rule: Any, years: int) -> bool:
    if not isinstance(rule, Mapping):
        return False
    parts = {str(name).upper(): value if isinstance(value, list) else [value] for name, value in rule.items()}
    hours = _HOURS.get(str(parts.get("FREQ", [""])[0]).upper())
    if hours is None or not parts.keys() <= _KNOWN:
        return False
    interval = parts.get("INTERVAL", [1])[0]
    if not isinstance(interval, int) or interval < 1 or years * 8_766 > MOST_STEPS * hours * interval:
        return False
    at_times = 1
    for name in _TIMES:
        at_times *= len(parts.get(name, [0]))
    return at_times <= 24 and _can_happen(parts, hours)


def _can_happen(parts: Mapping[str, list[Any]], hours: int) -> bool:
    """Tell whether a rule has an occurrence at all: one that has none is looked for until the year 9999."""
    days = [int(day) for day in parts.get("BYMONTHDAY", ())]
    months = [int(month) for month in parts.get("BYMONTH", ())] or list(range(1, 13))
    if days and not any(
        1 <= abs(day) <= _LONGEST_MONTHS[month - 1] for day in days for month in months if 1 <= month <= 12
    ):
        return False
    counted = [int(found) for day in parts.get("BYDAY", ()) if (found := str(day)[:-2])]
    if counted and (days or not all(1 <= abs(number) <= 5 for number in counted)):
        return False
    places = [int(place) for place in parts.get("BYSETPOS", ())]
    return not places or (hours >= _HOURS["MONTHLY"] and all(1 <= abs(place) <= 4 for place in places))


def tame_zones(text: str) -> bool:
    """Tell whether every zone a calendar defines changes by the year, as zones do."""
    rules = (rule for zone in _ZONE.finditer(text) for rule in _RULES.findall(zone[1]))
    return all(re.search(r"FREQ=YEARLY", rule, re.IGNORECASE) and not _odd(rule) for rule in rules)


def _odd(rule: str) -> bool:
    return bool(
        re.search(r"BY(?:HOUR|MINUTE|SECOND|SETPOS|WEEKNO|YEARDAY)=|INTERVAL=0+(?:;|$)", rule, re.IGNORECASE)
    )
