"""One incident with everything around it, now or as it was."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, or_, select

from data.brief import brief_of
from data.domain.alert_runbooks import runbooks_for
from data.domain.change import Event, fold
from data.domain.incident import Incident
from data.domain.ladder import paged, plan
from data.domain.proposal import Proposal, ProposalState
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.definitions import load_policy, load_runbooks, load_services
from data.store.queries import alert_views as alerts
from data.store.queries import outbox
from data.store.queries.board import seq
from data.store.queries.runs import recorded
from data.store.tables import EVENT, INCIDENT, PROPOSAL
from data.views import IncidentView, RunbookView, ServiceLinks

ASKED = 20  # alerts that are asked which runbook they want


def history(connection: Connection, number: int) -> tuple[Event, ...]:
    """Return an incident's events, oldest first."""
    return rows.load_events(connection, EVENT.c.incident == number)


def incident_at(connection: Connection, number: int, at: datetime) -> Incident | None:
    """Return an incident as the events up to an instant left it; None when it was not yet there."""
    events = history(connection, number)
    if not events or events[0].at > at:
        return None
    return fold([event for event in events if event.at <= at])


def incidents_at(connection: Connection, at: datetime, *, done: bool = False) -> tuple[Incident, ...]:
    """Return the incidents that were live at an instant (with ``done`` all), by number."""
    numbers = connection.execute(
        select(INCIDENT.c.id).where(INCIDENT.c.detected_at <= at).order_by(INCIDENT.c.id)
    ).scalars()
    found = (incident_at(connection, number, at) for number in numbers.all())
    return tuple(item for item in found if item is not None and (done or item.live))


def incidents_now(connection: Connection, *, done: bool = False) -> tuple[Incident, ...]:
    """Return the live incidents (with ``done`` all), by number."""
    return rows.load_incidents(connection, None if done else INCIDENT.c.live)


def proposals_at(connection: Connection, at: datetime) -> tuple[Proposal, ...]:
    """Return the proposals that waited for an answer at an instant, by number."""
    found = connection.execute(
        select(PROPOSAL)
        .where(
            PROPOSAL.c.proposed_at <= at,
            or_(PROPOSAL.c.answered_at.is_(None), PROPOSAL.c.answered_at > at),
        )
        .order_by(PROPOSAL.c.id)
    ).mappings()
    return tuple(replace(rows.proposal_of(row), state=ProposalState.PROPOSED) for row in found)


def suggested(connection: Connection, incident: Incident) -> tuple[str, ...]:
    """Return the runbooks that fit an incident and are not yet attached.

    Those its alerts ask for come first, then those of its services and of the words in its title.
    """
    wanted = alerts.worst(connection, [cause.key for cause in incident.causes], ASKED)
    asked = runbooks_for((item for item in load_runbooks(connection) if not item.always), *wanted)
    fits = [item.id for item in asked] + list(fitting(connection, incident.title, incident.services))
    attached = {step.runbook for step in incident.steps}
    return tuple(runbook_id for runbook_id in dict.fromkeys(fits) if runbook_id not in attached)


def fitting(connection: Connection, title: str, services: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids of runbooks that fit a title and services, the service's own first."""
    runbooks = {runbook.id: runbook for runbook in load_runbooks(connection)}
    own = [
        runbook_id
        for service in load_services(connection)
        if service.id in services
        for runbook_id in service.runbooks
    ]
    words = title.lower()
    by_words = [
        runbook.id
        for runbook in runbooks.values()
        if not runbook.always and any(word.lower() in words for word in runbook.words)
    ]
    return tuple(item for item in dict.fromkeys(own + by_words) if item in runbooks)


def incident_view(connection: Connection, key: str) -> IncidentView | None:
    """Return an incident as its screen shows it."""
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None or number is None:
        return None
    policy = load_policy(connection)
    events = history(connection, number)
    causes = [cause.key for cause in incident.causes]
    return IncidentView(
        seq=seq(connection),
        incident=incident,
        policy=policy,
        timeline=recorded(connection, events),
        rungs=paged(plan(policy, incident), outbox.pages(connection, number)),
        services=tuple(
            ServiceLinks(service.id, service.links, service.runbooks)
            for service in load_services(connection)
            if service.id in incident.services
        ),
        suggested=suggested(connection, incident),
        brief=brief_of(events),
        alerts=alerts.worst(connection, causes),
        tally=alerts.tally(connection, causes),
    )


def service_links(connection: Connection, key: str) -> tuple[ServiceLinks, ...]:
    """Return the pages of an incident's services."""
    number = incident_number(key)
    found = connection.execute(select(INCIDENT.c.services).where(INCIDENT.c.id == number)).scalar() or ()
    return tuple(
        ServiceLinks(service.id, service.links, service.runbooks)
        for service in load_services(connection)
        if service.id in found
    )


def runbook_views(connection: Connection) -> tuple[RunbookView, ...]:
    """Return the runbooks that can be attached."""
    return tuple(
        RunbookView(item.id, item.title, len(item.steps), item.words)
        for item in load_runbooks(connection)
        if not item.always
    )


def proposal(connection: Connection, number: int) -> Proposal | None:
    """Return a proposal."""
    return rows.load_proposal(connection, number)
