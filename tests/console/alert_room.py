"""A room that hears from real Alertmanagers: sources that are asked often, and who asks them."""

import asyncio
import contextlib
import json
from asyncio import StreamWriter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from console.clock import Clock
from console.desk import Desk
from console.workers.alerts import AlertWatch
from data.domain.alert import Alert, SourceState
from data.domain.codec import encode
from data.domain.room import Definition, Kind, Source
from data.store.commands.alerts import read_source
from data.store.queries.alerts import sources
from data.store.store import open_store
from data.store.tables import LEASE
from data.store.tables_outside import ALERT
from tests.console.engine_room import Room, definitions, until
from tests.console.servers import Behaviour, answer

OFTEN = timedelta(milliseconds=200)
QUICK = timedelta(milliseconds=500)  # how long a source must be up before its silence counts


def source(*urls: str, name: str = "prod", **fields: Any) -> Source:
    """A source that is asked often, and soon believed when an alert is gone."""
    made = Source(name, "alertmanager", urls, every=OFTEN, resolve_timeout=QUICK)
    return replace(made, **fields)


def definition(item: Source) -> Definition:
    """A source as the store keeps it."""
    return Definition(Kind.SOURCE, item.id, encode(item))


class AlertRoom(Room):
    """A room, and what it knows of its sources."""

    def alerts(self, name: str = "prod") -> dict[str, Alert]:
        """What is kept of a source's alerts, by the name of the alert; cleared ones too."""
        _, found = self.read(lambda connection: read_source(connection, name))
        return {alert.name: alert for alert in found.values()}

    def source(self, name: str = "prod") -> SourceState:
        """How a source answered last."""
        found = self.read(sources)
        return next((state for state in found if state.id == name), SourceState(name))

    def count(self) -> int:
        """How many alerts are kept, of all sources."""
        query = select(func.count()).select_from(ALERT)
        return self.read(lambda connection: connection.execute(query).scalar_one())

    def firing(self, name: str = "prod") -> list[str]:
        """The names of what fires, sorted."""
        return sorted(alert.name for alert in self.alerts(name).values() if alert.firing)

    def fence(self, name: str = "prod") -> int:
        """How often a source was claimed."""
        query = select(LEASE.c.fence).where(LEASE.c.id == f"source:{name}")
        return self.read(lambda connection: connection.execute(query).scalar()) or 0

    async def polled(self, times: int = 3, name: str = "prod") -> None:
        """Wait until a source was asked so many times more, and what came of it is on the board."""
        for _ in range(times + 1):  # the first may have been under way
            before = self.source(name).polled_at
            await until(
                lambda before=before: self.source(name).polled_at != before,  # type: ignore[misc]
                words=f"nobody asks {name}",
            )


@contextlib.contextmanager
def room(path: Path | str, asked: Iterable[Source]) -> Iterator[AlertRoom]:
    """A room with these sources and nobody working in it yet."""
    made = definitions([]) + [definition(item) for item in asked]
    where = path / "room.db" if isinstance(path, Path) else path
    place = AlertRoom(where, Clock(), made)
    try:
        yield place
    finally:
        place.store.close()


@contextlib.asynccontextmanager
async def watching(place: Room, holder: str = "test", **options: Any) -> AsyncIterator[AlertWatch]:
    """Somebody who asks the room's sources; everything ends with the block."""
    desk = Desk(open_store(place.where, place.clock, holder))
    watch = AlertWatch(desk, place.clock, holder, **{"turn": 0.05, "margin": 0.5, **options})
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        assert not running.done() or running.cancelled(), running.exception()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await desk.close()


@contextlib.asynccontextmanager
async def heard(place: AlertRoom, **options: Any) -> AsyncIterator[AlertWatch]:
    """Somebody who asks a source that has answered once: nothing of what comes now fired before."""
    async with watching(place, **options) as watch:
        await until(lambda: place.source().ok_at is not None, words=watch.trouble or place.source().trouble)
        yield watch


class Stand:
    """What stands where an Alertmanager should, and does to the alerts' address whatever a test wants."""

    def __init__(self, *labels: dict[str, str], started: datetime | None = None) -> None:
        self.started = started or datetime.now(UTC) - timedelta(hours=1)
        self.alerts = self.good(*labels)

    def good(self, *labels: dict[str, str]) -> Behaviour:
        """An answer with alerts of these labels."""
        starts = (self.started + timedelta(minutes=1)).isoformat()
        items = [
            {
                "labels": item,
                "annotations": {"summary": item.get("summary", "")},
                "fingerprint": f"{number:016x}",
                "startsAt": starts,
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
            }
            for number, item in enumerate(labels)
        ]
        return answer(json.dumps(items), media="application/json")

    async def __call__(self, request: bytes, writer: StreamWriter) -> None:
        """Answer a request."""
        if b" /api/v2/status " in request.partition(b"\r\n")[0]:
            status = {"uptime": self.started.isoformat(), "versionInfo": {"version": "0.25.0"}}
            await answer(json.dumps(status), media="application/json")(request, writer)
        else:
            await self.alerts(request, writer)
