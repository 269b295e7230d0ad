"""The places that belong to an incident, one line each, with the keys that open them."""

from data.views import IncidentView

_KEYS = {"dashboard": "d", "logs": "l", "apm": "p"}


def in_lines(view: IncidentView) -> str:
    """Return the pages of its services by kind, then its own links; a sentence where there is none."""
    names = dict.fromkeys(kind for service in view.services for kind, _ in service.links)
    lines = [f"{_KEYS.get(kind, '·')} {kind}" for kind in names]
    lines += [f"{link.kind}: {link.target}" for link in view.incident.links]
    return "\n".join(lines) or "none configured for its services"
