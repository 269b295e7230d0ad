"""A page's address with places to fill in: a new ticket, a conference bridge (design 3.8, 4)."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from data.domain.incident import Incident
from data.domain.instants import format_instant

PLACES = ("id", "title", "severity", "service", "body", "random")
LONGEST = 3_900  # characters of a filled address: what browsers, and the servers behind, still take
RANDOM_LENGTH = 16  # of the 36 letters and digits below: 82 bits nobody can guess
RANDOM_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")
_SHORTENED = ("title", "body")  # what gives way, in this order, where all of it does not fit


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the address with each place filled, percent-encoded so that it stays what it is: one value.

    A title and then a body are cut, at whole characters, where the address would be longer than
    ``LONGEST``; a place without a value is filled with nothing.
    """
    encoded = {name: quote(values.get(name, ""), safe="") for name in PLACES if name not in _SHORTENED}
    names = _PLACE.findall(template)
    left = LONGEST - len(_PLACE.sub(lambda place: encoded.get(place[1], ""), template))
    for position, name in enumerate(_SHORTENED):
        wanted = sum(names.count(later) > 0 for later in _SHORTENED[position:])
        share = left // max(1, names.count(name)) // max(1, wanted)
        encoded[name] = _shortened(values.get(name, ""), share)
        left -= len(encoded[name]) * names.count(name)
    return _PLACE.sub(lambda place: encoded[place[1]], template)


def _shortened(text: str, room: int) -> str:
    """Return text percent-encoded, as many of its first characters as fit."""
    whole = quote(text, safe="")
    if len(whole) <= room:
        return whole
    mark = quote("…", safe="")
    kept, length = [], len(mark)
    for character in text:
        piece = quote(character, safe="")
        length += len(piece)
        if length > room:
            break
        kept.append(piece)
    return "".join([*kept, mark]) if room >= len(mark) else ""


def values_of(incident: Incident, random: str) -> dict[str, str]:
    """Return what an incident fills the places with; ``random`` is the part nobody can guess."""
    return {
        "id": incident.key,
        "title": incident.title,
        "severity": incident.severity.value,
        "service": ", ".join(incident.services),
        "body": body(incident),
        "random": random,
    }


def body(incident: Incident) -> str:
    """Return what a new ticket says of an incident: facts, one a line."""
    lines = [
        f"{incident.key} {incident.severity} {incident.severity.word}: {incident.title}",
        f"Detected: {format_instant(incident.detected_at)}",
    ]
    if incident.services:
        lines.append(f"Services: {', '.join(incident.services)}")
    lines.append(f"Status: {incident.status}")
    lines += [f"{role}: {person}" for role, person in incident.roles]
    lines += [f"Cause: {cause.key}" for cause in incident.causes]
    return "\n".join(lines)
