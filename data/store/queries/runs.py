"""What is asked before a command of a checklist runs, and what it said afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from data.boarding import record
from data.domain import known_values, running
from data.domain.change import Event
from data.domain.incident import Incident, Step
from data.domain.running import RAN, STARTED, Before
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.commands.runs import newest_run
from data.store.definitions import load_checks, load_services, load_settings
from data.store.queries import alert_views as alerts
from data.store.queries.presence import consoles
from data.store.tables import EVENT
from data.views import TimelineLine

_ASKED = 20  # alerts that are asked for their labels


@dataclass(frozen=True, slots=True)
class RunView:
    """A step with a command: why it cannot run here ("" when it can), and what is known of its blanks."""

    incident: Incident
    step: Step
    why_not: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    before: Before | None = None  # the newest run of it on the record
    standing: str = ""  # how that one stands while its end is not on the record


def run_view(connection: Connection, key: str, step_id: str) -> RunView | None:
    """Return a step as the screen that runs it needs it; None where there is none."""
    from data.runbooks.commands import read_code  # at the first need

    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    step = incident.step(step_id) if incident else None
    if incident is None or step is None:
        return None
    language = read_code(step.command, "").language
    before = newest_run(connection, incident.id, step_id)
    return RunView(
        incident,
        step,
        running.why_not(step, load_settings(connection).trusted, language),
        _known(connection, incident),
        before,
        _standing(connection, before) if before is not None and before.ended is None else "",
    )


def _standing(connection: Connection, before: Before) -> str:
    if before.at is None:
        return running.UNKNOWN
    return running.standing(before.console, before.host, before.at, consoles(connection))


def _known(connection: Connection, incident: Incident) -> dict[str, str]:
    worst = alerts.worst(connection, [cause.key for cause in incident.causes], _ASKED)
    pages = [
        page
        for service in load_services(connection)
        if service.id in incident.services
        for page in service.links
    ]
    causes = {cause.key.removeprefix("check:") for cause in incident.causes}
    checks = [check for check in load_checks(connection) if check.service in incident.services]
    checks.sort(key=lambda check: check.id not in causes)
    return known_values.facts(
        incident, (alert.labels for alert in worst), pages, checks[0].url if checks else ""
    )


def record_view(connection: Connection, key: str) -> tuple[TimelineLine, ...]:
    """Return the lines of an incident's record."""
    return recorded(connection, rows.load_events(connection, EVENT.c.incident == incident_number(key)))


def recorded(connection: Connection, events: Sequence[Event]) -> tuple[TimelineLine, ...]:
    """Return the lines of a whole record, with what runs now."""
    return record(events, consoles(connection) if running.open_ends(events) else ())


def run_event(connection: Connection, seq: int) -> Mapping[str, Any] | None:
    """Return the facts of a run by the number of its event; None where it is no run."""
    found = rows.load_events(connection, EVENT.c.seq == seq, EVENT.c.kind.in_((STARTED, RAN)))
    return found[0].data if found else None
