"""Taking back one's own last change."""

from sqlalchemy import Connection, select

from data.domain.change import Event, Refused
from data.domain.undo import Undo, last_undoable, undo
from data.store import rows
from data.store.commands.attaching import settle
from data.store.commands.finding import incident_number, no_incident
from data.store.tables import EVENT
from data.store.unit import Answer, Write


def prepare(connection: Connection, key: str, by: str) -> Undo | Refused:
    """Find the operator's own last undoable change on an incident, without doing anything."""
    number = incident_number(key)
    events = _history(connection, number) if number is not None else ()
    if not events:
        return no_incident(key)
    command = last_undoable(events, by)
    if isinstance(command, Refused):
        return command
    touched = select(EVENT.c.incident).where(EVENT.c.command == command, EVENT.c.incident.is_not(None))
    numbers = connection.execute(touched.distinct()).scalars().all()
    return undo(command, {item: _history(connection, item) for item in numbers})


def _history(connection: Connection, number: int) -> tuple[Event, ...]:
    return rows.load_events(connection, EVENT.c.incident == number)


def take_back(write: Write, key: str, *, expected: str | None = None) -> Answer | Refused:
    """Undo it, on every incident the command touched; ``expected`` is the command that was asked about."""
    plan = prepare(write.connection, key, write.by)
    if isinstance(plan, Refused):
        return plan
    if expected is not None and plan.command != expected:
        return Refused("your last change here is another one by now", "look again, then undo")
    named, states = key, []
    for number, changes in plan.changes.items():
        before = write.incident(number)
        if before is None:
            continue
        states.append(write.change(before, changes, ticks=False))
        named = before.key if number == incident_number(key) else named
    settle(write, *states)
    return Answer(named, f"undone: {plan.prompt}", {"undone": plan.prompt})
