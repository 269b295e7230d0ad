"""Everybody who works for a room in this process: they run together and end together (design 7)."""

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from console.clock import Clock
from console.desk import Desk
from console.workers.alerts import AlertWatch
from console.workers.away import AwayWatch
from console.workers.duties import Duties
from console.workers.engine import Engine, Status
from console.workers.oncall import OnCallFetch
from console.workers.outbox import Outbox
from data.store.commands import workers as record
from data.store.errors import StoreError

PRESENT = 10.0  # seconds between two words that this process is still at work


class Member(Protocol):
    """A worker beside the health engine. ``trouble`` is why it cannot work now, in one sentence."""

    @property
    def trouble(self) -> str: ...

    async def run(self) -> None:
        """Work until cancelled."""


Maker = Callable[[Desk, Clock, str], Member]  # the last is the holder it claims as
MEMBERS: tuple[Maker, ...] = (AlertWatch, OnCallFetch, Outbox, AwayWatch)


class Crew:
    """The health engine and everybody beside it; ``form`` is console or watch."""

    def __init__(self, desk: Desk, clock: Clock, *, form: str) -> None:
        self._desk = desk
        self._form = form
        self._since = clock()
        # one name for the process; who claims in it may add a word of its own behind it
        self._holder = f"{form} {desk.store.host}:{uuid.uuid4().hex[:12]}"
        self.engine = Engine(desk, clock, holder=self._holder)
        self.members = tuple(make(desk, clock, self._holder) for make in MEMBERS)
        self._duties = Duties()

    @property
    def trouble(self) -> str:
        """Why somebody of the crew cannot work at the moment, in one sentence, else empty."""
        found = (self.engine.trouble, *(member.trouble for member in self.members), self._duties.trouble)
        return next((sentence for sentence in found if sentence), "")

    @property
    def can_tell(self) -> bool:
        """True while somebody is known who can be told that the store is away."""
        return any(member.can_tell for member in self.members if isinstance(member, AwayWatch))

    def status(self) -> Status:
        """Say how the health checks are doing."""
        return self.engine.status()

    async def run(self) -> None:
        """Work until cancelled; then each of them ends its own way."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.engine.run())
                for member in self.members:
                    tasks.create_task(member.run())
                tasks.create_task(self._duties.repeat("presence", PRESENT, self._say_present))
        finally:
            with suppress(StoreError):
                await self._desk.work(partial(record.gone, holder=self._holder))

    async def _say_present(self) -> None:
        say = partial(
            record.present,
            holder=self._holder,
            host=self._desk.store.host,
            form=self._form,
            since=self._since,
            trouble=self.trouble,
        )
        await self._desk.work(say)
