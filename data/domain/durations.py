"""Spans of time as people write, read and compare them; a duration is always a `timedelta`."""

import re
from datetime import timedelta

LONGEST = timedelta(days=366)

_MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
# Nine digits of any unit pass the longest duration by far; more would only cost time.
_WRITTEN = re.compile(
    r"(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?"
)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)


def parse_duration(text: str) -> timedelta:
    """Read ``"90s"``, ``"5m"``, ``"1h30m"``, ``"2d"``, ``"250ms"`` (design 10).

    Units go from large to small, each at most once; blanks and capitals do not matter. Raises ValueError
    with a sentence for the user when the text is anything else, zero, or longer than 366 days.
    """
    compact = "".join(text[:100].split()).lower()
    match = _WRITTEN.fullmatch(compact) if len(text) <= 100 else None
    if not compact or match is None:
        hint = " (a number needs a unit)" if compact.isdecimal() and len(text) <= 100 else ""
        raise ValueError(f"{_quoted(text)} is not a duration{hint}: write 90s, 5m, 1h30m or 2d")
    total = sum(
        int(count) * unit
        for count, unit in zip(match.groups(), _MILLISECONDS.values(), strict=True)
        if count is not None
    )
    if total == 0:
        raise ValueError(f"{_quoted(text)} is no time at all: a duration must be longer than zero")
    if total > LONGEST // _MILLISECOND:
        raise ValueError(f"{_quoted(text)} is too long: a duration is at most {LONGEST.days} days")
    return timedelta(milliseconds=total)


def format_duration(duration: timedelta) -> str:
    """Write a duration so that `parse_duration` reads the same one: ``"1h30m"``, ``"1d"``, ``"250ms"``.

    Units that are zero are left out; parts of a millisecond are dropped. Raises ValueError below one
    millisecond, which no duration can be.
    """
    left = duration // _MILLISECOND
    if left <= 0:
        raise ValueError("a duration must be longer than zero")
    written = ""
    for unit, size in _MILLISECONDS.items():
        count, left = divmod(left, size)
        if count:
            written += f"{count}{unit}"
    return written


def spoken(duration: timedelta) -> str:
    """Write a duration for a reader: ``"1.5s"``, ``"1h30m"``, ``"250ms"``; a file gets `format_duration`.

    Parts of a millisecond are dropped; what is shorter than one, or negative, is ``0s``.
    """
    left = duration // _MILLISECOND
    if left < _MILLISECONDS["s"]:
        return f"{left}ms" if left > 0 else "0s"
    written = []
    for unit in ("d", "h", "m"):
        count, left = divmod(left, _MILLISECONDS[unit])
        if count:
            written.append(f"{count}{unit}")
    if left:
        seconds, rest = divmod(left, _MILLISECONDS["s"])
        fraction = f".{rest:03}".rstrip("0") if rest else ""
        written.append(f"{seconds}{fraction}s")
    return "".join(written)


def brief(span: timedelta) -> str:
    """Write a span for a clock (design 4): ``04:40``; from an hour ``2:51:09``; from a day ``3d 04h``.

    Parts of a second are dropped, and so is the sign: a clock says in words which side of its due it is on.
    """
    seconds = abs(span) // _SECOND
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes:02}:{seconds:02}"
    if hours < 24:
        return f"{hours}:{minutes:02}:{seconds:02}"
    days, hours = divmod(hours, 24)
    return f"{days}d {hours:02}h"


def age(span: timedelta) -> str:
    """Write how old something is in its largest whole unit: ``48s``, ``16m``, ``1h``, ``3d`` (design 4).

    What lies ahead of now, by the skew of two clocks, is ``0s`` old.
    """
    seconds = max(0, span // _SECOND)
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _quoted(text: str) -> str:
    """Return what was typed, short and with nothing a terminal obeys in it."""
    return repr(text if len(text) <= 40 else text[:39] + "…")
