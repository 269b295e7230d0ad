"""What the room is configured with, read from and written to its one table.

What was read is kept in memory, decoded, until the counter row names another configuration.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, insert, select, update

from data import duty
from data.boarding import policy_of
from data.domain.check import Check
from data.domain.codec import decode
from data.domain.policy import Policy
from data.domain.room import (
    SPECS,
    Channel,
    Definition,
    Kind,
    MaintenanceWindow,
    Origin,
    RoomSettings,
    Runbook,
    Service,
)
from data.duty import Duty
from data.store.queries.calendars import calendars
from data.store.tables import COUNTER, DEFINITION


def load(connection: Connection, *kinds: Kind, retired: bool = False) -> tuple[Definition, ...]:
    """Return the definitions of some kinds (all when none is named), in their order."""
    query = select(DEFINITION).order_by(DEFINITION.c.kind, DEFINITION.c.position, DEFINITION.c.id)
    if kinds:
        query = query.where(DEFINITION.c.kind.in_([kind.value for kind in kinds]))
    if not retired:
        query = query.where(DEFINITION.c.retired_at.is_(None))
    return tuple(
        Definition(Kind(row.kind), row.id, row.spec, Origin(row.origin), row.position)
        for row in connection.execute(query)
    )


class _Known:
    """One configuration, decoded: its specs by kind, and the policy made of them."""

    def __init__(self, name: str, specs: dict[Kind, tuple[Any, ...]]) -> None:
        self.name = name
        self.specs = specs
        self.policy = policy_of(specs)
        self.calendars = any(level.calendar for level in self.policy.levels)


_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()
_NAME = select(COUNTER.c.configuration)


def _current(connection: Connection) -> _Known:
    name = connection.execute(_NAME).scalar_one()
    known = _known.get(connection.engine)
    if known is None or known.name != name:
        found: dict[Kind, list[Any]] = {}
        for item in load(connection):
            found.setdefault(item.kind, []).append(decode(SPECS[item.kind], item.spec))
        specs = {kind: tuple(items) for kind, items in found.items()}
        known = _known[connection.engine] = _Known(name, specs)
    return known


def _specs(connection: Connection, kind: Kind) -> tuple[Any, ...]:
    return _current(connection).specs.get(kind, ())


def load_settings(connection: Connection) -> RoomSettings:
    """Return the room's settings."""
    found: tuple[RoomSettings, ...] = _specs(connection, Kind.ROOM)
    return found[0] if found else RoomSettings()


def load_policy(connection: Connection, now: datetime | None = None) -> Policy:
    """Return everything the rules need to know about the room, with who is on call at an instant.

    Without one it is the present by the store's own clock.
    """
    return load_duty(connection, now).policy


def load_duty(connection: Connection, now: datetime | None = None) -> Duty:
    """Return the policy with the calendars it was made of.

    They are read anew each time, so that nothing kept in memory decides who is on call; a room without
    any pays nothing for them.
    """
    known = _current(connection)
    if not known.calendars:
        return Duty(known.policy)
    if now is None:
        now = connection.get_execution_options()["clock"]()
    return duty.at(known.policy, calendars(connection), now)


def load_checks(connection: Connection) -> tuple[Check, ...]:
    """Return the health checks."""
    return _specs(connection, Kind.CHECK)


def load_services(connection: Connection) -> tuple[Service, ...]:
    """Return the services."""
    return _specs(connection, Kind.SERVICE)


def load_runbooks(connection: Connection) -> tuple[Runbook, ...]:
    """Return the runbooks."""
    return _specs(connection, Kind.RUNBOOK)


def load_channels(connection: Connection) -> tuple[Channel, ...]:
    """Return the channels, in the order they were configured."""
    return _specs(connection, Kind.CHANNEL)


def load_windows(connection: Connection) -> tuple[MaintenanceWindow, ...]:
    """Return the maintenance windows, past ones included."""
    return _specs(connection, Kind.MAINTENANCE)


def upsert(connection: Connection, definitions: Iterable[Definition]) -> None:
    """Insert or replace definitions; a retired one comes back."""
    for item in definitions:
        values = {
            "spec": dict(item.spec),
            "origin": item.origin.value,
            "position": item.position,
            "retired_at": None,
        }
        here = (DEFINITION.c.kind == item.kind.value) & (DEFINITION.c.id == item.id)
        if connection.execute(update(DEFINITION).where(here).values(values)).rowcount == 0:
            connection.execute(insert(DEFINITION), [{"kind": item.kind.value, "id": item.id, **values}])
    _rename(connection)


def retire(connection: Connection, definitions: Iterable[Definition], now: datetime) -> None:
    """Retire definitions: history keeps naming them, nothing uses them any more."""
    for item in definitions:
        connection.execute(
            update(DEFINITION)
            .where(DEFINITION.c.kind == item.kind.value, DEFINITION.c.id == item.id)
            .values(retired_at=now)
        )
    _rename(connection)


def _rename(connection: Connection) -> None:
    """Give the configuration a name it never had: one that is rolled back is never mistaken for another."""
    connection.execute(update(COUNTER).values(configuration=uuid.uuid4().hex))
