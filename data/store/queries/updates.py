"""What an update starts from: the incident, the channels, and what was said of it last."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from data.domain.change import Event
from data.domain.incident import Incident
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.definitions import load_channels, load_policy, load_services
from data.store.queries.board import seq
from data.store.queries.incidents import history
from data.update_facts import Answers, answers_of, doing
from data.update_messages import UpdateView


def update_view(connection: Connection, key: str) -> UpdateView | None:
    """Return what an update on an incident starts from; None when there is no such incident."""
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None:
        return None
    return UpdateView(
        seq(connection),
        incident,
        load_policy(connection),
        load_channels(connection),
        begun(incident, history(connection, incident.id)),
        load_services(connection),
    )


def begun(incident: Incident, events: Sequence[Event]) -> Answers:
    """Return the answers as far as the record knows them; events are oldest first.

    What is known is the last note or what was said last, whichever came later. The words for outside are
    those of the last update, until the status changes: nothing of the record gets into them by itself.
    """
    known, outside = Answers(), ""
    for event in events:
        if event.kind == "note":
            known = replace(known, know=str(event.data.get("text", "")))
        elif event.kind == "update":
            told = answers_of(event.data.get("answers"))
            known = told if told.summary else replace(known, know=str(event.data.get("text", "")))
            outside = told.outside
        elif "status" in event.after:
            known, outside = replace(known, doing=""), ""
    return replace(known, doing=known.doing or doing(incident), outside=outside)
