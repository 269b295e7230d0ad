"""Whether a worker works, as others ask: its readiness, figures, and the watchdog (design 7)."""

import asyncio
from typing import TYPE_CHECKING

from console.clock import Clock
from console.desk import Desk
from console.workers import metrics
from console.workers.metrics import RoomFigures, room_figures
from data.store.errors import StoreError
from data.store.queries.board import seq

if TYPE_CHECKING:
    from console.workers.crew import Crew
    from console.workers.service_manager import ServiceManager

PATIENCE = 2.0  # seconds the store may take to answer
IDLE = 10.0  # seconds without a turn after which a worker is not at work
LOOK = 0.25  # seconds between looks whether it has begun


class VitalSigns:
    """Looks at the crew and the store for whoever asks."""

    def __init__(self, desk: Desk, clock: Clock, crew: "Crew") -> None:
        self._desk = desk
        self._clock = clock
        self._crew = crew
        self._asking: asyncio.Task[int] | None = None

    async def why_not(self) -> str:
        """Return why this worker does not work at the moment; empty while it does."""
        if trouble := self._crew.trouble:
            return trouble
        idle = self._crew.engine.figures().idle
        if idle > IDLE:
            return f"no turn for {idle:.0f} s"
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._desk.read(seq))
        asked = self._asking  # one at a time: readers are few, and anybody may ask
        await asyncio.wait({asked}, timeout=PATIENCE)
        if not asked.done():
            return f"the store has not answered for {PATIENCE:.0f} s"
        error = asked.exception()
        if isinstance(error, StoreError):
            return error.reason
        return f"the store failed ({type(error).__name__})" if error else ""

    async def metrics(self) -> str:
        """Return the page for Prometheus; without the store it is this worker's own part."""
        why = await self.why_not()
        room: RoomFigures | None = None
        if not why:
            try:
                async with asyncio.timeout(PATIENCE):
                    room = await self._desk.read(room_figures)
            except (StoreError, TimeoutError):
                room = None
        return metrics.page(
            self._crew.engine.figures(),
            room,
            newest=self._crew.status().newest,
            now=self._clock(),
            store_errors=self._desk.errors,
            ready=not why,
        )

    async def tell(self, manager: "ServiceManager") -> None:
        """Tell the service manager that work has begun, then now and then that it goes on, until cancelled.

        A store that is away is no reason to be restarted: the worker goes on measuring and tells people.
        """
        while not self._crew.engine.begun:  # noqa: ASYNC110 - nothing says so
            await asyncio.sleep(LOOK)
        manager.say("READY=1", "STATUS=at work")
        while True:
            if manager.every is None:
                await asyncio.sleep(60)
                continue
            manager.say("WATCHDOG=1")
            await asyncio.sleep(manager.every)
