"""Points in time: aware UTC everywhere, RFC 3339 at the edges (design 3.2)."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from data.domain.durations import brief, parse_duration

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(Z)?", re.ASCII | re.IGNORECASE)
_AGO = re.compile(r"(?:-\s*(.+)|(.+?)\s+ago)", re.IGNORECASE)
_AHEAD = re.compile(r"(?:\+\s*(.+)|in\s+(.+))", re.IGNORECASE)
# A day from either end of the calendar: an instant that has a date in every zone, and can be drawn anywhere.
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_EXAMPLES = "write 2026-11-24T13:46:11Z, 13:46, 20m ago or now"


def utc(instant: datetime) -> datetime:
    """Return the same instant in UTC; raises ValueError for a naive one, which is no instant at all."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


def everywhere(instant: datetime) -> bool:
    """Tell whether an instant has a date in every time zone; whatever comes from outside must."""
    return _FIRST <= instant <= _LAST


def parse_instant(text: str, now: datetime, zone: tzinfo, *, past: bool = False) -> datetime:
    """Read a point in time as people write it and return it in UTC (design 9, INSTANT).

    RFC 3339 with ``Z`` or an offset; ``HH:MM`` is the next such time in ``zone`` after ``now``, or with
    ``past`` the last one up to ``now`` (``HH:MMZ`` the same in UTC); ``-20m`` and ``20m ago``, ``+20m``
    and ``in 20m`` count from ``now``; ``now`` is now. Raises ValueError with a sentence for the user.
    """
    now = utc(now)
    written = text.strip() if len(text) <= 100 else ""
    if written.lower() == "now":
        return now
    if match := _RFC3339.fullmatch(written):
        return _rfc3339(written, match)
    if match := _CLOCK_TIME.fullmatch(written):
        hour, minute, second, z = match.groups()
        wanted = _wall(written, int(hour), int(minute), int(second or 0))
        return _nearest(wanted, now, UTC if z else zone, past=past)
    try:
        if match := _AGO.fullmatch(written):
            return now - parse_duration(match[1] or match[2])
        if match := _AHEAD.fullmatch(written):
            return now + parse_duration(match[1] or match[2])
    except OverflowError:
        raise ValueError(f"{written!r} is outside the calendar") from None
    shown = text if len(text) <= 40 else text[:39] + "…"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII):
        raise ValueError(f"{shown!r} needs a time of day and a zone: write {written}T13:46:11Z")
    raise ValueError(f"{shown!r} is not an instant: {_EXAMPLES}")


def format_instant(instant: datetime) -> str:
    """Write an instant as ``2026-11-24T13:46:11Z`` without parts of a second; ValueError for a naive one."""
    return utc(instant).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def t_plus(span: timedelta) -> str:
    """Write the time since the detection: ``T+17:16``, ``T+2:03:11``, ``T+3d 04h``; before it ``T-02:00``."""
    return f"T{'-' if span <= timedelta(seconds=-1) else '+'}{brief(span)}"


def _rfc3339(written: str, match: re.Match[str]) -> datetime:
    date, clock, seconds, fraction, offset = match.groups()
    if offset is None:
        raise ValueError(f"{written!r} names no zone: end it with Z or an offset like +01:00")
    if fraction is not None and seconds is None:
        raise ValueError(f"{written!r} is not an instant: {_EXAMPLES}")
    # Sources write up to nine digits; a datetime keeps six.
    micro = f".{fraction[:6]:0<6}" if fraction else ""
    try:
        found = utc(datetime.fromisoformat(f"{date}T{clock}{seconds or ':00'}{micro}{offset.upper()}"))
        if everywhere(found):
            return found
        raise ValueError(written)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{written!r} is not in the calendar: check the date, the time and the offset"
        ) from None


def _wall(written: str, hour: int, minute: int, second: int) -> timedelta:
    """Return a time of day as the span since midnight."""
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{written!r} is not a time of day: the last one is 23:59:59")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _nearest(wanted: timedelta, now: datetime, zone: tzinfo, *, past: bool) -> datetime:
    """Find the next, or the last, instant at which a clock on the wall in ``zone`` shows ``wanted``."""
    midnight = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    found: set[datetime] = set()
    for days in (-2, -1, 0, 1, 2):
        wall = midnight + timedelta(days=days) + wanted
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        # A wall time the spring change skips means the same span after midnight: an hour later on the wall.
        found |= {first, second} if second > first else {first}
    return max(at for at in found if at <= now) if past else min(at for at in found if at > now)
