"""The store is away for long: its first level is told by whoever worked for it, straight (design 7)."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from console.channels import Message, Outcome, unknown
from console.channels.sending import Sender
from console.clock import Clock
from console.desk import Desk
from console.workers.secrets import SecretMissing, resolve
from data.domain.durations import spoken
from data.domain.outbox import LIMIT
from data.store.definitions import load_policy, load_settings
from data.store.errors import StoreError
from data.store.queries.board import live_rows
from data.store.queries.workers import WorkerSeen, workers
from data.text import clean, clean_line

log = logging.getLogger("warroom.away")
AFTER = timedelta(minutes=5)  # away for so long is an outage worth waking somebody for
LOOK = 5.0  # seconds between looks, of the clock
PATIENCE = 10.0  # seconds of real time after which a look that is not answered counts as failed
SILENT = 30.0  # seconds of real time after which a worker no longer counts as one that tells
TRIES = 5
NAMED = 3  # incidents that are named in the message
LAST = 10  # places in the order, after which nobody waits longer: that is days
WATCH = "watch "  # how the process of a worker without a screen is called: a console may be closed


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody of the first level, and the addresses a message reaches them by, in their order."""

    id: str
    name: str
    ways: tuple[str, ...] = field(repr=False)  # secrets


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of the room when it was last seen."""

    room: str
    people: tuple[Reachable, ...]
    live: tuple[str, ...]  # incidents, the most urgent first
    tellers: tuple[str, ...]  # the processes at work, in the order in which they tell


@dataclass(frozen=True, slots=True)
class _Seen:
    room: str
    people: tuple[tuple[str, str, tuple[str, ...]], ...]
    live: tuple[str, ...]
    workers: tuple[WorkerSeen, ...]


class AwayWatch:
    """Looks whether the room can be seen; after ``after`` of an outage level 1 is told, once, and once more
    when it is over. Nothing of it needs the store: addresses are kept resolved in memory.

    Without the store processes cannot agree who tells. So all go by the order of those last seen at work:
    the first tells after ``after``, each next one only after twice as long as the one before, since that
    one may have gone with the store.
    """

    trouble = ""  # the engine says so

    def __init__(self, desk: Desk, clock: Clock, holder: str, *, after: timedelta = AFTER) -> None:
        self._desk = desk
        self._clock = clock
        self._process = holder
        self._host = _host(holder)
        self._after = after
        self._sender = Sender()
        self._known: Known | None = None
        self._asking: asyncio.Task[_Seen] | None = None
        self._last: datetime | None = None  # the look before
        self._since: datetime | None = None  # the first look that failed
        self._away = timedelta()  # for how long, a sleep of this machine not counted
        self._told: dict[str, bool] = {}  # by contact: whether a message went out
        self._tries = 0
        self._left_to = ""  # who is to tell before, once that was logged

    @property
    def can_tell(self) -> bool:
        """True while somebody of the first level is known whom a message can reach."""
        return self._known is not None and any(person.ways for person in self._known.people)

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(self._clock.wait(timedelta(seconds=LOOK)))
        finally:
            if self._asking is not None:
                self._asking.cancel()
            await self._sender.close()

    async def _look(self) -> None:
        seen = await self._ask()
        now = self._clock()
        if seen is not None:
            await self._seen(seen, now)
            return
        if self._since is None or self._last is None:
            self._since, self._away = now, timedelta()
        else:
            # a machine that slept has not looked in vain meanwhile
            self._away += min(max(now - self._last, timedelta()), self._most)
        self._last = now
        if self._away >= self._after and self._known is not None:
            wait = self._wait(self._known)
            if self._away >= wait:
                await self._tell(self._known, self._since, now, wait)
            elif not self._left_to:
                self._left_to = self._before(self._known)
                log.warning(
                    "the room has been away for %s: %s is to tell its first level; from here that is done "
                    "after %s",
                    spoken(self._after),
                    self._left_to,
                    spoken(wait),
                )

    def _wait(self, known: Known) -> timedelta:
        """Return for how long the room has to be away before this process tells."""
        return self._after * 2.0 ** min(known.tellers.index(self._process), LAST)

    def _before(self, known: Known) -> str:
        """Return which process tells before this one, empty for the first."""
        place = known.tellers.index(self._process)
        return _host(known.tellers[place - 1]) if place else ""

    @property
    def _most(self) -> timedelta:
        return timedelta(seconds=3 * LOOK) + self._clock.span(PATIENCE)

    async def _ask(self) -> _Seen | None:
        """Read what is to be known; None when it cannot be read, or is not answered in time."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._read())
        await asyncio.wait({self._asking}, timeout=PATIENCE)
        if not self._asking.done():
            return None  # asked once: readers are few
        asked, self._asking = self._asking, None
        try:
            return asked.result()
        except StoreError:
            return None

    async def _read(self) -> _Seen:
        seen = await self._desk.read(_read)
        if await asyncio.to_thread(self._desk.store.replaced):  # a file that is gone can still be read
            raise StoreError("the store's file was removed or replaced")
        return seen

    async def _seen(self, seen: _Seen, now: datetime) -> None:
        people = await asyncio.to_thread(_resolved, seen.people, self._known)
        if any(self._told.values()) and self._since is not None and self._known is not None:
            lasted = spoken(timedelta(seconds=max(1, round((now - self._since).total_seconds()))))
            body = f"{self._host} sees the room {seen.room} again, after {lasted}. What is live:\n" + (
                "\n".join(seen.live) or "nothing"
            )
            message = self._message(f"{seen.room}: the room is back", body, "back", self._since, now)
            log.warning("the room is back after %s: its first level is told", lasted)
            told = [person for person in self._known.people if self._told.get(person.id)]
            await asyncio.gather(*(self._send(person, message) for person in told))
        self._known = Known(seen.room, people, seen.live, self._order(seen.workers, now))
        self._since, self._told, self._tries, self._last = None, {}, 0, now
        self._away, self._left_to = timedelta(), ""

    def _order(self, workers: Sequence[WorkerSeen], now: datetime) -> tuple[str, ...]:
        """Return who is at work, this process among them: those without a screen first, then by name."""
        fresh = now - self._clock.span(SILENT)
        found = {item.holder for item in workers if item.seen_at >= fresh} | {self._process}
        return tuple(sorted(found, key=lambda name: (not name.startswith(WATCH), name)))

    async def _tell(self, known: Known, since: datetime, now: datetime, wait: timedelta) -> None:
        wanted = [person for person in known.people if not self._told.get(person.id)]
        # one more try a minute, while it lasts
        if not wanted or self._away < wait + self._tries * timedelta(minutes=1):
            return
        if self._tries >= TRIES:
            return
        self._tries += 1
        live = known.live[:NAMED]
        more = f"\nand {len(known.live) - NAMED} more" if len(known.live) > NAMED else ""
        before = self._before(known)
        told_before = f"{before} was to tell you before: then this is the same outage.\n" if before else ""
        body = (
            f"{self._host} has not been able to see the room {known.room} since {since:%H:%M}Z "
            f"({spoken(wait)}). While it is away nothing opens, climbs or is sent from it.\n"
            f"{told_before}"
            "Look at the database, and at who works on what was live then:\n"
            + ("\n".join(live) + more if live else "nothing")
        )
        message = self._message(f"{known.room}: the room cannot be seen", body, "away", since, now)
        log.warning("the room has been away for %s: its first level is told", spoken(wait))
        found = await asyncio.gather(*(self._send(person, message) for person in wanted))
        self._told.update(zip((person.id for person in wanted), found, strict=True))

    def _message(self, subject: str, body: str, kind: str, since: datetime, now: datetime) -> Message:
        key = f"{kind}-{self._host}-{since:%Y%m%dT%H%M%SZ}"
        return Message(clean_line(key), clean_line(subject), clean(body), now)

    async def _send(self, person: Reachable, message: Message) -> bool:
        """Try one way after the other; True once one took it."""
        outcome = Outcome(False, "no way to reach them without the store")
        for way in person.ways:
            try:
                async with asyncio.timeout(LIMIT.total_seconds()):
                    outcome = await self._sender.send(way, message)
            except TimeoutError:
                outcome = unknown()
            except Exception as error:  # noqa: BLE001 - whatever a channel does, the others go on
                outcome = Outcome(False, f"failed ({type(error).__name__})")
            if outcome.ok:
                return True
        log.error("%s could not be told: %s", person.name, outcome.result)
        return False


def _read(connection: Connection) -> _Seen:
    policy = load_policy(connection)
    first = min(policy.levels, key=lambda level: level.rank, default=None)
    people = policy.answering(first) if first else ()
    rows = sorted(
        (row for row in live_rows(connection) if not row.proposed), key=lambda row: (row.severity, row.key)
    )
    return _Seen(
        load_settings(connection).name,
        tuple((person.id, person.name, person.notify) for person in people),
        tuple(f"{row.key} {row.severity} {row.title}" for row in rows),
        workers(connection),
    )


def _host(process: str) -> str:
    return process.rpartition(":")[0] or process


def _resolved(
    people: Sequence[tuple[str, str, tuple[str, ...]]], known: Known | None
) -> tuple[Reachable, ...]:
    """Resolve addresses while all is well; one that cannot be resolved any more stays what it was."""
    before: Mapping[str, Reachable] = {person.id: person for person in known.people} if known else {}
    found = []
    for name, title, references in people:
        ways = []
        for reference in references:
            with suppress(SecretMissing):
                ways.append(resolve(reference))
        kept = before[name].ways if not ways and name in before else tuple(ways)
        found.append(Reachable(name, title, kept))
    return tuple(found)
