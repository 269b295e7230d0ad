"""Audiences as the update editor lists them: when each is due, and how it is reached."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from data.domain.clocks import UpdateState, read_audience
from data.domain.policy import Audience
from data.update_facts import wall
from data.update_messages import UpdateView
from widgets.mark_list import Mark
from widgets.safe import fit

_NAME = 20  # cells
_MOMENT = timedelta(microseconds=1)


def marks(view: UpdateView, now: datetime) -> Iterator[Mark]:
    """Return a line for each audience, those marked that the incident is told to."""
    told = view.applicable()
    clocks = {audience.id: clock(view, audience, now) for audience in view.policy.audiences}
    widest = max(map(len, clocks.values()), default=0)
    for audience in view.policy.audiences:
        words = f"{fit(audience.name, _NAME)}  {clocks[audience.id]:{widest}}  {ways(view, audience)}"
        yield Mark(audience.id, words, audience.id in told)


def clock(view: UpdateView, audience: Audience, now: datetime) -> str:
    """Say when an audience hears next: "LATE since 14:02Z", "due 14:32Z", "snoozed to 14:40Z"."""
    known = view.incident.clock(audience.id)
    if known is None or not known.applies:
        return "not told so far"
    reading = read_audience(view.incident, known, now)
    if reading.due is None:
        return f"told {wall(known.sent_at, now)}" if known.sent_at else "never told"
    if reading.state == UpdateState.OVERDUE:
        return f"LATE since {wall(reading.due, now)}"
    if reading.snoozed:
        return f"snoozed to {wall(reading.due, now)}"
    return f"due {wall(reading.due, now)}"


def ways(view: UpdateView, audience: Audience) -> str:
    """Say how an audience is reached, and what is particular about it."""
    names = [channel.id for channel in view.channels_of(audience)]
    over = f"{len(names)} channel{'s' if len(names) > 1 else ''}: {', '.join(names)}" if names else ""
    outside = "outside the company" if audience.external else ""
    return ", ".join(filter(None, (over or "by other means", outside, _waits(view, audience))))


def _waits(view: UpdateView, audience: Audience) -> str:
    """Say that a due has moved to an opening: it lies just where one of the audience's hours begins."""
    known = view.incident.clock(audience.id)
    if audience.hours is None or known is None or not known.applies or not view.incident.live:
        return ""
    return "when they open" if audience.hours.next_open(known.due - _MOMENT) == known.due else ""
