"""What every full-screen view shares: its keys from the action table, and its room."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from console.actions import ACTIONS, Action, Where, actions_for
from console.header import header
from widgets.key_bar import KeyBar
from widgets.line_view import LineView
from widgets.panel import Panel
from widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from console.app import WarRoom

_BY_ID = {action.id: action for action in ACTIONS}


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


class Place(Screen[None]):
    """A view of the room. A subclass says where it is and what its cursor is on."""

    WHERE: ClassVar[Where]
    AUTO_FOCUS = "Lines"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-low"), (30, "-tall")]  # noqa: RUF012 - Textual's

    def __init_subclass__(cls, **keywords: Any) -> None:
        if "WHERE" in cls.__dict__ and "BINDINGS" not in cls.__dict__:
            cls.BINDINGS = list(bindings(cls.WHERE))
        super().__init_subclass__(**keywords)

    def body(self) -> ComposeResult:
        """Lay out what is between the first and the last line."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the first line, the view, and the keys."""
        yield StatusBar(id="status")
        yield from self.body()
        shown = [(action.key_text, action.label) for action in actions_for(self.WHERE) if action.label]
        yield KeyBar(shown, id="keys")

    def on_mount(self) -> None:
        """Follow the room's clock and everything the first line says."""
        for name in ("now", "board", "health", "operator", "local_times", "trouble"):
            self.watch(self.app, name, self._said)

    def _said(self) -> None:
        if not self.is_mounted:
            return
        bar = self.query_one("#status", StatusBar)
        bar.header = header(self.room)
        bar.now = self.room.now
        for ticking in self.query("LineView, Panel"):
            if isinstance(ticking, LineView | Panel):
                ticking.now = self.room.now

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

    def action_do(self, action_id: str) -> None:
        """Run an action of the table; it may ask questions, so it runs as a task of this screen."""
        action = _BY_ID[action_id]
        self.run_worker(handler(action)(self), name=action_id, group="actions", exit_on_error=True)

    @property
    def zone(self) -> str:
        """The zone times are shown in."""
        return self.room.board.zone if self.room.local_times else "UTC"

    async def changed(self) -> None:
        """Show the room anew: something in it has changed."""
