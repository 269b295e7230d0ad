"""The record of an incident, read once to be replayed."""

from sqlalchemy import Connection

from data.domain.alert_groups import is_alert
from data.domain.incident import Incident
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.definitions import load_policy, load_services
from data.store.queries.alerts import alerts_of
from data.store.queries.incidents import history
from data.tape import Tape
from data.views import ServiceLinks


def tape(connection: Connection, key: str) -> Tape | None:
    """Return an incident's record up to now; None when there is no such incident."""
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None:
        return None
    return Tape(
        history(connection, incident.id),
        load_policy(connection),
        tuple(ServiceLinks(item.id, item.links, item.runbooks) for item in load_services(connection)),
        alerts_of(connection, _alert_keys(incident)),
    )


def _alert_keys(incident: Incident) -> list[str]:
    return [cause.key for cause in incident.causes if is_alert(cause.key)]
