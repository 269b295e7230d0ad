"""What brings the store's news to the screen: time, events, checks, sources of alerts, any trouble."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from data.store.errors import StoreError

if TYPE_CHECKING:
    from console.app import WarRoom
    from console.store_file import StoreFile
    from data.views import SourceView

LOOK = 0.1  # seconds between looks for news
PATIENCE = 3.0  # seconds an answer may take before the first line says so
MEASURED = 1.0  # seconds between looks at the checks
NOTICE = timedelta(minutes=1)  # how long the first line tells of a replaced store


class Feed:
    """Loops that set the room's state; a store that fails leaves what was last seen on the screen."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self.file: StoreFile | None = None
        self.sources: tuple[SourceView, ...] = ()
        self._seen = -1
        self._replaced_at: datetime | None = None

    def start(self) -> None:
        """Begin to follow the store."""
        loops = {
            "clock": self._tick,
            "events": self._events,
            "health": self._health,
            "sources": self._sources,
            "presence": self._room.presence.stay,
            "drafts": self._room.drafts.stay,
        }
        for name, loop in loops.items():
            self._room.run_worker(loop(), name=name, group="feed")
        self._room.away.start()

    async def _tick(self) -> None:
        room = self._room
        while True:
            room.now = room.clock()
            if self._replaced_at is not None and room.now - self._replaced_at > NOTICE:
                self._replaced_at, room.notice = None, ""
            rest = 1.0 - room.now.microsecond / 1_000_000
            await asyncio.sleep(max(0.05, rest))

    async def _events(self) -> None:
        room = self._room
        store = await room.desk.opened()
        from console.store_file import StoreFile
        from data.store.queries.board import seq as seq_query

        self.file = StoreFile(store)
        room.run_worker(self._look_closer(self.file), name="soundness", group="feed")
        while True:
            try:
                if self.file.changed():
                    self.file.follow()
                    self._seen, self._replaced_at = -1, room.clock()
                    room.notice = "store file REPLACED: this is the new one"
                    room.forget()
                    room.away.remembered.forget()
                if room.trouble:
                    self._seen = -1  # a view may have been opened that could not be read
                if self._seen != await self._patiently(room.desk.read(seq_query)):
                    await room.reload()
                    self._seen = room.board.seq
                room.trouble = ""
            except StoreError as error:
                room.trouble = room.in_words(error)
            await asyncio.sleep(LOOK)

    async def _patiently(self, asked: Awaitable[int]) -> int:
        """Wait for an answer, and say so when it is long in coming: a network that is gone tells nothing."""
        asking = asyncio.ensure_future(asked)
        done, _ = await asyncio.wait({asking}, timeout=PATIENCE)
        if not done:
            self._room.trouble = "the store does not answer"
        return await asking

    async def _look_closer(self, file: "StoreFile") -> None:
        """Look through the whole file once, after the first frame: damage is told, never hidden."""
        flaw = await asyncio.to_thread(file.flaw)
        if flaw:
            self._room.notice = "store DAMAGED: stop, and restore a backup"

    async def _health(self) -> None:
        room = self._room
        await room.desk.opened()
        from data.store.queries.health import HealthWatch

        watch, replaced_at = HealthWatch(), self._replaced_at
        while True:
            if self._replaced_at is not None and self._replaced_at != replaced_at:
                watch, replaced_at = HealthWatch(), self._replaced_at
            seen = await room.look(partial(watch.look, now=room.clock()))
            if seen is not None:
                room.health = seen
            await asyncio.sleep(MEASURED)

    async def _sources(self) -> None:
        """Look how the sources of alerts answered last; what they show is no event either."""
        room = self._room
        await room.desk.opened()
        from data.store.queries.alert_views import source_views

        while True:
            seen = await room.look(source_views)
            if seen is not None:
                self.sources = seen
            await asyncio.sleep(MEASURED)
