"""The outbox at work: claims what is due, sends it, and writes what became of it (design 7)."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from console.channels import Channel, Message, unknown
from console.channels.sending import Sender
from console.clock import Clock
from console.desk import Desk
from console.workers import ways
from console.workers.duties import Duties
from console.workers.ways import Ways
from data.domain import outbox
from data.domain.delivery import Delivery, DeliveryKind
from data.domain.outbox import Outcome
from data.store.commands import outbox as commands
from data.store.errors import StoreError
from data.store.queries.outbox import Due, deliveries, waiting

log = logging.getLogger("warroom.outbox")
LOOK, SETTLE = 0.5, 0.5  # seconds
GATHER = 0.1  # seconds between two writes of what tries came to: each reads the outbox anew
TOGETHER = 16  # sends at once: each is a thread, and more of them would keep keys waiting
TOGETHER_TO_ONE = 4  # of them to one target: a stuck one must not take all


class Outbox:
    """Sends pages, notices and updates; knows no screen.

    ``limit`` is how long one try may take, ``lease`` how long a claim lasts, ``patience`` how long a
    message waits for a host that can send it before that is a failed try; all real time.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        holder: str,
        *,
        limit: timedelta = outbox.LIMIT,
        lease: timedelta = outbox.LEASE,
        patience: timedelta = outbox.NOBODY_CAN,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._holder = holder
        self._limit, self._lease = limit.total_seconds(), lease.total_seconds()
        self._patience = patience.total_seconds()
        self._sender = Sender()
        self._duties = Duties()
        self._sending: dict[str, tuple[asyncio.Task[None], str]] = {}  # by id, with the target
        self._tried: list[tuple[Delivery, Outcome]] = []
        self._closed: dict[str, float] = {}  # since when no way was open from here, by id
        self._look_again = asyncio.Event()
        self._something_tried = asyncio.Event()

    @property
    def trouble(self) -> str:
        """Why nothing can be sent at the moment, in one sentence, else empty."""
        return self._duties.trouble

    async def run(self) -> None:
        """Send until cancelled; what is being sent then is sent again by whoever takes over."""
        repeat = self._duties.repeat
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(repeat("sending", LOOK, self._look, self._look_again))
                tasks.create_task(repeat("settling", SETTLE, self._settle, self._something_tried, GATHER))
        finally:
            await self._stop()

    async def _look(self) -> None:
        """See what is due, and send what this host can."""
        found = await self._desk.read(partial(waiting, now=self._clock()))
        busy = {*self._sending, *(item.id for item, _ in self._tried)}
        mine = [item for item in found.due if item.id not in busy]
        if not mine:
            self._closed.clear()
            return
        open_ways = await ways.find(mine, found, self._sender)
        able = [item for item in mine if (item.target, item.way) in open_ways.open]
        if wanted := self._room_for(able):
            claim = partial(
                commands.claim,
                holder=self._holder,
                wanted=wanted,
                lease=self._clock.span(self._lease),
            )
            for item in await self._desk.work(claim):
                self._start(item, open_ways.open[item.target, item.way])
        await self._nobody_can(
            [item for item in mine if (item.target, item.way) in open_ways.closed], open_ways
        )

    def _room_for(self, able: Iterable[Due]) -> list[str]:
        """Return whom to send to now: so many at once, and not all of them to one target."""
        busy = Counter(target for _, target in self._sending.values())
        wanted: list[str] = []
        for item in able:
            if busy.total() >= TOGETHER:
                break
            if busy[item.target] < TOGETHER_TO_ONE:
                busy[item.target] += 1
                wanted.append(item.id)
        return wanted

    async def _nobody_can(self, items: Iterable[Due], found: Ways) -> None:
        """Count it as a failed try when no host has been able to send something for a while."""
        now = time.monotonic()
        since = {item.id: self._closed.get(item.id, now) for item in items}
        why = {item.id: found.closed[item.target, item.way] for item in items}
        late = [name for name, began in since.items() if now - began >= self._patience]
        self._closed = {name: began for name, began in since.items() if name not in late}
        if late:
            for item in await self._desk.read(partial(deliveries, ids=late)):
                last = item.kind is not DeliveryKind.UPDATE  # whoever is to be woken has other ways
                self._tried.append((item, Outcome(False, why[item.id], permanent=last)))
            self._something_tried.set()

    def _start(self, item: Delivery, channel: Channel) -> None:
        task = asyncio.create_task(self._send(item, channel))
        self._sending[item.id] = (task, item.target)

    async def _send(self, item: Delivery, channel: Channel) -> None:
        message = Message(outbox.key_of(item), item.subject, item.body, item.created_at, item.options)
        try:
            async with asyncio.timeout(self._limit):
                outcome = await channel.send(message)
        except TimeoutError:
            outcome = unknown(self._limit)
        except Exception as error:  # noqa: BLE001 - whatever a channel does, the others go on
            # no traceback: what is in it may be a secret
            log.error("sending to %s failed: %s", item.target, type(error).__name__)
            outcome = Outcome(False, f"failed ({type(error).__name__})")
        finally:
            self._sending.pop(item.id, None)
        self._tried.append((item, outcome))
        self._something_tried.set()

    async def _settle(self) -> None:
        """Write what the tries came to."""
        tried = tuple(self._tried)
        if not tried:
            return
        last = [(item, outcome) for item, outcome in tried if outbox.hopeless(item, outcome)]
        try:
            if len(last) < len(tried):
                await self._desk.work(partial(commands.settle, tried=tried))
            if last:
                await self._desk.command(partial(commands.give_up, tried=last), by="escalation")
        except StoreError:
            raise  # they are written once the store can be
        except Exception:
            self._drop(tried)  # their claims run out, and they are tried again
            raise
        self._drop(tried)
        self._look_again.set()

    def _drop(self, tried: tuple[tuple[Delivery, Outcome], ...]) -> None:
        self._tried = self._tried[len(tried) :]

    async def _stop(self) -> None:
        tasks = [task for task, _ in self._sending.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()
        with suppress(StoreError):
            await self._settle()
