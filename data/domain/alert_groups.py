"""The keys alerts count to: a group, a storm, what already fired, a heartbeat (design 3.7)."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from data.domain.alert import Alert, AlertRole
from data.domain.instants import format_instant
from data.domain.room import Source

GROUP, STORM, ALREADY, HEARTBEAT = "alert:", "storm:", "already:", "heartbeat:"
PREFIXES = (GROUP, STORM, ALREADY, HEARTBEAT)

MANY = 10  # new groups; more than that at once are one storm
AT_ONCE = timedelta(seconds=60)

_PLAIN = re.compile(r"[\w.][\w .:@+-]*")
_LONGEST = 80  # of what people read in a group's key
_ABSENT = "-"


def is_alert(key: str) -> bool:
    """Tell a cause that alerts stand for from a check's or any other."""
    return key.startswith(PREFIXES)


def source_of(key: str) -> str:
    """Return the source in the key of such a cause."""
    return key.split(":", 2)[1]


def group_of(source: Source, labels: Mapping[str, str]) -> str:
    """Return the key of the group an alert with these labels belongs to, by the source's ``group_by``.

    ``alert:SOURCE:DBDown/checkout``: readable, at most some 170 characters, and never the same for
    different values: odd or long ones are told apart by a hash of what they are.
    """
    values = [labels.get(name, "") for name in source.group_by]
    while values and not values[-1]:
        values.pop()
    shown = "/".join(value or _ABSENT for value in values) or _ABSENT
    odd = any(value and (value == _ABSENT or not _PLAIN.fullmatch(value)) for value in values)
    if odd or len(shown) > _LONGEST or "~" in shown:
        exact = "\0".join(values).encode("utf-8", "surrogatepass")
        shown = f"{shown[:_LONGEST]}~{hashlib.sha256(exact).hexdigest()[:10]}"
    return f"{GROUP}{source.id}:{shown}"


def already_of(source: str) -> str:
    """Return the cause of what already fired when a source was first seen."""
    return ALREADY + source


def heartbeat_of(source: str, fingerprint: str) -> str:
    """Return the cause a heartbeat's absence is."""
    return f"{HEARTBEAT}{source}:{fingerprint}"


def storm_of(source: str, now: datetime) -> str:
    """Return the cause of a storm that begins now."""
    return f"{STORM}{source}:{format_instant(now)}"


def storms(
    source: str,
    alerts: Iterable[Alert],
    woken: Collection[str],
    before: Mapping[str, Alert],
    now: datetime,
) -> dict[str, str]:
    """Return which groups now belong to a storm, by group key.

    More than ten groups new within the last minute are a storm; it takes them along whatever they
    counted to, and others join it while more than ten are new. A group is new from the first instant
    one of its loud alerts was seen, or when the last of its muted ones spoke up: ``woken`` names those
    that did just now. A storm that comes back is the same one: ``before`` are the alerts as they were.
    """
    since = now - AT_ONCE
    first: dict[str, datetime] = {}
    causes: dict[str, str] = {}
    for alert in alerts:
        if alert.role is not AlertRole.ALERT or not alert.loud:
            continue
        key = alert.group_key
        if key not in first or alert.first_seen < first[key]:
            first[key] = alert.first_seen
        causes[key] = alert.cause
    fresh = [
        key
        for key, seen in first.items()
        if (seen >= since or key in woken) and not causes[key].startswith(ALREADY)
    ]
    if len(fresh) <= MANY:
        return {}
    under_way = [cause for key in fresh if (cause := causes[key]).startswith(STORM)]
    storm = max(under_way) if under_way else _returning(fresh, before) or storm_of(source, now)
    return {key: storm for key in fresh if not causes[key].startswith(STORM)}


def _returning(fresh: Collection[str], before: Mapping[str, Alert]) -> str | None:
    """Return the storm most of these groups were part of not long ago, if there is one."""
    keys = set(fresh)
    were = {alert.group_key: alert.cause for alert in before.values() if alert.group_key in keys}
    past = [cause for cause in were.values() if cause.startswith(STORM)]
    return max(past) if 2 * len(past) > len(keys) else None
