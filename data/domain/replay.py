"""An incident's past, instant by instant, from the same events that made its present (design promise 4)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import accumulate

from data.domain.change import Event, apply
from data.domain.durations import parse_duration
from data.domain.incident import Incident
from data.domain.instants import format_instant, parse_instant

EVERY = 64  # events between two states that are kept; what lies between is folded when it is looked at
_SINCE = re.compile(r"t\s*\+\s*(.+)", re.IGNORECASE)
_COUNTED = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d\d)", re.ASCII)
_CLOCK_TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?z?", re.ASCII | re.IGNORECASE)
_EXAMPLES = "write 13:50, T+5m, -10m or a full instant"
_MINUTE = timedelta(minutes=1)


class Record:
    """The events of one incident in order of ``seq``, with the state at any instant quickly at hand.

    An instant's state is the fold of every event up to it in the order they were written; one that was
    written late counts from the instant it tells of, as with ``--at`` (design 9).
    """

    def __init__(self, events: Sequence[Event], told: Collection[int]) -> None:
        """Take at least one event, and the ``seq`` of those a timeline tells of: others are no step."""
        self.events = tuple(events)
        self.begins = self.events[0].at
        self._moments = sorted({event.at for event in events if event.seq in told and event.at > self.begins})
        self._moments.insert(0, self.begins)
        instants = [event.at for event in self.events]
        self._reached = list(accumulate(instants, max))  # the latest instant up to each place
        self._ahead = list(accumulate(reversed(instants), min))[::-1]  # the earliest from each place on
        self._kept: dict[int, Incident | None] = {0: None}
        self._folded(len(self.events))

    def happened(self, at: datetime) -> tuple[Event, ...]:
        """Return the events up to an instant, in order of ``seq``; none before the first."""
        place = bisect_right(self._reached, at)
        return self.events[:place] + self._late(place, at) if place else ()

    def state(self, at: datetime) -> Incident | None:
        """Return the incident as the events up to an instant left it; None before the first."""
        place = bisect_right(self._reached, at)
        if not place:
            return None
        state = self._folded(place)
        for event in self._late(place, at):
            state = apply(state, event)
        return state

    def before(self, at: datetime) -> datetime | None:
        """Return the instant of the last step before another; None where there is none."""
        place = bisect_left(self._moments, at)
        return self._moments[place - 1] if place else None

    def after(self, at: datetime) -> datetime | None:
        """Return the instant of the next step after another; None where there is none."""
        place = bisect_right(self._moments, at)
        return self._moments[place] if place < len(self._moments) else None

    def place(self, at: datetime) -> tuple[int, int]:
        """Return how many steps there had been by an instant, and how many there are."""
        return bisect_right(self._moments, at), len(self._moments)

    def _late(self, place: int, at: datetime) -> tuple[Event, ...]:
        """Return what had happened by an instant though something written before it had not."""
        found: list[Event] = []
        while place < len(self.events) and self._ahead[place] <= at:
            if self.events[place].at <= at:
                found.append(self.events[place])
            place += 1
        return tuple(found)

    def _folded(self, place: int) -> Incident | None:
        start = max(kept for kept in self._kept if kept <= place)
        state = self._kept[start]
        for index in range(start, place):
            state = apply(state, self.events[index])
            if (index + 1) % EVERY == 0:
                self._kept[index + 1] = state
        return state


def parse_moment(
    text: str, shown: datetime, begins: datetime, now: datetime, zone: tzinfo, detected: datetime
) -> datetime:
    """Read an instant of an incident's past as people write it, and return it in UTC.

    ``T+5m`` and ``T+03:51`` count from ``detected``, ``-10m`` and ``+10m`` from the instant that is
    ``shown``, ``13:50`` is such a time of the incident, the one nearest to ``shown``; the rest is read as
    ``--at`` reads it. Raises ValueError with a sentence for what is none, lies before ``begins`` or ahead
    of ``now``.
    """
    written = " ".join(text.split())
    if match := _SINCE.fullmatch(written[:100]):
        wanted = detected + _span(match[1], written)
    elif _CLOCK_TIME.fullmatch(written):
        times = (parse_instant(written, shown, zone, past=past) for past in (True, False))
        wanted = min(times, key=lambda at: (not begins - _MINUTE < at <= now, abs(at - shown)))
        if begins - _MINUTE < wanted < begins:
            return begins  # in the minute it began
    else:
        try:
            wanted = parse_instant(written, shown, zone, past=True)
        except ValueError as error:
            known = f"{error}".partition(": write")[0]
            raise ValueError(f"{known}: {_EXAMPLES}") from None
    if wanted < begins:
        raise ValueError(f"{format_instant(wanted)} is too early: the record begins {format_instant(begins)}")
    if wanted > now:
        raise ValueError(f"{format_instant(wanted)} is still to come: now it is {format_instant(now)}")
    return wanted


def _span(text: str, written: str) -> timedelta:
    """Read the time since the detection: ``5m``, or as it is drawn, ``03:51`` and ``2:03:11``."""
    if match := _COUNTED.fullmatch(text.strip()):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    try:
        return parse_duration(text)
    except ValueError:
        shown = written if len(written) <= 40 else f"{written[:39]}…"
        raise ValueError(f"{shown!r} is not an instant: {_EXAMPLES}") from None
