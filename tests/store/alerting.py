"""A source of alerts beside a room: polled, kept, and what it says carried out, as a worker does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from data.domain.alert import Alert
from data.domain.alerting import Absorbed, InstanceAnswer, absorb
from data.domain.room import MaintenanceWindow, Source
from data.store.commands.alert_steps import Step, alert_steps
from data.store.commands.alerts import read_source, save
from data.store.commands.reconcile import reconcile
from data.store.queries.watching import spoken_for
from tests.domain.alerting import PROD, answer
from tests.store.room import SERVICES, START, Room, done

OLD = START - timedelta(days=3)
IDS = tuple(service.id for service in SERVICES)


class Watched:
    """A source that was first seen quiet, an hour before the room's clock stood still."""

    def __init__(self, room: Room, source: Source = PROD, *, quiet: bool = True) -> None:
        self.room, self.source = room, source
        self.windows: tuple[MaintenanceWindow, ...] = ()
        if quiet:
            now = room.clock.now
            room.clock.now = now - timedelta(hours=1)
            self.poll(answer(started=OLD))
            room.clock.now = now

    def take(self, *answers: InstanceAnswer) -> Absorbed:
        """Poll and keep what came of it, no more."""
        told = tuple(replace(item, started=item.started and OLD) for item in answers)

        def work(connection: Connection, now: datetime) -> Absorbed:
            state, known = read_source(connection, self.source.id)
            absorbed = absorb(self.source, state, known, told, now)
            save(connection, now, self.source.id, absorbed)
            return absorbed

        return self.room.store.work(work)

    def steps(self) -> list[Step]:
        """Return what should be carried out now."""
        _, known = self.room.read(lambda connection: read_source(connection, self.source.id))
        spoken = self.room.read(spoken_for)
        now = self.room.clock.now
        return alert_steps(self.source, known.values(), spoken, now, services=IDS, windows=self.windows)

    def settle(self, steps: Sequence[Step]) -> None:
        done(self.room.do(reconcile, steps, by="keeper"))

    def poll(self, *answers: InstanceAnswer, **after: float) -> None:
        """Let time pass (15 s), poll, and carry out all that follows."""
        self.room.clock.later(**after or {"seconds": 15})
        self.take(*answers or (answer(),))
        if steps := self.steps():
            self.settle(steps)

    def gone(self, **after: float) -> None:
        """Poll until nothing fires."""
        self.poll(answer(), **after)
        self.poll(answer())

    def kept(self) -> dict[str, Alert]:
        """Return the alerts as they are kept, by name."""
        _, known = self.room.read(lambda connection: read_source(connection, self.source.id))
        return {alert.name: alert for alert in known.values()}
