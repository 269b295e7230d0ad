"""What causes are called where people read of them: their keys are for machines."""

import re

from data.domain.alert_groups import ALREADY, GROUP, HEARTBEAT, STORM, source_of

MASS = "mass"
_HASH = re.compile(r"~[0-9a-f]{10}$")  # tells odd groups apart, and says nothing to a reader


def cause_name(key: str) -> str:
    """Return a cause as people say it: ``alert DBDown/checkout of prod``, ``checkout-api``."""
    if key == MASS:
        return "mass failure"
    if key.startswith(STORM):
        return f"alert storm of {source_of(key)}"
    if key.startswith(ALREADY):
        return f"what already fired at {source_of(key)}"
    if key.startswith(HEARTBEAT):
        return f"silent heartbeat of {source_of(key)}"
    rest = key.partition(":")[2]
    if not key.startswith(GROUP):
        return rest or key
    source, _, group = rest.partition(":")
    group = _HASH.sub("", group)
    if group in ("", "-"):
        return f"alert of {source}"
    return f"alert {group} of {source}"
