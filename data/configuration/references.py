"""Which definitions name which others, and circles among them (design 3.4-3.6, 3.8)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from data.domain.room import Kind

# kind → (field, what it names, must it be there); the others may come from the console later
_NAMES: Mapping[Kind, tuple[tuple[str, Kind, bool], ...]] = {
    Kind.ROOM: (("trusted", Kind.RUNBOOK, False),),
    Kind.SERVICE: (("runbooks", Kind.RUNBOOK, True),),
    Kind.CHECK: (("service", Kind.SERVICE, True), ("depends_on", Kind.CHECK, False)),
    Kind.MAINTENANCE: (("service", Kind.SERVICE, True),),
    Kind.LEVEL: (("contacts", Kind.CONTACT, True),),
    Kind.AUDIENCE: (("channels", Kind.CHANNEL, True),),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One name in one field; ``path`` leads to it from the table."""

    path: tuple[str | int, ...]
    kind: Kind
    id: str
    required: bool


def references(kind: Kind, spec: Mapping[str, Any]) -> Iterator[Reference]:
    """Return everything a definition names, in the order it was written.

    ``spec`` may come straight from a file: what is no name in it is passed over.
    """
    for field, named, required in _NAMES.get(kind, ()):
        value = spec.get(field)
        if isinstance(value, str):
            yield Reference((field,), named, value, required)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, str):
                    yield Reference((field, number), named, item, required)


def circles(depends_on: Mapping[str, Collection[str]]) -> Iterator[Sequence[str]]:
    """Return circles of checks that depend on each other, ``a, b, a``, until none is left unbroken."""
    waits = {key: list(names) for key, names in depends_on.items()}
    order = list(waits)
    while True:
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            # graphlib names each check before the one that depends on it.
            circle = list(reversed(error.args[1]))[:-1]
            first = circle.index(min(circle, key=order.index))
            circle = circle[first:] + circle[:first]
            yield (*circle, circle[0])
            del waits[circle[0]]
            waits = {key: [item for item in items if item != circle[0]] for key, items in waits.items()}
        else:
            return
