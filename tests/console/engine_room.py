"""A room whose engine really runs: a store on disk, services on loopback that break on command."""

import asyncio
import contextlib
import itertools
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from console.clock import Clock
from console.desk import Desk
from console.workers.engine import Engine
from data.defaults import defaults
from data.domain.change import Event, Refused
from data.domain.check import Check
from data.domain.codec import decode, encode
from data.domain.health import CheckState, Health
from data.domain.incident import Incident
from data.domain.policy import Contact, Level
from data.domain.proposal import Proposal
from data.domain.room import Definition, Kind, RoomSettings, Service
from data.domain.severity import Severity
from data.store import rows
from data.store.commands import rooms
from data.store.queries.board import live_rows
from data.store.queries.health import load_healths, results
from data.store.store import Store, create_store, open_store
from data.store.tables import PROPOSAL
from data.store.unit import Answer
from data.views import BoardRow

T = TypeVar("T")
P0, P1, P2, P3 = Severity
PEOPLE = ("ada", "lin", "sam", "tess", "carla")
SOON = timedelta(milliseconds=300)


def check(name: str, url: str, *, service: str = "", every: float = 0.1, **fields: Any) -> Check:
    """A check that is quick about it; its service has its name unless another is given."""
    fields = {"severity": P1, "timeout": timedelta(seconds=1), **fields}
    return Check(name, service or name, url, every=timedelta(seconds=every), **fields)


def definitions(checks: Iterable[Check], **settings: Any) -> list[Definition]:
    """The guide's defaults with somebody on every level, and these checks with their services."""
    checks = list(checks)
    people = iter(PEOPLE)
    found = []
    for item in defaults().definitions:
        spec = item.spec
        if item.kind is Kind.LEVEL:
            spec = encode(replace(decode(Level, item.spec), contacts=(next(people),)))
        elif item.kind is Kind.ROOM:
            spec = encode(replace(decode(RoomSettings, item.spec), **settings))
        found.append(replace(item, spec=spec))
    contacts = [Contact(name, name.title(), phone="+44 20 7946 0000") for name in PEOPLE]
    found += [Definition(Kind.CONTACT, item.id, encode(item)) for item in contacts]
    services = dict.fromkeys(item.service for item in checks)
    found += [Definition(Kind.SERVICE, name, encode(Service(name))) for name in services]
    return found + [definition(item, number) for number, item in enumerate(checks)]


def definition(item: Check, position: int = 0) -> Definition:
    """A check as the store keeps it."""
    return Definition(Kind.CHECK, item.id, encode(item), position=position)


def impatient(span: timedelta = SOON) -> tuple[tuple[Severity, timedelta], ...]:
    """Settings under which a proposal soon opens by itself."""
    return ((P0, span), (P1, span))


