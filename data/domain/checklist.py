"""Checklist steps: set to a state, never toggled, and ticked by what the program knows (design 3.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.domain.change import STEP, STEPS, Change, Changes, Refused
from data.domain.incident import Incident, Step, StepState, is_operator


@dataclass(frozen=True, slots=True)
class Already:
    """A step that already was what somebody asked for, and who was first."""

    step: Step


def attach(incident: Incident, steps: Iterable[Step], runbook: str) -> Changes | Refused:
    """Copy a runbook's steps onto the incident; later edits of the runbook never change them."""
    if any(step.runbook == runbook for step in incident.steps):
        return Refused(f"{incident.key} already has the runbook {runbook}")
    added = tuple(steps)
    if not added:
        return Refused(f"the runbook {runbook} has no steps to work through")
    return (Change("runbook", {"add": added}, STEPS, facts={"runbook": runbook, "steps": len(added)}),)


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
