"""What an incident already knows of a command's blanks: its service, alert labels, pages (design 3.8).

Labels come from outside: only what is plain enough to be read at a glance, and no option, is proposed.
"""

import re
from collections.abc import Iterable, Mapping

from data.domain.incident import Incident

_PROPOSED = re.compile(r"[A-Za-z0-9_/][\w@%+=:,./?&#~-]{0,199}", re.ASCII)
_FILLERS = frozenset(
    {"the", "a", "an", "your", "my", "of", "from", "in", "value", "label", "labels", "alert"}
)
_WEAK = frozenset({"name", "id", "resource", "target", "affected", "failing", "full"})
_SAME: Mapping[str, tuple[str, ...]] = {
    "ns": ("namespace",),
    "svc": ("service",),
    "app": ("app", "service", "job"),
    "application": ("app", "service", "job"),
    "component": ("component", "service"),
    "node": ("node", "nodename", "host"),
    "nodename": ("node", "host"),
    "host": ("host", "hostname", "node"),
    "hostname": ("hostname", "host", "node"),
    "server": ("host", "node"),
    "inc": ("incident",),
    "ticket": ("ticket",),
    "issue": ("ticket",),
    "pod": ("pod", "pod_name"),
    "podname": ("pod", "pod_name"),
    "deploy": ("deployment",),
    "endpoint": ("endpoint", "url"),
    "health": ("url",),
    "region": ("region",),
    "db": ("database", "db", "datname"),
    "database": ("database", "datname"),
}


def facts(
    incident: Incident,
    labels: Iterable[Mapping[str, str]] = (),
    pages: Iterable[tuple[str, str]] = (),
    address: str = "",
) -> dict[str, str]:
    """Return what is known by name; ``labels`` are its alerts', the worst first, ``address`` its check's."""
    found: dict[str, str] = {}
    for alert in labels:
        for name, value in alert.items():
            found.setdefault(name.lower(), value)
    if incident.services:
        found["service"] = incident.services[0]
    instance = found.get("instance", "")
    found.setdefault("host", instance.rpartition(":")[0] or instance)
    for name, target in (*pages, *((link.kind, link.target) for link in incident.links)):
        found.setdefault(name.lower(), target)
    if address and "@" not in address and not address.startswith(("env:", "file:")):
        found.setdefault("url", address)
    found |= {"incident": incident.key, "severity": incident.severity.value}
    return {name: value for name, value in found.items() if _PROPOSED.fullmatch(value)}


def propose(name: str, known: Mapping[str, str]) -> str:
    """Return the known value a blank most likely means, "" where none does.

    ``POD_NAME``, ``pod name`` and ``value of pod label from alert`` all mean the label ``pod``.
    """
    words = [word for word in re.split(r"[^a-z0-9]+", _split(name).lower()) if word]
    for kept in (words, [word for word in words if word not in _FILLERS]):
        if value := known.get("_".join(kept), ""):
            return value
    strong = [word for word in words if word not in _FILLERS | _WEAK]
    if len(strong) != 1:
        return ""
    for same in (strong[0], *_SAME.get(strong[0], ())):
        if value := known.get(same, ""):
            return value
    return ""


def _split(name: str) -> str:
    """Return ``podName`` as words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