class Shop:
    """A service on loopback that a test breaks and mends; ``asked`` counts who came."""

    def __init__(self) -> None:
        self.port = 0
        self.asked = 0
        self.answer = b"200 OK"
        self._server: asyncio.Server | None = None
        self._open: set[StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/"

    async def open(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._open):
                writer.transport.abort()
            await self._server.wait_closed()

    def breaks(self) -> None:
        """Answer, but with an error."""
        self.answer = b"503 Service Unavailable"

    def heals(self) -> None:
        """Answer well again."""
        self.answer = b"200 OK"

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            writer.write(b"HTTP/1.1 " + self.answer + b"\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        except (OSError, EOFError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()  # the other side went, or the test is over
        finally:
            self._open.discard(writer)
            writer.close()


@contextlib.asynccontextmanager
async def shops(count: int = 1) -> AsyncIterator[list[Shop]]:
    """That many services, all well."""
    made = [Shop() for _ in range(count)]
    for shop in made:
        await shop.open()
    try:
        yield made
    finally:
        for shop in made:
            await shop.close()


class Room:
    """A store beside the engine's own, to look at what the engine did and to do what people do."""

    def __init__(self, path: Path | str, clock: Clock, made: Iterable[Definition]) -> None:
        self.path = Path(path)
        self.where = str(path)
        self.clock = clock
        self.store: Store = create_store(self.where, clock, "laptop", made)

    def do(
        self, command: Callable[..., Answer | Refused], *args: Any, by: str = "ada", **more: Any
    ) -> Answer:
        """Give a command as a person; it has to be carried out."""
        answer = self.store.write(lambda write: command(write, *args, **more), by=by)
        assert isinstance(answer, Answer), answer
        return answer

    def configure(self, *upserts: Definition, retires: Sequence[Definition] = ()) -> None:
        """Apply a changed configuration."""
        self.do(rooms.apply, upserts, retires, ["changed"])

    def read(self, query: Callable[[Connection], T]) -> T:
        """Ask the store."""
        return self.store.read(query)

    @property
    def board(self) -> tuple[BoardRow, ...]:
        """What the board shows."""
        return self.read(live_rows)

    def keys(self) -> list[str]:
        """The keys on the board, sorted."""
        return sorted(row.key for row in self.board)

    def shows(self, *keys: str) -> bool:
        """Whether exactly these are on the board."""
        return self.keys() == sorted(keys)

    def row(self, key: str) -> BoardRow:
        """One line of the board."""
        return next(row for row in self.board if row.key == key)

    def incident(self, number: int) -> Incident:
        """An incident as it stands."""
        found = self.read(lambda connection: rows.load_incident(connection, number))
        assert found is not None, f"there is no INC-{number}"
        return found

    def proposals(self) -> list[Proposal]:
        """Every proposal there has been."""
        query = select(PROPOSAL).order_by(PROPOSAL.c.id)
        return self.read(
            lambda connection: [rows.proposal_of(r) for r in connection.execute(query).mappings()]
        )

    def ladder(self, number: int) -> tuple[str, str | None]:
        """What an incident's ladder does, and the level told last."""
        found = self.incident(number).ladder
        assert found is not None, f"INC-{number} has no ladder"
        return found.state.value, found.level

    def events(self, kind: str = "") -> list[Event]:
        """What was told, of one kind where one is named."""
        return [event for event in self.read(rows.load_events) if kind in ("", event.kind)]

    def health(self, name: str) -> Health:
        """What is known of a check."""
        return self.read(load_healths).get(name, Health(name))

    def state(self, name: str) -> CheckState:
        """The hard state of a check."""
        return self.health(name).state

    def looks(self, name: str) -> int:
        """How many results of a check are on record."""
        return len(self.read(lambda connection: results(connection, name)))


@contextlib.contextmanager
def room(path: Path, checks: Iterable[Check], clock: Clock | None = None, **settings: Any) -> Iterator[Room]:
    """A room with these checks and nobody working in it yet."""
    made = Room(path / "room.db", clock or Clock(), definitions(checks, **settings))
    try:
        yield made
    finally:
        made.store.close()


@contextlib.asynccontextmanager
async def working(place: Room, **options: Any) -> AsyncIterator[Engine]:
    """An engine at work on the room's store; it stops with the block and leaves nothing behind."""
    store = open_store(place.where, place.clock, "laptop")
    desk = Desk(store)
    options = {"turn": 0.05, "margin": 0.5, "canaries_every": timedelta(milliseconds=200), **options}
    engine = Engine(desk, place.clock, holder=f"test:{next(_NUMBER)}", **options)
    running = asyncio.create_task(engine.run())
    _WORKING.add(engine)
    try:
        yield engine
    finally:
        assert not running.done() or running.cancelled(), running.exception()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await desk.close()
        _WORKING.discard(engine)
        if not _WORKING:
            assert not _left(), _left()


_WORKING: set[Engine] = set()
_NUMBER = itertools.count(1)  # no two processes are called the same


def _left() -> list[asyncio.Task[Any]]:
    """Tasks of engines that nobody runs any more."""
    running = [task for task in asyncio.all_tasks() if not task.done()]
    return [task for task in running if "/console/workers/" in str(task.get_stack(limit=1))]


async def until(condition: Callable[[], Any], within: float = 15.0, *, words: str = "") -> None:
    """Wait for something to become true."""
    try:
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - what is waited for is in another process's hands too
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(words or "it did not come to pass in time") from None


async def more_looks(shop: Shop, count: int = 6) -> None:
    """Wait until a service has been looked at so many times more."""
    seen = shop.asked
    await until(lambda: shop.asked >= seen + count, words=f"only {shop.asked - seen} looks")


def seconds() -> float:
    """A stopwatch."""
    return time.monotonic()
