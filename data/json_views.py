"""What scripts are shown: plain JSON values whose keys and words stay as they are (design 9, JSON)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data import alert_views, delivery_views
from data.domain import clocks
from data.domain.alert import Alert
from data.domain.change import Event
from data.domain.delivery import Delivery
from data.domain.incident import Incident, Role
from data.domain.instants import format_instant
from data.domain.policy import Policy
from data.domain.proposal import Proposal
from data.views import TimelineLine

if TYPE_CHECKING:
    from data.domain.explain import Line

Json = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """Return an instant as scripts get it: UTC, whole seconds, a Z; None stays null."""
    return None if at is None else format_instant(at)


def incident(state: Incident, policy: Policy, now: datetime) -> Json:
    """Return an incident with its clocks read at ``now``; ``policy`` gives the levels their numbers."""
    response = clocks.read_response(state, now)
    update = clocks.read_update(state, now)
    level = policy.level(state.ladder.level) if state.ladder and state.ladder.level else None
    return {
        "id": state.key,
        "title": state.title,
        "severity": state.severity.value,
        "status": state.status.value,
        "services": list(state.services),
        "detected_at": instant(state.detected_at),
        "acknowledged_at": instant(state.acknowledged_at),
        "resolved_at": instant(state.resolved_at),
        "response": {"due": instant(response.due), "state": str(response.state)} if response else None,
        "update": {"due": instant(update.due), "state": str(update.state)},
        "roles": _roles(state),
        "steps": {"done": state.steps_done, "total": len(state.steps)},
        "escalation": {
            "level": level.rank if level else None,
            "next_at": instant(state.ladder.next_at) if state.ladder else None,
        },
    }


def _roles(state: Incident) -> Json:
    """Return who holds each role; there may be several experts, so theirs is a list."""
    found: Json = {}
    for role, person in state.roles:
        if role is Role.EXPERT:
            found.setdefault(role.value, []).append(person)
        else:
            found[role.value] = person
    return found


def proposal(state: Proposal) -> Json:
    """Return a proposal in the shape of an incident: its reason in ``why``, no clock running."""
    return {
        "id": state.key,
        "title": state.title,
        "severity": state.severity.value,
        "status": state.state.value,
        "why": state.why,
        "services": list(state.services),
        "detected_at": instant(state.proposed_at),
        "acknowledged_at": None,
        "resolved_at": None,
        "opens_at": instant(state.opens_at),
        "incident": None if state.incident is None else f"INC-{state.incident}",
        "response": None,
        "update": {"due": None, "state": clocks.UpdateState.STOPPED.value},
        "roles": {},
        "steps": {"done": 0, "total": 0},
        "escalation": {"level": None, "next_at": None},
    }


def record(
    state: Incident,
    timeline: Iterable[TimelineLine],
    events: Iterable[Event],
    deliveries: Iterable[Delivery] = (),
    alerts: Iterable[Alert] = (),
) -> Json:
    """Return what ``show`` adds to an incident: timeline, checklist, deliveries and alerts."""
    return {
        "timeline": [
            {"seq": line.seq, "at": instant(line.at), "by": line.by, "kind": line.kind, "text": line.text}
            for line in timeline
        ],
        "checklist": [
            {
                "id": step.id,
                "phase": step.phase,
                "title": step.title,
                "state": step.state.value,
                "by": step.by or None,
                "at": instant(step.at),
            }
            for step in state.steps
        ],
        "deliveries": delivery_views.as_json(deliveries, events),
        "alerts": alert_views.as_json(alerts),
    }


def explanation(key: str, lines: "Iterable[Line]") -> Json:
    """Return how an incident's deadlines came about."""
    return {"id": key, "lines": [{"at": instant(line.at), "text": line.text} for line in lines]}
