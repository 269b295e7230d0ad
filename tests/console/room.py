"""A console over a real store in a file, with people on every level and a clock that a test moves."""

import asyncio
import builtins
import os
import shutil
import tempfile
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection
from textual import events
from textual.app import ScreenStackError
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import NoActiveWorker, get_current_worker

from console.app import WarRoom
from console.clock import Clock
from console.desk import Desk
from console.place import Place
from data.domain.change import Refused
from data.domain.room import Definition
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.store import Store, create_store, open_store
from data.store.unit import Answer, Write
from tests.store.room import Clock as SetClock
from tests.store.room import Room, definitions, done
from tests.widgets.screen import drawn, text

T = TypeVar("T")
LONG = 30.0  # seconds; a machine under load draws slowly
PATIENCE = 10.0  # seconds for whatever a key sets going
MEMORY = Path("/dev/shm")  # noqa: S108 - only folders of its own are made in it
SIZES = [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((64, 11), (120, 36)))]


def _quick(folder: Path) -> Path:
    """Return a folder in memory where there is one: waiting for a disk proves nothing here."""
    return Path(tempfile.mkdtemp(prefix="warroom-", dir=MEMORY)) if os.access(MEMORY, os.W_OK) else folder


class RoomClock(Clock):
    """The console's clock, standing still until a test lets time pass."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self._set = clock

    def __call__(self) -> datetime:
        return self._set()


class CountingDesk(Desk):
    """A desk that tells how many wait for it."""

    waiting = 0
    following = 0  # those that only look for news

    async def _counted(self, asked: Awaitable[T]) -> T:
        with suppress(NoActiveWorker):
            if get_current_worker().group == "feed":
                self.following += 1
                try:
                    return await asked
                finally:
                    self.following -= 1
        self.waiting += 1
        try:
            return await asked
        finally:
            self.waiting -= 1

    async def command(
        self, work: Callable[[Write], Answer | Refused], *, by: str, command: str | None = None
    ) -> Answer | Refused:
        """Count who gives a command."""
        return await self._counted(super().command(work, by=by, command=command))

    async def work(self, work: Callable[[Connection, datetime], T]) -> T:
        """Count who works."""
        return await self._counted(super().work(work))

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Count who reads."""
        return await self._counted(super().read(query))


_TEMPLATES: dict[str, bytes] = {}


def _template(defined: tuple[Definition, ...] | None) -> bytes:
    """Return a new store with these definitions in it; each is made once and then copied."""
    name = repr(defined)
    if name not in _TEMPLATES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "room.db"
            create_store(
                str(path), SetClock(), "laptop", definitions() if defined is None else defined
            ).close()
            _TEMPLATES[name] = path.read_bytes()
    return _TEMPLATES[name]


class House:
    """A store, its clock, the console over it, and somebody else who writes to the same store."""

    def __init__(self, folder: Path, defined: tuple[Definition, ...] | None = None, **more: Any) -> None:
        """Furnish a new store; None gives it people on every level, three services and two checks."""
        self.path = _quick(folder) / "room.db"
        if self.path.parent != folder:
            weakref.finalize(self, shutil.rmtree, self.path.parent, ignore_errors=True)
        self.clock = SetClock()
        self.path.write_bytes(_template(defined))
        self.desk = CountingDesk(open_store(str(self.path), self.clock, "laptop"))
        more = {"operator": "ada", "work": False, **more}
        self.app = WarRoom(self.desk, RoomClock(self.clock), **more)
        self._others: Store | None = None

    @property
    def others(self) -> Room:
        """The same store as another process sees it."""
        if self._others is None:
            self._others = open_store(str(self.path), self.clock, "elsewhere")
        return Room(self._others, self.clock)

    def forget_others(self) -> None:
        """Let go of their connection: another file lies at the path now."""
        self._others = None

    def declare(self, title: str, severity: Severity = Severity.P1, **more: Any) -> str:
        """Let somebody elsewhere declare an incident; return its key."""
        return done(self.others.do(incidents.declare, title, severity, by="lin", **more)).key

    def close(self) -> None:
        """Let go of the store."""
        if self._others is not None:
            self._others.close()


