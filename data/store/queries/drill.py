"""What became of a drill, as its record has it."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from data.domain.drill import Played
from data.domain.incident import Incident
from data.domain.proposal import ProposalState
from data.store import rows
from data.store.queries.incidents import history
from data.store.tables import PROPOSAL


def played(connection: Connection, services: Collection[str], hints: int) -> Played:
    """Return the incident a drill is about: the first on one of its services, else the first of all.

    One that was merged away or called a duplicate is told by its original.
    """
    incidents = rows.load_incidents(connection)
    found = next((item for item in incidents if set(item.services) & set(services)), None)
    found = _original(found or next(iter(incidents), None), incidents)
    dismissed = connection.execute(
        select(PROPOSAL).where(PROPOSAL.c.state == ProposalState.DISMISSED.value).order_by(PROPOSAL.c.id)
    ).mappings()
    about = tuple(item.key for item in map(rows.proposal_of, dismissed) if set(item.services) & set(services))
    events = history(connection, found.id) if found is not None else ()
    return Played(found, events, hints, about)


def _original(incident: Incident | None, incidents: Collection[Incident]) -> Incident | None:
    by_number = {item.id: item for item in incidents}
    for _ in incidents:
        if incident is None or incident.duplicate_of not in by_number:
            break
        incident = by_number[incident.duplicate_of]
    return incident
