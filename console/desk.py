"""The async door to the store: one writer thread, a few readers, no write ever cancelled."""

import asyncio
import itertools
import queue
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from data.domain.change import Refused
from data.domain.incident import is_operator
from data.store.errors import StoreError

if TYPE_CHECKING:
    # the store brings the database library with it, which the first frame does not wait for
    from sqlalchemy import Connection

    from data.store.store import Store
    from data.store.unit import Answer, Write

T = TypeVar("T")
READERS = 3
_PERSON, _WORKER, _STOP = 0, 1, 2


class Desk:
    """Takes commands and queries from the event loop; people's commands overtake the workers' batches.

    Every method raises StoreError when the store cannot be used, and once the desk is closed. A store
    that is yet to be opened is given as what opens it; everything asked for waits until it is there.
    """

    def __init__(self, store: "Store | Callable[[], Store]") -> None:
        self._writer = _Lane("writer", 1)
        self._readers = _Lane("reader", READERS)
        self._store: Store | None = None
        self._open: Callable[[], Store] | None = None
        self._opening: Future[Store] | None = None
        self.errors = 0  # times the store could not be used
        if callable(store):
            self._open = store
        else:
            self._store = store

    @property
    def store(self) -> "Store":
        """The open store. Raises StoreError before it is."""
        if self._store is None:
            raise StoreError("the store is still being opened", "try again in a moment")
        return self._store

    @property
    def name(self) -> str:
        """The store's path or URL without a password; empty before it is open."""
        return self._store.name if self._store is not None else ""

    async def opened(self) -> "Store":
        """Open the store, once, and return it. Raises StoreError where it cannot be opened."""
        if self._store is None and self._open is not None:
            if self._opening is None:
                self._opening = self._writer.put(_PERSON, self._open)
            self._store = await asyncio.shield(asyncio.wrap_future(self._opening))
        return self.store

    async def command(
        self, work: "Callable[[Write], Answer | Refused]", *, by: str, command: str | None = None
    ) -> "Answer | Refused":
        """Run a command; cancelling the caller does not cancel what is being written."""
        rank = _PERSON if is_operator(by) else _WORKER
        store = await self.opened()
        return await self._write(rank, lambda: store.write(work, by=by, command=command))

    async def work(self, work: "Callable[[Connection, datetime], T]") -> T:
        """Run a worker's write; cancelling the caller does not cancel it."""
        store = await self.opened()
        return await self._write(_WORKER, lambda: store.work(work))

    async def read(self, query: "Callable[[Connection], T]") -> T:
        """Run a query on a reader's connection."""
        store = await self.opened()
        return await self._counted(asyncio.wrap_future(self._readers.put(_PERSON, lambda: store.read(query))))

    async def _write(self, rank: int, job: Callable[[], T]) -> T:
        return await self._counted(asyncio.shield(asyncio.wrap_future(self._writer.put(rank, job))))

    async def _counted(self, asked: Awaitable[T]) -> T:
        try:
            return await asked
        except StoreError:
            self.errors += 1
            raise

    async def close(self) -> None:
        """Finish what was asked for, then let go of the store. Closing twice is once."""
        stops = [*self._writer.stop(), *self._readers.stop()]
        if stops:
            await asyncio.gather(*map(asyncio.wrap_future, stops))
            if self._store is not None:
                self._store.close()


class _Lane:
    """Threads that take jobs by rank, then in order; daemons, so that a dead disk keeps no process alive."""

    def __init__(self, name: str, threads: int) -> None:
        self._order = itertools.count()
        self._jobs: queue.PriorityQueue[tuple[int, int, Callable[[], Any] | None, Future[Any]]]
        self._jobs = queue.PriorityQueue()
        self._closing = threading.Lock()
        self._threads = threads
        for _ in range(threads):
            threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, rank: int, job: Callable[[], T]) -> Future[T]:
        """Queue a job. Raises StoreError once stopped."""
        future: Future[T] = Future()
        with self._closing:
            if not self._threads:
                raise StoreError("the store is closed", "start warroom again")
            self._jobs.put((rank, next(self._order), job, future))
        return future

    def stop(self) -> list[Future[None]]:
        """Take no more jobs; the futures are done when the threads have done the last ones."""
        with self._closing:
            stops: list[Future[None]] = [Future() for _ in range(self._threads)]
            for stop in stops:
                self._jobs.put((_STOP, next(self._order), None, stop))
            self._threads = 0
        return stops

    def _run(self) -> None:
        while self._next():
            pass

    def _next(self) -> bool:
        """Do one job; no reference to it outlives it while the thread waits for the next."""
        _, _, job, future = self._jobs.get()
        wanted = future.set_running_or_notify_cancel()
        if job is None:
            if wanted:
                future.set_result(None)
            return False
        if wanted:
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - whoever asked gets the error
                future.set_exception(error)
        return True
