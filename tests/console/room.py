"""A console over a real store in a file, with people on every level and a clock that a test moves."""

import asyncio
import builtins
import os
import shutil
import tempfile
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widget import Widget

from console.app import WarRoom
from console.clock import Clock
from console.desk import Desk
from console.place import Place
from data.domain.change import Refused
from data.domain.room import Definition
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.errors import StoreError
from data.store.store import Store, create_store, open_store
from data.store.unit import Answer
from tests.store.room import Clock as SetClock
from tests.store.room import Room, definitions, done
from tests.widgets.screen import drawn, text

MEMORY = Path("/dev/shm")  # noqa: S108 - only folders of its own are made in it
SIZES = [(80, 24), (64, 11), pytest.param((120, 36), marks=pytest.mark.slow)]


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


class House:
    """A store, its clock, the console over it, and somebody else who writes to the same store."""

    def __init__(self, folder: Path, defined: tuple[Definition, ...] | None = None, **more: Any) -> None:
        """Furnish a new store; None gives it people on every level, three services and two checks."""
        self.path = _quick(folder) / "room.db"
        if self.path.parent != folder:
            weakref.finalize(self, shutil.rmtree, self.path.parent, ignore_errors=True)
        self.clock = SetClock()
        self.desk = Desk(
            create_store(str(self.path), self.clock, "laptop", definitions() if defined is None else defined)
        )
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
        """Press keys one after the other, each answered before the next."""
        for key in keys:
            await self._send(events.Key(key, _character(key)))
        await self.rest()

    async def quickly(self, *keys: str) -> None:
        """Press keys one right after the other."""
        for key in keys:
            self.app.post_message(events.Key(key, _character(key)))
        await self.rest()

    async def type(self, words: str) -> None:
        """Type words into what has the focus."""
        for character in words[:-1]:
            self.app.post_message(events.Key(_KEYS.get(character, character), character))
        await self._send(events.Key(_KEYS.get(words[-1], words[-1]), words[-1]))

    async def paste(self, words: str) -> None:
        """Paste words into what has the focus, as a terminal does."""
        await self._send(events.Paste(words))

    async def _send(self, event: events.Event) -> None:
        """Let an event reach what it is for."""
        passed = asyncio.Event()
        self.app.post_message(event)
        self.app.call_later(passed.set)
        await passed.wait()
        await self.pilot.pause(0)
        for _ in range(200):  # a person reads the question before answering it
            acting = any(worker.group == "actions" and worker.is_running for worker in self.app.workers)
            if not acting or not isinstance(self.app.screen, Place):
                break
            await self.pilot.pause(0.01)

    async def rest(self) -> None:
        """Wait until what was asked for is answered and drawn."""
        with suppress(StoreError):
            await self.app.desk.read(lambda _: None)
        await self.pilot.pause(0)

    async def sees(self, *words: str) -> str:
        """Wait until the screen says all of the words; return the screen."""
        return await self._until(lambda seen: all(word in seen for word in words), f"{words} on the screen")

    async def sees_not(self, *words: str) -> str:
        """Wait until the screen says none of the words; return the screen."""
        return await self._until(lambda seen: not any(word in seen for word in words), f"{words} gone")

    async def header_lacks(self, words: str) -> None:
        """Wait until the first line no longer says the words."""
        await self._until(lambda seen: words not in seen.split("\n")[0], f"{words} gone from the first line")

    async def _until(self, there: Callable[[str], bool], wanted: str) -> str:
        for _ in range(200):
            seen = text(self.app)
            if there(seen):
                return seen
            await self.pilot.pause(0.02)
        raise AssertionError(f"waited for {wanted}:\n{text(self.app)}")

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
        while house.app.board.seq < 0:
            await user.rest()
        yield user
    await house.desk.close()
    house.close()


def refused_by(answer: Answer | Refused) -> str:
    """Return why a command was refused."""
    assert isinstance(answer, Refused), answer
    return answer.reason
