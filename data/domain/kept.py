"""Whether stakeholder updates came in time, read from the record (guide: Update Frequency)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.domain.change import AUDIENCE, Event


@dataclass(frozen=True, slots=True)
class Attainment:
    """How many promises were kept, and how many were not."""

    met: int = 0
    missed: int = 0

    def __add__(self, other: "Attainment") -> "Attainment":
        """Return both together."""
        return Attainment(self.met + other.met, self.missed + other.missed)

    @property
    def total(self) -> int:
        """How many promises there were."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """The part that was kept, 0 to 1; None where nothing was promised."""
        return self.met / self.total if self.total else None


NOTHING_PROMISED = Attainment()


def updates_kept(events: Iterable[Event], now: datetime) -> Attainment:
    """Count the updates of one incident that were due: sent by their due, or not (design 3.2).

    ``events`` are its own, oldest first; those of clocks and of the incident itself are enough. A snooze
    counts when it came before the due. What was still owed at the end, or is overdue now, was missed.
    """
    clocks: dict[str, dict[str, Any]] = {}
    told, live = Attainment(), True
    for event in events:
        if event.subject.startswith(AUDIENCE):
            clock = clocks.setdefault(event.subject, {})
            told += _moved(clock, event) if live else Attainment()  # a clock stands still once it is over
            clock.update(event.after)
            continue
        for item in event.after.get("updates") or ():
            clocks[AUDIENCE + item["audience"]] = dict(item)
        ended = event.after.get("resolved_at")
        if ended:
            told += Attainment(missed=_owed(clocks, datetime.fromisoformat(ended)))
        if "status" in event.after:
            live = event.after["status"] not in ("resolved", "closed")
    return told + Attainment(missed=_owed(clocks, now)) if live else told


def _moved(clock: Mapping[str, Any], event: Event) -> Attainment:
    """Return what an event that moves a clock says of the update that was due."""
    due = _due(clock)
    sent = event.after.get("sent_at")
    if due is None or event.undoes is not None:
        return Attainment()
    if sent:
        at = datetime.fromisoformat(sent)
        return Attainment(met=1) if at <= due else Attainment(missed=1)
    snoozed = bool(event.after.get("snoozed_until"))
    return Attainment(missed=1) if snoozed and event.kind == "snooze" and event.at > due else Attainment()


def _owed(clocks: Mapping[str, Mapping[str, Any]], at: datetime) -> int:
    dues = map(_due, clocks.values())
    return sum(due is not None and due < at for due in dues)


def _due(clock: Mapping[str, Any]) -> datetime | None:
    """Return when a clock's update is due, a snooze counted; None for one that stands still."""
    if not clock.get("applies") or not clock.get("due"):
        return None
    due = datetime.fromisoformat(clock["due"])
    snoozed = clock.get("snoozed_until")
    return max(due, datetime.fromisoformat(snoozed)) if snoozed else due
