"""Between rows and the frozen states of the rules.

Statements are built once: building them anew costs as much as running them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from enum import Enum
from functools import partial
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, Update, bindparam, insert, select, update

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
_DERIVED = (
    "live",
    "ic",
    "response_due",
    "response_from",
    "response_started",
    "response_strict",
    "update_due",
    "update_snoozed",
    "steps_done",
    "steps_total",
    "causes_clear",
    "nobody",
    "call_now",
)
Decoder = tuple[tuple[str, Callable[[Any], Any] | None], ...]


def _update(table: Table, names: Iterable[str], *keys: str) -> Update:
    """Return an update of some columns; a key's value is the parameter ``at_`` and its name."""
    where = [table.c[key] == bindparam(f"at_{key}") for key in keys]
    return update(table).where(*where).values({name: bindparam(name) for name in names if name not in keys})


_NEW_INCIDENT, _NEW_STEP, _NEW_CLOCK = insert(INCIDENT), insert(STEP), insert(UPDATE_CLOCK)
_SAVE_INCIDENT = (
    update(INCIDENT)
    .where(INCIDENT.c.id == bindparam("at_id"), INCIDENT.c.version == bindparam("at_version"))
    .values({name: bindparam(name) for name in (*_INCIDENT, *_DERIVED) if name != "id"})
)
_SAVE_STEP = _update(STEP, (*_STEP, "position"), "incident", "id")
_SAVE_CLOCK = _update(UPDATE_CLOCK, (*_CLOCK, "position"), "incident", "audience")
_SAVE_PROPOSAL = _update(PROPOSAL, _PROPOSAL, "id")


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
        "call_now": bool(
            state.ladder
            and state.ladder.call
            and state.live
            and not state.held
            and state.ladder.state is not LadderState.HELD
        ),
    }


def _step_values(number: int, position: int, step: Step) -> dict[str, Any]:
    return {"incident": number, "position": position, **{name: getattr(step, name) for name in _STEP}}


def _clock_values(number: int, position: int, clock: UpdateClock) -> dict[str, Any]:
    return {"incident": number, "position": position, **{name: getattr(clock, name) for name in _CLOCK}}


def insert_incident(connection: Connection, state: Incident) -> None:
    """Insert a new incident with its steps and clocks."""
    connection.execute(_NEW_INCIDENT, [incident_values(state)])
    _insert_steps(connection, state, ())
    _insert_clocks(connection, state, ())


def save_incident(connection: Connection, before: Incident, after: Incident) -> None:
    """Write what changed, only where the version still is the one that was seen.

    Raises StoreError when it is not: the caller holds the counter, so that means a damaged store.
    """
    if before == after:
        return
    keys = {"at_id": after.id, "at_version": before.version}
    if connection.execute(_SAVE_INCIDENT, incident_values(after) | keys).rowcount != 1:
        raise StoreError(f"{after.key} changed while it was being written", "try again")
    if before.steps != after.steps:
        known = {step.id: step for step in before.steps}
        changed = [
            _step_values(after.id, position, step) | {"at_incident": after.id, "at_id": step.id}
            for position, step in enumerate(after.steps)
            if step.id in known and known[step.id] != step
        ]
        if changed:
            connection.execute(_SAVE_STEP, changed)
        _insert_steps(connection, after, known)
    if before.updates != after.updates:
        clocks_known = {clock.audience: clock for clock in before.updates}
        moved = [
            _clock_values(after.id, position, clock)
            | {"at_incident": after.id, "at_audience": clock.audience}
            for position, clock in enumerate(after.updates)
            if clock.audience in clocks_known and clocks_known[clock.audience] != clock
        ]
        if moved:
            connection.execute(_SAVE_CLOCK, moved)
        _insert_clocks(connection, after, clocks_known)


def _insert_steps(connection: Connection, state: Incident, known: Iterable[str]) -> None:
    new = [
        _step_values(state.id, position, step)
        for position, step in enumerate(state.steps)
        if step.id not in known
    ]
    if new:
        connection.execute(_NEW_STEP, new)