class User:
    """Whose hands are on the keyboard: presses keys and reads what is drawn."""

    def __init__(self, house: House, pilot: Pilot[int]) -> None:
        self.house = house
        self.app = house.app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each answered and drawn before the next."""
        for key in keys:
            await self.quickly(key)

    async def quickly(self, *keys: str) -> None:
        """Press keys one right after the other."""
        self.hits(*keys)
        await self.rest()

    def hits(self, *keys: str) -> None:
        """Press keys and do not wait for what comes of it."""
        for key in keys:
            self.app.post_message(events.Key(key, _character(key)))

    async def type(self, words: str) -> None:
        """Type words into what has the focus."""
        for character in words:
            self.app.post_message(events.Key(_KEYS.get(character, character), character))
        await self.rest()

    async def paste(self, words: str) -> None:
        """Paste words into what has the focus, as a terminal does."""
        self.app.post_message(events.Paste(words))
        await self.rest()

    async def rest(self) -> None:
        """Wait until all that was asked for is answered and drawn, or a question waits for its answer."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while self.app.is_running and loop.time() < end:
            await asyncio.sleep(0.001 if self._busy else 0)
            if self._busy or loop._ready:  # type: ignore[attr-defined] # nothing public tells of an idle loop
                continue
            with suppress(ScreenStackError):
                self.app.screen._on_timer_update()  # what is to be drawn is drawn at once
            if not loop._ready:  # type: ignore[attr-defined] # as above
                return

    @property
    def _busy(self) -> bool:
        """Whether somebody waits for the store, a key for its turn, or a view for its action's end."""
        desk = self.house.desk
        if desk.waiting or self.app.typed._kept or (desk.following and not self.app.trouble):
            return True
        asking = not self.app.screen_stack or not isinstance(self.app.screen, Place)
        return not asking and any(item.group == "actions" and item.is_running for item in self.app.workers)

    async def sees(self, *words: str) -> str:
        """Wait until the screen says all of the words; return the screen."""
        return await self._until(lambda seen: all(word in seen for word in words), f"{words} on the screen")

    async def sees_not(self, *words: str) -> str:
        """Wait until the screen says none of the words; return the screen."""
        return await self._until(lambda seen: not any(word in seen for word in words), f"{words} gone")

    async def header_lacks(self, words: str) -> None:
        """Wait until the first line no longer says the words."""
        await self._until(lambda seen: words not in seen.split("\n")[0], f"{words} gone from the first line")

    async def sees_line(self, first: str, *words: str) -> str:
        """Wait until the first line that says ``first`` also says the words; return it."""
        await self._until(
            lambda _: all(word in self.line(first) for word in words), f"{words} where it says {first}"
        )
        return self.line(first)

    async def _until(self, there: Callable[[str], bool], wanted: str) -> str:
        end = asyncio.get_running_loop().time() + LONG
        while True:
            if there(seen := text(self.app)):
                await self.rest()  # what came with it is drawn too
                return rested if there(rested := text(self.app)) else seen
            if asyncio.get_running_loop().time() > end or not self.app.is_running:
                raise AssertionError(f"waited for {wanted}:\n{text(self.app)}")
            await asyncio.sleep(0.01)
            self.app.screen._on_timer_update()

    def focuses(self, kind: builtins.type[Widget]) -> bool:
        """Tell whether a widget of this kind has the focus."""
        return isinstance(self.app.focused, kind)

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return drawn(self.app)

    def line(self, words: str) -> str:
        """Return the first line that says the words."""
        return next((line for line in self.lines if words in line), f"nothing says {words}")

    @property
    def cursor(self) -> str:
        """The line under the cursor of the list in front."""
        return self.line("▌")

    async def later(self, **span: float) -> None:
        """Let time pass."""
        self.house.clock.later(**span)
        self.app.now = self.house.clock()
        await self.rest()


def _character(key: str) -> str | None:
    return key if len(key) == 1 else key_to_character(key)


_KEYS = {" ": "space", "-": "minus", ":": "colon", "!": "exclamation_mark", "/": "slash", ".": "full_stop"}


@asynccontextmanager
async def using(house: House, size: tuple[int, int] = (80, 24)) -> AsyncIterator[User]:
    """Open the console at a size for somebody; a crash of it fails the test."""
    async with house.app.run_test(size=size, notifications=True) as pilot:
        user = User(house, pilot)
        while house.app.board.seq < 0 and house.app.is_running:  # noqa: ASYNC110 - the room tells nobody
            await asyncio.sleep(0.005)
        await user.rest()
        yield user
    await house.desk.close()
    house.close()


def refused_by(answer: Answer | Refused) -> str:
    """Return why a command was refused."""
    assert isinstance(answer, Refused), answer
    return answer.reason
