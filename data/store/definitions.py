"""What the room is configured with, read from and written to its one table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.domain.check import Check
from data.domain.codec import decode
from data.domain.policy import GUIDE_TIMES, Policy, Times
from data.domain.room import (
    SPECS,
    Definition,
    Kind,
    MaintenanceWindow,
    Origin,
    RoomSettings,
    Runbook,
    Service,
    SeverityTimes,
)
from data.store.tables import DEFINITION


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


def _specs(connection: Connection, kind: Kind) -> tuple[Any, ...]:
    return tuple(decode(SPECS[kind], item.spec) for item in load(connection, kind))


def load_settings(connection: Connection) -> RoomSettings:
    """Return the room's settings."""
    found: tuple[RoomSettings, ...] = _specs(connection, Kind.ROOM)
    return found[0] if found else RoomSettings()


def load_policy(connection: Connection) -> Policy:
    """Return everything the rules need to know about the room."""
    by_kind: dict[Kind, list[Any]] = {}
    wanted = (Kind.ROOM, Kind.SEVERITY, Kind.AUDIENCE, Kind.LEVEL, Kind.CONTACT)
    for item in load(connection, *wanted):
        by_kind.setdefault(item.kind, []).append(decode(SPECS[item.kind], item.spec))
    settings: RoomSettings = (by_kind.get(Kind.ROOM) or [RoomSettings()])[0]
    severities: list[SeverityTimes] = by_kind.get(Kind.SEVERITY, [])
    return Policy(
        times=dict(GUIDE_TIMES) | {item.severity: Times(item.response, item.update) for item in severities},
        audiences=tuple(by_kind.get(Kind.AUDIENCE, ())),
        levels=tuple(by_kind.get(Kind.LEVEL, ())),
        contacts=tuple(by_kind.get(Kind.CONTACT, ())),
        zone=settings.timezone,
        ladder_repeats=settings.ladder_repeats,
        reopen_within=settings.reopen_within,
        confirm_within=settings.confirm_within,
    )


def load_checks(connection: Connection) -> tuple[Check, ...]:
    """Return the health checks."""
    return _specs(connection, Kind.CHECK)


def load_services(connection: Connection) -> tuple[Service, ...]:
    """Return the services."""
    return _specs(connection, Kind.SERVICE)


def load_runbooks(connection: Connection) -> tuple[Runbook, ...]:
    """Return the runbooks."""
    return _specs(connection, Kind.RUNBOOK)


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


def retire(connection: Connection, definitions: Iterable[Definition], now: datetime) -> None:
    """Retire definitions: history keeps naming them, nothing uses them any more."""
    for item in definitions:
        connection.execute(
            update(DEFINITION)
            .where(DEFINITION.c.kind == item.kind.value, DEFINITION.c.id == item.id)
            .values(retired_at=now)
        )
