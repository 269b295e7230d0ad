"""Ladders climb by themselves: a step that is due is fired by whoever keeps the room (design 3.4)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from data.domain import ladder
from data.domain.change import Changes, Refused
from data.domain.codec import decode
from data.domain.incident import Incident, Ladder, LadderState
from data.domain.policy import Policy
from data.store import rows
from data.store.definitions import load_policy
from data.store.tables import INCIDENT
from data.store.unit import Answer, Write

# nobody has it, or whoever had it has fallen silent
_UNHELD = and_(INCIDENT.c.live, or_(INCIDENT.c.acknowledged_at.is_(None), INCIDENT.c.lapsed_at.is_not(None)))
MOST = 20  # incidents in one write


def due(connection: Connection, now: datetime) -> Sequence[int]:
    """Return the incidents whose ladder has come to its next step, or can be climbed at last."""
    stepping: list[int] = []
    stuck: list[int] = []
    for row in connection.execute(select(INCIDENT.c.id, INCIDENT.c.ladder).where(_UNHELD)):
        rung: Ladder | None = decode(Ladder, row.ladder)
        if rung is None:
            continue
        if rung.state is LadderState.NOBODY:
            stuck.append(row.id)
        elif rung.state is LadderState.RUNNING and rung.next_at is not None and rung.next_at <= now:
            stepping.append(row.id)
    if stuck:
        stepping += _awake(connection, load_policy(connection), stuck, now)
    return stepping


def _awake(connection: Connection, policy: Policy, stuck: list[int], now: datetime) -> list[int]:
    """Return those that stood still because nobody could be paged, and now somebody can be."""
    if not any(ladder.reachable(policy, level) for level in policy.levels):
        return []
    incidents = rows.load_incidents(connection, INCIDENT.c.id.in_(stuck))
    return [incident.id for incident in incidents if ladder.wake(policy, incident, now)]


def climb(write: Write, numbers: Sequence[int]) -> Answer:
    """Tell the next level of these incidents, where that still is due: one step each, a delay apart."""
    told = []
    for incident in rows.load_incidents(write.connection, _UNHELD & INCIDENT.c.id.in_(numbers[:MOST])):
        changes = _step(write.policy, incident, write.now)
        if changes:
            write.change(incident, changes)
            told.append(incident.key)
    return Answer(text=", ".join(told), facts={"told": told})


def _step(policy: Policy, incident: Incident, now: datetime) -> Changes:
    rung = incident.ladder
    if rung is None or rung.state is not LadderState.RUNNING or rung.next_at is None or rung.next_at > now:
        return ladder.wake(policy, incident, now)
    change = ladder.climb(policy, incident, now)
    return () if isinstance(change, Refused) else (replace(change, by="escalation"),)
