"""What every full-screen view shares: its keys from the action table, and its room."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, TypeVar, cast, runtime_checkable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static

from console.actions import ACTIONS, Action, Where, actions_for
from console.header import header
from console.saying import READ_ONLY
from console.sizes import Sized
from console.type_ahead import PATIENCE
from data.domain.change import Refused
from data.store.errors import StoreError
from widgets.key_bar import KeyBar
from widgets.line_view import LineView
from widgets.panel import Panel
from widgets.safe import content
from widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from console.app import WarRoom

Answered = TypeVar("Answered")
TOO_SMALL = "This window is too small: warroom needs 60 columns and 10 lines."
_BY_ID = {action.id: action for action in ACTIONS}


@runtime_checkable
class Zoned(Protocol):
    """What writes instants as the wall shows them somewhere."""

    zone: str


class Press(NamedTuple):
    """When a key was pressed: the instant, and how many questions and escapes there had been."""

    at: float = 0.0
    asked: int = 0
    left: int = 0


_PRESS: ContextVar[Press] = ContextVar("press")  # of the action that runs in this task


def bindings(where: Where) -> list[Binding]:
    """Return a place's bindings from the action table; the id is what a key map names."""
    return [
        Binding(
            action.key,
            f"screen.do('{action.id}')",
            action.label or action.help,
            show=bool(action.label),
            id=action.id,
        )
        for action in actions_for(where)
    ]


def handler(action: Action) -> Callable[["Place"], Awaitable[None]]:
    """Return what an action runs; its module is loaded at the first need."""
    module, _, function = action.handler.partition(":")
    return cast(
        Callable[["Place"], Awaitable[None]], getattr(import_module(f"console.handlers.{module}"), function)
    )


