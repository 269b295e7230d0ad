"""Between rows and the frozen states of the rules."""

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from data.domain import clocks
from data.domain.change import Event
from data.domain.codec import decode, encode, field_types
from data.domain.incident import Incident, LadderState, Role, Step, UpdateClock
from data.domain.proposal import Proposal
from data.store.errors import StoreError
from data.store.tables import EVENT, INCIDENT, PROPOSAL, STEP, UPDATE_CLOCK

_JSON = frozenset({"services", "response", "ladder", "roles", "causes", "links"})
_CHILDREN = frozenset({"steps", "updates"})
_INCIDENT = tuple(item.name for item in fields(Incident) if item.name not in _CHILDREN)
_STEP = tuple(item.name for item in fields(Step))
_CLOCK = tuple(item.name for item in fields(UpdateClock))
_PROPOSAL = tuple(item.name for item in fields(Proposal))


def incident_values(state: Incident) -> dict[str, Any]:
    """Return an incident's row, with what is derived for the board."""
    values: dict[str, Any] = {}
    for name in _INCIDENT:
        value = getattr(state, name)
        values[name] = encode(value) if name in _JSON else value
    first = clocks.read_update(state, state.detected_at)
    response = state.response
    return values | {
        "live": state.live,
        "ic": state.role(Role.IC),
        "response_due": response.due if response else None,
        "response_from": response.set_from if response else None,
        "response_started": response.started if response else None,
        "response_strict": bool(response and response.strict),
        "update_due": first.due,
        "update_snoozed": first.snoozed,
        "steps_done": state.steps_done,
        "steps_total": len(state.steps),
        "causes_clear": state.causes_clear,
        "nobody": bool(state.ladder and state.ladder.state is LadderState.NOBODY),
    }


def _step_values(number: int, position: int, step: Step) -> dict[str, Any]:
    return {"incident": number, "position": position, **{name: getattr(step, name) for name in _STEP}}


def _clock_values(number: int, position: int, clock: UpdateClock) -> dict[str, Any]:
    return {"incident": number, "position": position, **{name: getattr(clock, name) for name in _CLOCK}}


def insert_incident(connection: Connection, state: Incident) -> None:
    """Insert a new incident with its steps and clocks."""
    connection.execute(insert(INCIDENT), [incident_values(state)])
    _insert_steps(connection, state, ())
    _insert_clocks(connection, state, ())


def save_incident(connection: Connection, before: Incident, after: Incident) -> None:
    """Write what changed, only where the version still is the one that was seen.

    Raises StoreError when it is not: the caller holds the counter, so that means a damaged store.
    """
    if before == after:
        return
    old, new = incident_values(before), incident_values(after)
    changed = {name: value for name, value in new.items() if old[name] != value}
    saved = connection.execute(
        update(INCIDENT)
        .where(INCIDENT.c.id == after.id, INCIDENT.c.version == before.version)
        .values(changed)
    )
    if saved.rowcount != 1:
        raise StoreError(f"{after.key} changed while it was being written", "try again")
    known = {step.id: step for step in before.steps}
    for step in after.steps:
        was = known.get(step.id)
        if was is not None and was != step:
            connection.execute(
                update(STEP)
                .where(STEP.c.incident == after.id, STEP.c.id == step.id)
                .values(
                    {name: getattr(step, name) for name in _STEP if getattr(was, name) != getattr(step, name)}
                )
            )
    _insert_steps(connection, after, tuple(known))
    clocks_known = {clock.audience: clock for clock in before.updates}
    for clock in after.updates:
        earlier = clocks_known.get(clock.audience)
        if earlier is not None and earlier != clock:
            connection.execute(
                update(UPDATE_CLOCK)
                .where(UPDATE_CLOCK.c.incident == after.id, UPDATE_CLOCK.c.audience == clock.audience)
                .values({name: getattr(clock, name) for name in _CLOCK})
            )
    _insert_clocks(connection, after, tuple(clocks_known))


