"""The async door to the store: one writer thread, a few readers, no write ever cancelled."""

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from data.domain.change import Refused
from data.store.store import Store
from data.store.unit import Answer, Write

T = TypeVar("T")
READERS = 3
_PERSON, _WORKER, _STOP = 0, 1, 2


class Desk:
    """Takes commands and queries from the event loop; people's commands overtake the workers' batches.

    Every method raises StoreError when the store cannot be used.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._order = itertools.count()
        self._jobs: queue.PriorityQueue[tuple[int, int, Callable[[], Any] | None, Future[Any]]]
        self._jobs = queue.PriorityQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._writer = threading.Thread(target=self._run, name="writer", daemon=True)
        self._writer.start()

    async def command(
        self, work: Callable[[Write], Answer | Refused], *, by: str, command: str | None = None
    ) -> Answer | Refused:
        """Run a command; cancelling the caller does not cancel what is being written."""
        rank = _PERSON if ":" not in by and by != "keeper" else _WORKER
        return await self._write(rank, lambda: self.store.write(work, by=by, command=command))

    async def work(self, work: Callable[[Connection, datetime], T]) -> T:
        """Run a worker's write that makes no events."""
        return await self._write(_WORKER, lambda: self.store.work(work))

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query on a reader's connection."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.store.read, query)

    async def _write(self, rank: int, job: Callable[[], T]) -> T:
        future: Future[T] = Future()
        self._jobs.put((rank, next(self._order), job, future))
        return await asyncio.shield(asyncio.wrap_future(future))

    def _run(self) -> None:
        while True:
            _, _, job, future = self._jobs.get()
            if job is None:
                future.set_result(None)
                return
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - whoever asked gets the error
                future.set_exception(error)

    async def close(self) -> None:
        """Finish what is being written, then let go of the store."""
        done: Future[None] = Future()
        self._jobs.put((_STOP, next(self._order), None, done))
        await asyncio.wrap_future(done)
        self._readers.shutdown(wait=True)
        self.store.close()
