"""What somebody needs who comes late: told last, impact, decisions, who does what now (design 3.9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from data.domain.change import Event
from data.domain.clocks import read_update
from data.domain.durations import brief as short
from data.domain.incident import Incident, StepState
from data.update_facts import answers_of

_DECISION, _FINDING = "decision:", "finding:"
_ROLES = {"ic": "IC", "deputy": "deputy", "scribe": "scribe", "comms": "comms", "expert": "expert"}


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said: when (UTC), by whom, and in which words."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """An incident in a minute. A note that begins with ``decision:`` or ``finding:`` is one."""

    update: Said | None = None
    told: tuple[str, ...] = ()  # audiences of that update
    impact: str = ""
    decisions: tuple[Said, ...] = ()  # oldest first
    findings: tuple[Said, ...] = ()

    @property
    def empty(self) -> bool:
        """True while there is nothing of it."""
        return self.update is None and not (self.impact or self.decisions or self.findings)


NOTHING = Brief()


def brief_of(events: Sequence[Event]) -> Brief:
    """Return what an incident's events, oldest first, tell who comes late."""
    update, told, impact = None, (), ""
    noted: dict[str, list[Said]] = {_DECISION: [], _FINDING: []}
    for event in events:
        text = str(event.data.get("text", ""))
        if event.kind == "update":
            update, told = Said(event.at, event.by, text), tuple(event.data.get("audiences") or ())
            impact = answers_of(event.data.get("answers")).impact or impact
        elif event.kind == "note":
            for prefix, found in noted.items():
                if text.lower().startswith(prefix):
                    found.append(Said(event.at, event.by, text[len(prefix) :].strip()))
    return Brief(update, told, impact, tuple(noted[_DECISION]), tuple(noted[_FINDING]))


def at_work(incident: Incident) -> tuple[tuple[str, str, datetime | None], ...]:
    """Return who works on which step, and since when."""
    return tuple(
        (step.owner or step.by, step.title, step.at)
        for step in incident.steps
        if step.state is StepState.DOING
    )


def card(brief: Brief, incident: Incident, now: datetime, zone: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (heading, lines) of everything, the most needed first."""

    def at(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone))
        day = "" if instant.date() == now.date() else f"{local:%m-%d} "
        return f"{day}{local:%H:%M}" + ("Z" if zone == "UTC" else f" {local:%Z}")

    if brief.update is not None:
        yield (
            f"Told last {at(brief.update.at)} by {brief.update.by} to {', '.join(brief.told)}",
            tuple(brief.update.text.splitlines()),
        )
    else:
        yield "Told last", ("nobody was told anything yet",)
    reading = read_update(incident, now)
    if reading.due is not None:
        ahead = f"in {short(reading.due - now)}" if reading.due >= now else f"LATE {short(now - reading.due)}"
        yield "Next update", (f"{at(reading.due)}, {ahead}, to {reading.audience}",)
    yield "Impact", (brief.impact or "nobody has written it down: u does",)
    for heading, found in (("Decisions", brief.decisions), ("Findings", brief.findings)):
        if found:
            yield heading, tuple(f"{at(item.at)} {item.by}: {item.text}" for item in reversed(found))
    if not brief.decisions:
        yield "Decisions", ('none: a note that begins with "decision:" is one',)
    roles = tuple(f"{_ROLES[role.value]} {person}" for role, person in incident.roles)
    yield "Who", (" · ".join(roles) or "nobody has a role: t takes one",)
    doing = tuple(
        f"{who}: {title}{f' since {at(since)}' if since else ''}" for who, title, since in at_work(incident)
    )
    yield "Doing now", doing or ("no step is being worked on",)
    coming = next((step for step in incident.steps if step.state is StepState.TODO), None)
    left = f"{incident.steps_done} of {len(incident.steps)} done"
    yield "Checklist", (f"{left}, next: {coming.title}" if coming else left,)