def _insert_steps(connection: Connection, state: Incident, known: tuple[str, ...]) -> None:
    new = [
        _step_values(state.id, position, step)
        for position, step in enumerate(state.steps)
        if step.id not in known
    ]
    if new:
        connection.execute(insert(STEP), new)


def _insert_clocks(connection: Connection, state: Incident, known: tuple[str, ...]) -> None:
    new = [
        _clock_values(state.id, position, clock)
        for position, clock in enumerate(state.updates)
        if clock.audience not in known
    ]
    if new:
        connection.execute(insert(UPDATE_CLOCK), new)


def _decoded(kind: type, row: RowMapping, names: tuple[str, ...], json: frozenset[str]) -> dict[str, Any]:
    hints = field_types(kind)
    values: dict[str, Any] = {}
    for name in names:
        value = row[name]
        if value is not None and (name in json or isinstance(value, str)):
            value = decode(hints[name], value)
        values[name] = value
    return values


def load_incident(connection: Connection, number: int) -> Incident | None:
    """Load one incident with its checklist and clocks."""
    found = load_incidents(connection, INCIDENT.c.id == number)
    return found[0] if found else None


def load_incidents(connection: Connection, where: ColumnElement[bool] | None = None) -> tuple[Incident, ...]:
    """Load incidents by number, each with its checklist and clocks, in three queries."""
    query = select(INCIDENT).order_by(INCIDENT.c.id)
    chosen = select(INCIDENT.c.id)
    if where is not None:
        query, chosen = query.where(where), chosen.where(where)
    steps: dict[int, list[Step]] = {}
    clock_rows: dict[int, list[UpdateClock]] = {}
    found = connection.execute(query).mappings().all()
    if not found:
        return ()
    children = select(STEP).where(STEP.c.incident.in_(chosen)).order_by(STEP.c.incident, STEP.c.position)
    for row in connection.execute(children).mappings():
        step = Step(**_decoded(Step, row, _STEP, frozenset()))
        steps.setdefault(row["incident"], []).append(step)
    ticking = (
        select(UPDATE_CLOCK)
        .where(UPDATE_CLOCK.c.incident.in_(chosen))
        .order_by(UPDATE_CLOCK.c.incident, UPDATE_CLOCK.c.position)
    )
    for row in connection.execute(ticking).mappings():
        clock = UpdateClock(**_decoded(UpdateClock, row, _CLOCK, frozenset()))
        clock_rows.setdefault(row["incident"], []).append(clock)
    return tuple(
        Incident(
            **_decoded(Incident, row, _INCIDENT, _JSON),
            steps=tuple(steps.get(row["id"], ())),
            updates=tuple(clock_rows.get(row["id"], ())),
        )
        for row in found
    )


def event_of(row: RowMapping) -> Event:
    """Return a row of the event table as an event."""
    return Event(**{**row, "data": row["data"] or {}})


def load_events(connection: Connection, *where: ColumnElement[bool]) -> tuple[Event, ...]:
    """Return events in order of seq."""
    found = connection.execute(select(EVENT).where(*where).order_by(EVENT.c.seq)).mappings()
    return tuple(event_of(row) for row in found)


def proposal_values(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal's row."""
    return {
        name: encode(getattr(proposal, name)) if name in ("services", "causes") else getattr(proposal, name)
        for name in _PROPOSAL
    }


def proposal_of(row: RowMapping) -> Proposal:
    """Return a row of the proposal table as a proposal."""
    return Proposal(**_decoded(Proposal, row, _PROPOSAL, frozenset({"services", "causes"})))


def load_proposal(connection: Connection, number: int) -> Proposal | None:
    """Load one proposal."""
    row = connection.execute(select(PROPOSAL).where(PROPOSAL.c.id == number)).mappings().one_or_none()
    return None if row is None else proposal_of(row)


def save_proposal(connection: Connection, proposal: Proposal, *, new: bool = False) -> None:
    """Insert or update a proposal."""
    values = proposal_values(proposal)
    if new:
        connection.execute(insert(PROPOSAL), [values])
    else:
        connection.execute(update(PROPOSAL).where(PROPOSAL.c.id == proposal.id).values(values))
