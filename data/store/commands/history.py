"""Past incidents of another system, written into the record: each once, however often it comes in."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, select

from data.domain.change import Changes, Refused
from data.domain.codec import encode
from data.domain.incident import Incident
from data.domain.past import PastIncident, recorded
from data.domain.words import count
from data.store.tables import COMMAND, EVENT
from data.store.unit import Answer, Write

AT_ONCE = 100  # incidents in one write: nobody else waits for long, and the disk is asked seldom


def command_id(source: str, past: PastIncident) -> str:
    """Return the command id under which an incident of a source comes in."""
    return f"import:{source}:{past.key}"


def import_history(write: Write, source: str, incidents: Sequence[PastIncident]) -> Answer:
    """Record past incidents that are not here yet; give at most ``AT_ONCE``.

    Each is a command of its own, by its id in the source, so that it comes in once. ``facts`` counts what
    was imported with how many updates, what was here, and names what was refused, with the reasons.
    """
    by = f"import:{source}"
    ids = [command_id(source, past) for past in incidents]
    here = set(
        write.connection.execute(select(EVENT.c.command).where(EVENT.c.command.in_(ids)).distinct()).scalars()
    )
    keys: list[str] = []
    updates, refused = 0, []
    for past, command in zip(incidents, ids, strict=True):
        if command in here:
            continue
        told = recorded(write.policy, past, by, write.now)
        if isinstance(told, Refused):
            refused.append({"id": past.key, "title": past.title, "why": told.reason})
            continue
        keys.append(_record(write, *told, command))
        updates += len(past.updates)
    if keys:
        write.tell("imported", "room", {"source": source, "incidents": len(keys), "updates": updates})
    facts = {"keys": keys, "updates": updates, "here": len(here), "refused": refused}
    return Answer(text=f"{count(len(keys), 'incident')} imported", facts=facts)


def _record(write: Write, incident: Incident, changes: Changes, command: str) -> str:
    """Write one incident under its own command id; return its key."""
    own, write.command = write.command, command
    try:
        state = write.open(replace(incident, id=write.next_incident()), changes)
    finally:
        write.command = own
    answer = Answer(state.key, f"{state.key} imported", seq=write.seq)
    write.connection.execute(insert(COMMAND), [{"id": command, "at": write.now, "result": encode(answer)}])
    return state.key