class Place(Sized[None]):
    """A view of the room. A subclass says where it is and what its cursor is on."""

    WHERE: ClassVar[Where]
    AUTO_FOCUS = "Lines"

    def __init_subclass__(cls, **keywords: Any) -> None:
        if "WHERE" in cls.__dict__ and "BINDINGS" not in cls.__dict__:
            cls.BINDINGS = list(bindings(cls.WHERE))
        super().__init_subclass__(**keywords)

    def body(self) -> ComposeResult:
        """Lay out what is between the first and the last line."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()
        self._left = 0  # how often somebody pressed esc

    def compose(self) -> ComposeResult:
        """Lay out the first line, the view, and the keys."""
        yield StatusBar(id="status")
        yield from self.body()
        yield KeyBar(self.footer(), id="keys")
        yield Static(id="said")
        yield Static(TOO_SMALL, id="too-small")

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done here, in the order of the table."""
        keymap, shop = self.room.keymap, self.room.shop
        drill = shop is not None and shop.drill is not None
        return tuple(
            action.on_key(keymap[action.id]) if action.id in keymap else action
            for action in actions_for(self.WHERE)
            if (shop is not None or not action.practice) and (drill or not action.drill)
        )

    def footer(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the last line, each with its label."""
        locked = self.locked() is not None
        return tuple(
            (action.key_text, action.label)
            for action in self.actions()
            if action.label and not (locked and action.writes)
        )

    @property
    def shown_at(self) -> datetime:
        """The instant this view shows."""
        return self.room.now

    def on_mount(self) -> None:
        """Follow the room's clock and everything the first line says."""
        for name in (
            "now",
            "board",
            "health",
            "operator",
            "local_times",
            "trouble",
            "notice",
            "unsent",
            "present",
        ):
            self.watch(self.app, name, self._told)
        self.watch(self.app, "saying", self._said)

    def on_screen_resume(self) -> None:
        """Catch up with what came while something else lay over this view."""
        self.run_worker(self.catch_up(), group="read", exclusive=True)

    async def catch_up(self) -> None:
        """Show the room anew, unless the view is left while it is being read."""
        with suppress(NoMatches):  # its widgets go one by one
            await self.changed()

    def _said(self) -> None:
        saying = self.room.saying
        for line in self.query("#said").results(Static):
            line.display = saying is not None
            if saying is not None:
                line.set_classes(f"-{saying.severity}")
                line.update(content(saying.text))

    def _told(self) -> None:
        for bar in self.query(StatusBar):
            bar.header = header(self.room)
            bar.now = self.room.now
        for ticking in self.query("LineView, Panel"):
            if isinstance(ticking, LineView | Panel):
                ticking.now = self.room.now if isinstance(ticking, StatusBar) else self.shown_at
            if isinstance(ticking, Zoned):
                ticking.zone = self.zone

    @property
    def in_front(self) -> bool:
        """True while nothing lies over this view; what is behind holds still and catches up later."""
        return self.is_mounted and self.app.is_running and self.app.screen is self

    @property
    def too_small(self) -> bool:
        """True below 60x10, where one sentence stands instead of the view."""
        return self.has_class("-tiny") or self.has_class("-scant")

    def blind(self, key: str) -> bool:
        """True where a key does nothing: nobody decides about what they cannot see."""
        return self.too_small and not any(
            action.key == key and action.handler.startswith("views:") for action in self.actions()
        )

    @property
    def room(self) -> "WarRoom":
        """The program this view belongs to."""
        return cast("WarRoom", self.app)

    def incident_key(self) -> str:
        """Return the incident (INC-42) an action is about, or an empty string."""
        return ""

    def proposal_key(self) -> str:
        """Return the proposal (PR-3) an action is about, or an empty string."""
        return ""

    def check_id(self) -> str:
        """Return the check an action is about, or an empty string."""
        return ""

    def copy_text(self) -> str:
        """Return what ``c`` copies."""
        return self.incident_key() or self.proposal_key() or self.check_id()

    def locked(self) -> Refused | None:
        """Return why nothing can be changed from here, or None."""
        return READ_ONLY if self.room.read_only else None

    def action_do(self, action_id: str) -> None:
        """Run an action of the table; it may ask questions, so it runs as a task of this screen."""
        action = _BY_ID[action_id]
        self._left += action_id == "back"
        moves = action.handler.startswith("views:")
        if self.too_small and not moves:
            return  # nobody decides about what they cannot see
        if action.writes and (refused := self.locked()):
            self.room.refused(refused)
            return
        press = Press(monotonic(), self.room.asked, self._left)
        errand = self.room.typed.begin(self.room.keymap.get(action.id, action.key))
        work = self._guarded if moves else self._in_turn

        async def act() -> None:
            with self.room.typed.doing(errand):
                await work(action, press)

        # as a function: a coroutine that is cancelled before it has begun would be warned about
        self.run_worker(cast(Any, act), name=action_id, group="actions")

    async def _in_turn(self, action: Action, press: Press) -> None:
        """Let two keys act one after the other; one pressed before a question appeared is forgotten."""
        async with self._turn:
            if press.asked != self.room.asked:
                return
            if monotonic() - press.at > PATIENCE:
                self.room.say(f"{action.key_text} was not done: the key before it took too long.", "warning")
                return
            await self._guarded(action, press)

    async def ask(self, question: Screen[Answered]) -> Answered | None:
        """Ask a question; None when it is left unanswered, or when who pressed the key has left since."""
        if self.in_front and self._left == _PRESS.get().left:
            return await self.room.ask(question)
        return None

    async def _guarded(self, action: Action, press: Press) -> None:
        _PRESS.set(press)
        try:
            await handler(action)(self)
        except StoreError as error:
            self.room.refused(Refused(self.room.in_words(error), error.hint, "store"))

    @property
    def zone(self) -> str:
        """The zone times are shown in."""
        return self.room.board.zone if self.room.local_times else "UTC"

    async def changed(self) -> None:
        """Show the room anew: something in it has changed."""

    def forget(self) -> None:
        """Let go of what was read: another store has taken the place of the one it came from."""
