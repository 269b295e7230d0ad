"""Lines people add to the timeline: "~13:40 deploy of 4.2 began"."""

import re
from datetime import UTC, datetime, timedelta

from data.domain.instants import utc
from data.post_mortem.model import Row

_LINE = re.compile(
    r"(?:[-*]\s+)?(~\s*)?(?:(\d{4}-\d\d-\d\d)[T ])?(\d{1,2}:\d\d(?::\d\d)?)"
    r"\s?(Z|UTC|[+-]\d\d:\d\d)?[\s,:]+(\S.*)",
    re.ASCII | re.IGNORECASE,
)
_DAY = timedelta(days=1)


def added(text: str, near: datetime) -> list[Row]:
    """Return the rows in a text, one a line; a time without a date is the one nearest to ``near``.

    Times are UTC unless they carry an offset. Raises ValueError with a sentence for a line without a time.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} has no time: write 13:40 or ~13:40, then what happened (UTC)")
        about, day, clock, zone, words = match.groups()
        try:
            at = _instant(day, clock, zone or "", near)
        except (ValueError, OverflowError):
            raise ValueError(f"line {number}: {clock} is not in the calendar") from None
        rows.append(Row(at, "", words, bool(about)))
    return rows


def _instant(day: str | None, clock: str, zone: str, near: datetime) -> datetime:
    offset = zone if zone[:1] in ("+", "-") and zone else "+00:00"
    hour, _, rest = clock.partition(":")
    written = f"{int(hour):02}:{rest}"
    if day is not None:
        return utc(datetime.fromisoformat(f"{day}T{written}{offset}"))
    around = near.astimezone(UTC).date()
    days = (around + shift * _DAY for shift in (-1, 0, 1))
    found = [utc(datetime.fromisoformat(f"{item.isoformat()}T{written}{offset}")) for item in days]
    return min(found, key=lambda at: abs(at - near))
