"""Where an incident's ticket is, and the page a new one is opened on."""

from typing import NamedTuple

from sqlalchemy import Connection

from data.domain import links
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.commands.linking import filled
from data.store.definitions import load_settings


class TicketPages(NamedTuple):
    """The ticket that is attached already, and the page of a new one, filled in; "" where there is none."""

    attached: str = ""
    new: str = ""


def ticket_pages(connection: Connection, key: str) -> TicketPages:
    """Return an incident's pages of its ticket; none for an incident that is not there."""
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None:
        return TicketPages()
    template = load_settings(connection).ticket
    new = filled(template, incident) if template else ""
    return TicketPages(links.newest(incident, links.TICKET), new)
