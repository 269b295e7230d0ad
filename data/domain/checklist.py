"""Checklist steps: set to a state, never toggled, and ticked by what the program knows (design 3.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.domain.change import STEP, STEPS, Change, Changes, Refused
from data.domain.incident import Incident, Step, StepState, is_operator

OWN_PHASE = "Our own"


@dataclass(frozen=True, slots=True)
class Already:
    """A step that already was what somebody asked for, and who was first."""

    step: Step


def attach(incident: Incident, steps: Iterable[Step], runbook: str, version: int = 0) -> Changes | Refused:
    """Copy a runbook's steps onto the incident; later edits of the runbook never change them.

    ``version`` is that of the runbook's text, 0 where none is kept.
    """
    if any(step.runbook == runbook for step in incident.steps):
        return Refused(f"{incident.key} already has the runbook {runbook}")
    added = tuple(steps)
    if not added:
        return Refused(f"the runbook {runbook} has no steps to work through")
    facts = {"runbook": runbook, "steps": len(added), **({"version": version} if version else {})}
    return (Change("runbook", {"add": added}, STEPS, facts=facts),)


def set_step(
    incident: Incident, step_id: str, state: StepState, by: str, now: datetime, why: str = ""
) -> Change | Already | Refused:
    """Set one step; setting what it already is answers who was first."""
    step = incident.step(step_id)
    if step is None:
        return Refused(f"{incident.key} has no step {step_id}", "show lists them", "not-found")
    if step.state is state and (state is not StepState.DOING or step.by == by):
        return Already(step)
    if state is StepState.DOING and step.state is StepState.DONE:
        return Already(step)  # a screen drawn before the tick must not take it back
    if state is StepState.SKIPPED and not why.strip():
        return Refused("skipping a step needs a reason", "say why")
    if state is StepState.DONE and step.second:
        if step.state is not StepState.DOING or not step.by:
            return Change(
                "step",
                {"state": StepState.DOING, "by": by, "at": now, "why": ""},
                STEP + step_id,
                facts={"title": step.title, "second": True},
            )
        if step.by == by:
            return Refused(f"{step.title}: needs a second pair of eyes, not {by} again", "ask somebody else")
    after: dict[str, object] = {"state": state, "by": by, "at": now, "why": why}
    if state is StepState.TODO:
        after = {"state": state, "by": "", "at": None, "why": ""}
    facts = {"title": step.title}
    if state is StepState.DONE and step.second:
        facts["confirms"] = step.by
    return Change("step", after, STEP + step_id, facts=facts)


def give(incident: Incident, step_id: str, owner: str, by: str, now: datetime) -> Changes | Refused:
    """Make a step somebody's, or nobody's; who takes an untouched one themself has begun it.

    Not one that needs two people: there the first half is a tick of its own.
    """
    step = incident.step(step_id)
    if step is None:
        return Refused(f"{incident.key} has no step {step_id}", "show lists them", "not-found")
    begins = owner == by and step.state is StepState.TODO and not step.second
    if step.owner == owner and not begins:
        return Refused(f'"{step.title}" is already {owner or "nobody"}\'s')
    facts = {"title": step.title}
    changes = (Change("owner", {"owner": owner}, STEP + step_id, facts=facts),) if step.owner != owner else ()
    if not begins:
        return changes
    doing = {"state": StepState.DOING, "by": by, "at": now, "why": ""}
    return (*changes, Change("step", doing, STEP + step_id, facts=facts))


def set_deadline(incident: Incident, step_id: str, due: datetime | None) -> Changes | Refused:
    """Say when a step is to be asked about, or take that off."""
    step = incident.step(step_id)
    if step is None:
        return Refused(f"{incident.key} has no step {step_id}", "show lists them", "not-found")
    if step.state in (StepState.DONE, StepState.SKIPPED):
        return Refused(f'"{step.title}" is {step.state}: it needs no deadline any more')
    if step.due == due:
        return Refused(f'"{step.title}" has {"that" if due else "no"} deadline already')
    return (Change("deadline", {"due": due}, STEP + step_id, facts={"title": step.title}),)


def add(incident: Incident, title: str, owner: str, due: datetime | None) -> Changes | Refused:
    """Add a step of the responders' own, with a deadline a reminder (a deputy's timers)."""
    if not title:
        return Refused("a step needs some words", "10m call the vendor back")
    taken = {step.id for step in incident.steps}
    number = next(number for number in range(1, len(taken) + 2) if f"own{number}" not in taken)
    step = Step(f"own{number}", "", OWN_PHASE, title, owner=owner, due=due)
    return (Change("added", {"add": (step,)}, STEPS, facts={"title": title, "due": due}),)


def overdue(incident: Incident, now: datetime) -> tuple[Step, ...]:
    """Return the steps that are not over and past their deadline, the oldest first."""
    late = [step for step in incident.steps if step.due is not None and step.due <= now and _waits(step)]
    return tuple(sorted(late, key=lambda step: step.due or now))


def _waits(step: Step) -> bool:
    return step.state in (StepState.TODO, StepState.DOING)


def known_facts(incident: Incident) -> frozenset[str]:
    """Return the facts that tick steps by themselves."""
    facts = set()
    if incident.acknowledged_at is not None:
        facts.add("acknowledged")
    if incident.severity_by and is_operator(incident.severity_by):
        facts.add("severity")
    told = [clock for clock in incident.updates if clock.applies]
    if told and all(clock.sent_at is not None for clock in told):
        facts.add("stakeholders")
    if any(link.kind == "ticket" for link in incident.links):
        facts.add("ticket")
    if incident.status.over:
        facts.add("resolved")
    if incident.post_mortem == "final":
        facts.add("post-mortem")
    return frozenset(facts)


def self_ticks(incident: Incident, now: datetime) -> Changes:
    """Tick what the program knows to be done, and say so."""
    facts = known_facts(incident)
    return tuple(
        Change(
            "step",
            {"state": StepState.DONE, "by": "warroom", "at": now, "why": ""},
            STEP + step.id,
            facts={"title": step.title, "auto": step.auto},
            by="warroom",
        )
        for step in incident.steps
        if step.auto in facts and step.state in (StepState.TODO, StepState.DOING)
    )