def _insert_clocks(connection: Connection, state: Incident, known: Iterable[str]) -> None:
    new = [
        _clock_values(state.id, position, clock)
        for position, clock in enumerate(state.updates)
        if clock.audience not in known
    ]
    if new:
        connection.execute(_NEW_CLOCK, new)


def _decoder(kind: type, names: Sequence[str], json: frozenset[str] = frozenset()) -> Decoder:
    """Return how each column becomes a field: as it is, as its enum, or as decoded JSON."""
    hints = field_types(kind)
    found: list[tuple[str, Callable[[Any], Any] | None]] = []
    for name in names:
        hint = hints[name]
        if name in json:
            found.append((name, partial(decode, hint)))
        else:
            options = [option for option in (hint, *get_args(hint)) if isinstance(option, type)]
            found.append((name, next((item for item in options if issubclass(item, Enum)), None)))
    return tuple(found)


_AS_INCIDENT = _decoder(Incident, _INCIDENT, _JSON)
_AS_STEP = _decoder(Step, _STEP)
_AS_CLOCK = _decoder(UpdateClock, _CLOCK)
_AS_PROPOSAL = _decoder(Proposal, _PROPOSAL, frozenset({"services", "causes"}))


def _decoded(row: RowMapping, decoder: Decoder) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, convert in decoder:
        value = row[name]
        values[name] = value if convert is None or value is None else convert(value)
    return values


_ONE = select(INCIDENT).where(INCIDENT.c.id == bindparam("number"))
_ITS_STEPS = select(STEP).where(STEP.c.incident == bindparam("number")).order_by(STEP.c.position)
_ITS_CLOCKS = (
    select(UPDATE_CLOCK)
    .where(UPDATE_CLOCK.c.incident == bindparam("number"))
    .order_by(UPDATE_CLOCK.c.position)
)


def load_incident(connection: Connection, number: int) -> Incident | None:
    """Load one incident with its checklist and clocks."""
    key = {"number": number}
    row = connection.execute(_ONE, key).mappings().one_or_none()
    if row is None:
        return None
    steps = connection.execute(_ITS_STEPS, key).mappings()
    ticking = connection.execute(_ITS_CLOCKS, key).mappings()
    return _incident(row, steps, ticking)


def _incident(row: RowMapping, steps: Iterable[RowMapping], ticking: Iterable[RowMapping]) -> Incident:
    return Incident(
        **_decoded(row, _AS_INCIDENT),
        steps=tuple(Step(**_decoded(item, _AS_STEP)) for item in steps),
        updates=tuple(UpdateClock(**_decoded(item, _AS_CLOCK)) for item in ticking),
    )


def load_incidents(connection: Connection, where: ColumnElement[bool] | None = None) -> tuple[Incident, ...]:
    """Load incidents by number, each with its checklist and clocks, in three queries."""
    query = select(INCIDENT).order_by(INCIDENT.c.id)
    chosen = select(INCIDENT.c.id)
    if where is not None:
        query, chosen = query.where(where), chosen.where(where)
    found = connection.execute(query).mappings().all()
    if not found:
        return ()
    children: list[dict[int, list[RowMapping]]] = []
    for table in (STEP, UPDATE_CLOCK):
        theirs: dict[int, list[RowMapping]] = {}
        wanted = select(table).order_by(table.c.incident, table.c.position)
        if where is not None:
            wanted = wanted.where(table.c.incident.in_(chosen))
        for row in connection.execute(wanted).mappings():
            theirs.setdefault(row["incident"], []).append(row)
        children.append(theirs)
    steps, ticking = children
    return tuple(_incident(row, steps.get(row["id"], ()), ticking.get(row["id"], ())) for row in found)


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
    return Proposal(**_decoded(row, _AS_PROPOSAL))


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
        connection.execute(_SAVE_PROPOSAL, values | {"at_id": proposal.id})
