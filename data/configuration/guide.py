"""What the guide says of a level or an audience by its id: a file may leave that out (design 10)."""

from typing import Any

from data.defaults import defaults
from data.domain.codec import decode
from data.domain.room import SPECS, Kind


def of_the_guide(kind: Kind, key: str) -> Any:
    """Return the guide's own thing of this kind and id, None where it has none."""
    for item in defaults().definitions:
        if item.kind is kind and item.id == key:
            return decode(SPECS[kind], item.spec)
    return None
