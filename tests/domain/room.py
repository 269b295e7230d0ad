"""A room without a store: rules become changes, changes become events, events become the state."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data.domain import checklist, clocks, ladder, lapse, lifecycle, merge, roles, undo
from data.domain.change import Change, Changes, Event, Refused, apply, before_of
from data.domain.checklist import Already
from data.domain.codec import encode
from data.domain.incident import (
    Cause,
    Disposition,
    Incident,
    LadderState,
    Link,
    Role,
    Status,
    Step,
    StepState,
)
from data.domain.policy import Audience, Contact, Level, Policy
from data.domain.severity import Severity

START = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
P0, P1, P2, P3 = Severity

AUDIENCES = (
    Audience("engineering", "Engineering teams"),
    Audience("product", "Product management", (P0, P1, P2)),
    Audience("support", "Customer support", (P0, P1, P2)),
    Audience("executives", "Executive leadership", (P0, P1)),
    Audience("customers", "External customers", by_hand=True, external=True),
)
CONTACTS = (
    Contact("ada", "Ada Lovelace", phone="+44 20 7946 0000", notify=("env:ADA",)),
    Contact("lin", "Lin Chen", notify=("env:LIN",)),
    Contact("sam", "Sam Okafor", email="sam@example.org"),
    Contact("cto", "Tess Oyelaran", phone="+1 555 0100"),
    Contact("ceo", "Carla Osei", phone="+1 555 0101"),
)
LEVELS = (
    Level("on-call", "On-call engineer", 1, ("ada",)),
    Level("lead", "Team lead", 2, ("lin",)),
    Level("manager", "Engineering manager", 3, ("sam",), severities=(P0, P1, P2)),
    Level("cto", "CTO/VP Engineering", 4, ("cto",), severities=(P0, P1)),
    Level("ceo", "CEO", 5, ("ceo",), severities=(P0,), confirmed_only=True),
)
GUIDE = Policy(audiences=AUDIENCES, levels=LEVELS, contacts=CONTACTS)
ACK_STEP = Step("ir1", "initial-response", "Initial Response", "Acknowledge incident", auto="acknowledged")
TOLD_STEP = Step("ir3", "initial-response", "Initial Response", "Notify stakeholders", auto="stakeholders")
LOGS_STEP = Step("af2", "api-failures", "API failures", "Review error logs")
STEPS = (ACK_STEP, TOLD_STEP, LOGS_STEP)

Told = tuple[Event, ...] | Refused


def minutes(count: float) -> timedelta:
    """Return that many minutes."""
    return timedelta(minutes=count)


def contacts_without(*ids: str, policy: Policy = GUIDE) -> Policy:
    """Return the policy with some people out of reach."""
    return replace(policy, contacts=tuple(person for person in policy.contacts if person.id not in ids))


class Room:
    """One room at one instant; ``now`` only moves when a test says so."""

    def __init__(self, policy: Policy = GUIDE, now: datetime = START) -> None:
        self.policy = policy
        self.now = now
        self.by = "ada"
        self.events: list[Event] = []
        self.incidents: dict[int, Incident] = {}
        self._commands = 0

    @property
    def incident(self) -> Incident:
        """The incident declared first."""
        return self.incidents[1]

    @property
    def response(self) -> clocks.Reading:
        """The first incident's response clock, read now."""
        reading = clocks.read_response(self.incident, self.now)
        assert reading is not None
        return reading

    @property
    def update_clock(self) -> clocks.Reading:
        """The first incident's update clock, read now."""
        return clocks.read_update(self.incident, self.now)

    def due(self, audience: str) -> timedelta:
        """Return when an audience is due, counted from the start of the story."""
        clock = self.incident.clock(audience)
        assert clock is not None
        return clocks.effective_due(clock) - START

    def history(self, number: int = 1) -> list[Event]:
        """Return an incident's events in order."""
        return [event for event in self.events if event.incident == number]

    def kinds(self, number: int = 1) -> list[str]:
        """Return what happened to an incident, in order."""
        return [event.kind for event in self.history(number)]

    def later(self, count: float) -> "Room":
        """Let minutes pass."""
        self.now += minutes(count)
        return self

    def at(self, count: float) -> "Room":
        """Go to some minutes after the start of the story."""
        self.now = START + minutes(count)
        return self

    def record(
        self, changes: dict[int, Iterable[Change]], by: str, *, ticks: bool = True
    ) -> tuple[Event, ...]:
        """Turn one command's changes into events, then tick what the program knows, as a store does."""
        self._commands += 1
        command = f"c{self._commands}"
        first = len(self.events)
        for number, wanted in changes.items():
            for change in wanted:
                self._append(number, change, by, command)
            for change in checklist.self_ticks(self.incidents[number], self.now) if ticks else ():
                self._append(number, change, by, command)
        return tuple(self.events[first:])

    def _append(self, number: int, change: Change, by: str, command: str) -> None:
        state = self.incidents.get(number)
        data = dict(encode(dict(change.facts)))
        if change.after:
            data |= {"before": before_of(state, change), "after": encode(dict(change.after))}
        event = Event(
            seq=len(self.events) + 1,
            incident=number,
            subject=change.subject,
            at=change.at or self.now,
            recorded_at=self.now,
            by=change.by or by,
            host="laptop",
            kind=change.kind,
            version=(state.version if state else 0) + 1,
            data=data,
            command=command,
            undoes=change.undoes,
        )
        self.events.append(event)
        self.incidents[number] = apply(state, event)

    def do(self, rule: Callable[[Incident], Changes | Refused], by: str = "", number: int = 1) -> Told:
        """Apply a rule to an incident; a refusal changes nothing."""
        changes = rule(self.incidents[number])
        if isinstance(changes, Refused):
            return changes
        return self.record({number: changes}, by or self.by)

    def declare(self, title: str, severity: Severity, by: str = "ada", **known: Any) -> Told:
        """Open the next incident, by default with three steps and detected now."""
        number = len(self.incidents) + 1
        fields: dict[str, Any] = {
            "status": Status.DETECTED,
            "detected_at": self.now,
            "opened_at": self.now,
            "opened_by": by,
            "severity_by": by,
            "steps": STEPS,
        }
        changes = lifecycle.declare(
            self.policy,
            Incident(number, title, severity, **(fields | known)),
            self.now,
        )
        return changes if isinstance(changes, Refused) else self.record({number: changes}, by)

    def acknowledge(self, by: str = "ada", number: int = 1, text: str = "") -> Told:
        return self.do(lambda it: lifecycle.acknowledge(it, by, self.now, text), by, number)

    def severity(self, new: Severity, by: str = "ada", why: str = "", number: int = 1) -> Told:
        return self.do(lambda it: lifecycle.set_severity(self.policy, it, new, by, self.now, why), by, number)

    def status(self, to: Status, by: str = "ada", why: str = "", number: int = 1) -> Told:
        return self.do(lambda it: lifecycle.set_status(self.policy, it, to, by, self.now, why), by, number)

    def resolve(
        self, how: Disposition = Disposition.FIXED, by: str = "ada", why: str = "", number: int = 1
    ) -> Told:
        return self.do(lambda it: lifecycle.resolve(it, how, by, self.now, why=why), by, number)

    def step(self, step_id: str, to: StepState, by: str = "ada", why: str = "") -> Told | Already:
        change = checklist.set_step(self.incident, step_id, to, by, self.now, why)
        return change if isinstance(change, Already | Refused) else self.record({1: (change,)}, by)

    def note(self, text: str = "pool at 100%", by: str = "ada") -> Told:
        return self.do(lambda _: (Change("note", facts={"text": text}),), by)

    def update(self, *audiences: str, by: str = "ada", text: str = "we are on it", number: int = 1) -> Told:
        """Send an update to audiences, or to every applicable one."""
        incident = self.incidents[number]
        told = audiences or tuple(clock.audience for clock in incident.updates if clock.applies)
        resets = tuple(clocks.sent(self.policy, incident, audience, self.now) for audience in told)
        facts = {"text": text, "audiences": list(told), "means": "by other means"}
        return self.record({number: (Change("update", facts=facts), *resets)}, by)

    def snooze(self, count: float, why: str = "vendor call", by: str = "ada") -> Told:
        return self.do(lambda it: clocks.snooze(it, self.now + minutes(count), why, self.now), by)

    def switch(self, audience_id: str, on: bool, by: str = "ada") -> Told:
        audience = self.policy.audience(audience_id)
        assert audience is not None
        return self.do(
            lambda it: (clocks.switch_audience(self.policy, it, audience, on, self.now),),
            by,
        )

    def escalate(self, to: str | None = None, seen: str | None = None, by: str = "ada") -> Told:
        change = ladder.escalate(self.policy, self.incident, self.now, to=to, seen=seen)
        return change if isinstance(change, Refused) else self.record({1: (change,)}, by)

    def role(self, role: Role, person: str, by: str = "ada") -> Told:
        return self.do(lambda it: roles.take_role(it, role, person, by), by)

    def link(self, kind: str, target: str, by: str = "ada") -> Told:
        return self.do(lambda it: roles.link(it, Link(kind, target)), by)

    def merge(self, source: int, target: int, by: str = "ada", why: str = "") -> Told:
        both = merge.merge(self.policy, self.incidents[source], self.incidents[target], by, self.now, why)
        return both if isinstance(both, Refused) else self.record({source: both[0], target: both[1]}, by)

    def undo(self, by: str = "ada", number: int = 1) -> Told:
        """Take back the operator's last undoable command, on every incident it touched."""
        command = undo.last_undoable(self.history(number), by)
        if isinstance(command, Refused):
            return command
        taken = undo.undo(command, {known: self.history(known) for known in self.incidents})
        return taken if isinstance(taken, Refused) else self.record(dict(taken.changes), by, ticks=False)

    def cause(self, key: str, *, clear: bool, number: int = 1) -> Told:
        """Let a check or an alert clear or return; an unconfirmed incident's ladder follows."""
        incident = self.incidents[number]
        cleared = self.now if clear else None
        causes = tuple(
            replace(item, cleared_at=cleared) if item.key == key else item for item in incident.causes
        )
        changed = replace(incident, causes=causes)
        moved = lapse.hold_ladder(changed) if changed.causes_clear else lapse.resume_ladder(changed)
        facts = {"key": key, "state": "clear" if clear else "down"}
        return self.record({number: (Change("cause", {"causes": causes}, facts=facts), *moved)}, "check:api")

    def keeper(self, number: int = 1) -> tuple[Event, ...]:
        """Run every duty once: breaches, lapses, and one step of the ladder when it is due."""
        done: tuple[Event, ...] = ()
        duties: tuple[Callable[[Incident], Changes], ...] = (
            lambda it: lifecycle.breach(it, self.now),
            lambda it: lapse.warn_of_lapse(self.policy, it, self.now),
            lambda it: lapse.lapse(self.policy, it, self.now),
            self._climb,
        )
        for duty in duties:
            changes = duty(self.incidents[number])
            if changes:
                done += self.record({number: changes}, "keeper")
        return done

    def _climb(self, incident: Incident) -> Changes:
        rung = incident.ladder
        if rung is None or rung.state is not LadderState.RUNNING or rung.next_at is None:
            return ()
        if self.now < rung.next_at:
            return ()
        change = ladder.climb(self.policy, incident, self.now)
        return () if isinstance(change, Refused) else (replace(change, by="escalation"),)


def down(key: str = "check:api", since: datetime = START) -> Cause:
    """Return a check that is down."""
    return Cause(key, since)


def refused(answer: object) -> str:
    """Return the reason of a refusal, which ``answer`` has to be."""
    assert isinstance(answer, Refused), answer
    return answer.reason


def done(answer: object) -> tuple[Event, ...]:
    """Return the events of a command that was carried out."""
    assert isinstance(answer, tuple), answer
    return answer
