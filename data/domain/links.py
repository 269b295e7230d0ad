"""The places that belong to an incident: its ticket, its bridge, documents (design 3.8, 4)."""

import re

from data.domain.incident import Incident

TICKET, BRIDGE = "ticket", "bridge"
KINDS = (TICKET, BRIDGE, "doc", "dashboard", "chat", "other")

# 42, #42, OPS-7, INC0012, acme/ops#42: how trackers call a ticket where people do not copy its address
_NUMBER = re.compile(
    r"(?:[A-Za-z0-9_.-]{1,60}/){0,3}(?:[A-Za-z][A-Za-z0-9_.]{0,30}[-#]?|#)?\d{1,12}", re.ASCII
)


def is_ticket_number(text: str) -> bool:
    """Tell whether text names a ticket by its number: ``42``, ``#42``, ``OPS-7``, ``acme/ops#42``."""
    return _NUMBER.fullmatch(text) is not None


def newest(incident: Incident, kind: str) -> str:
    """Return where the link of a kind leads that was attached last, or an empty string."""
    return next((link.target for link in reversed(incident.links) if link.kind == kind), "")
