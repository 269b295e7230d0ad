"""What the two clocks say at an instant, in words that fit a column (design 3.2 and 4).

Pure: everything comes from stored instants and ``now``. A state is always a word; the tone beside
it only repeats the word as a colour.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from data.domain.clocks import Reading, ResponseState, UpdateState
from data.domain.durations import age, brief
from data.views import BoardRow

CLOCK_WIDTH = 14  # "breached 17:02" is the longest a clock says with seconds in it
NARROW_CLOCK_WIDTH = 12
DASH = "—"

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


class Said(NamedTuple):
    """A clock's words and the tone they are drawn in; ``text`` is not padded."""

    text: str
    tone: str


def response_text(clock: BoardRow | Reading | None, now: datetime, width: int = CLOCK_WIDTH) -> Said:
    """Say how the response clock stands.

    "in 03:12", "soon 00:48", "LATE 01:22"; once acknowledged "met 02:10" or "breached 17:02".
    None, or a row without a due (backfilled, proposed), has no clock and says a dash.
    """
    if isinstance(clock, Reading):
        return _reading_response(clock, now, width)
    if clock is None:
        return Said(DASH, "muted")
    if clock.response_took is not None:
        if clock.response_breached:
            return _said("breached", clock.response_took, "breached", width)
        return _said("met", clock.response_took, "met", width)
    due = clock.response_due
    if due is None:
        return Said(DASH, "muted")
    if _missed(clock, due, now):
        return _said("LATE", now - due, "late", width)
    if clock.response_warn_at is not None and now >= clock.response_warn_at:
        return _said("soon", due - now, "soon", width)
    return _said("in", due - now, "", width)


def update_text(clock: BoardRow | Reading, now: datetime, width: int = CLOCK_WIDTH) -> Said:
    """Say when stakeholders hear next: "in 12:44", "LATE 03:10", "snoozed 05:00", or "stopped"."""
    if isinstance(clock, Reading):
        due = None if clock.state == UpdateState.STOPPED else clock.due
        snoozed = clock.snoozed
    else:
        due, snoozed = clock.update_due, clock.update_snoozed
    if due is None:
        return Said("stopped", "muted")
    if now > due:
        return _said("LATE", now - due, "late", width)
    if snoozed:
        return _said("snoozed", due - now, "snoozed", width)
    return _said("in", due - now, "", width)


def opens_text(row: BoardRow, now: datetime, width: int = CLOCK_WIDTH) -> Said:
    """Say when an unanswered proposal opens by itself: "opens in 01:40", "opens now", or "waits"."""
    if row.opens_at is None:
        return Said("waits", "muted")
    if now >= row.opens_at:
        return Said("opens now", "late")
    return _said("opens in" if width >= CLOCK_WIDTH else "opens", row.opens_at - now, "soon", width)


def is_late(row: BoardRow, now: datetime) -> bool:
    """True when either clock of an incident is past its due now."""
    if row.proposed:
        return False
    if row.update_due is not None and now > row.update_due:
        return True
    return row.response_took is None and row.response_due is not None and _missed(row, row.response_due, now)


def _missed(row: BoardRow, due: datetime, now: datetime) -> bool:
    return now >= due if row.response_strict else now > due


def _reading_response(reading: Reading, now: datetime, width: int) -> Said:
    if reading.took is not None:
        word = "breached" if reading.state == ResponseState.BREACHED else "met"
        return _said(word, reading.took, word, width)
    if reading.due is None:
        return Said(DASH, "muted")
    if reading.state == ResponseState.LATE or now > reading.due:
        return _said("LATE", now - reading.due, "late", width)
    tone = "soon" if reading.state == ResponseState.WARNING else ""
    return _said(tone or "in", reading.due - now, tone, width)


def _said(word: str, span: timedelta, tone: str, width: int) -> Said:
    return _spoken(word, span // _SECOND, tone, width)


@lru_cache(maxsize=8_192)
def _spoken(word: str, seconds: int, tone: str, width: int) -> Said:
    """Say a span as exactly as fits; many rows say the same, and the next look asks again."""
    span = timedelta(seconds=abs(seconds))
    for written in (brief(span), _hours_minutes(span), age(span)):
        if len(word) + 1 + len(written) <= width:
            return Said(f"{word} {written}", tone)
    return Said(word, tone)


def _hours_minutes(span: timedelta) -> str:
    return f"{span // _HOUR}h{span % _HOUR // _MINUTE:02}m"
