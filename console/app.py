"""The program: one room, its views, and the workers beside them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import WorkerFailed

from console import loading
from console.attention import Attention
from console.away import Away
from console.clock import Clock
from console.desk import Desk
from console.feed import Feed
from console.journal import Entry
from console.leaving import Leaving, draw_without_waiting
from console.navigation import Navigation
from console.opening import Opening, begin
from console.palette import RoomCommands
from console.place import Place
from console.saying import READ_ONLY, Saying, Severity, in_sentences
from console.screens.ask import LINE
from console.screens.board import BoardScreen
from console.settings import AttentionSettings
from console.sizes import Sized
from console.type_ahead import TypeAhead
from data.domain.change import Refused
from data.store.errors import StoreError
from data.text import clean, clean_line
from data.views import BoardView, HealthView
from widgets.line_view import EPOCH

T = TypeVar("T")
Answered = TypeVar("Answered")

if TYPE_CHECKING:
    # the database library and the other views come when the board is there
    from sqlalchemy import Connection

    from console.demo.lifetime import Shop
    from console.workers.crew import Crew
    from data.store.unit import Answer, Write


PASTED = 1_000  # characters that are pasted into a field of one line


class WarRoom(Navigation):
    """The console over one store. ``work`` says whether it polls health checks itself."""

    TITLE = "warroom"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS = {RoomCommands}  # noqa: RUF012 - Textual's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="quit"),
    ]

    now: var[datetime] = var(EPOCH)
    board: var[BoardView] = var(BoardView(seq=-1, room=""))
    health: var[HealthView] = var(HealthView())
    operator: var[str] = var("")
    local_times: var[bool] = var(False)
    trouble: var[str] = var("")  # why the store cannot be read, empty while it can
    saying: var[Saying | None] = var(None)
    unsent: var[tuple[Entry, ...]] = var(())  # notes that are not in the room
    notice: var[str] = var("")  # what happened to the store that has to be known

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        *,
        operator: str,
        work: bool = True,
        practice: str = "",
        shop: "Shop | None" = None,
        keymap: dict[str, str] | None = None,
        glance: BoardView | None = None,
        attention: AttentionSettings | None = None,
        opening: Opening = Opening(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__()
        self.desk = desk
        self.clock = clock
        self.crew: Crew | None = None
        self.opening = opening
        self.read_only = opening.read_only
        self._works = work and opening.works
        self._shown = asyncio.Event()
        self.practice = practice
        self.shop = shop
        self.done_shown = False
        self.set_reactive(WarRoom.operator, operator)
        self.set_reactive(WarRoom.now, clock())
        if glance is not None:
            self.set_reactive(WarRoom.board, glance)
        self.keymap = keymap or {}
        self.feed = Feed(self)
        self.away = Away(self)
        self.leaving = Leaving(self)
        self.typed = TypeAhead(self)
        self.attention = Attention(self, attention or AttentionSettings())
        self._hush: Timer | None = None
        self.asked = 0  # questions so far: a key pressed before one was meant for what was there then

    # Coming and going.

    def on_mount(self) -> None:
        """Begin: the board first, then the store, then the workers."""
        if self.keymap:
            self.set_keymap(self.keymap)
        self.push_screen(BoardScreen())
        begin(self)
        self.feed.start()
        self.attention.start()
        self.run_worker(self._work(), name="crew", group="crew")
        self.leaving.begun()

    async def until_left(self) -> None:
        """Run until somebody leaves, or the terminal goes."""
        draw_without_waiting()
        self.leaving.listen()
        try:
            await self.run_async()
        finally:
            self.leaving.end()

    async def on_event(self, event: events.Event) -> None:
        """Clean what is pasted before any field draws it, and let no key go before its question is there."""
        self.attention.heard(event)
        if not self.typed.keeps(event):
            await self.let_through(event)
            self.typed.came(event)

    async def let_through(self, event: events.Event) -> None:
        """Let an event go its usual way; a key that comes after the last view has closed has none."""
        if isinstance(event, events.Key) and not self.screen_stack:
            return
        if isinstance(event, events.Paste):
            one_line = isinstance(self.focused, Input)
            event.text = clean_line(event.text, PASTED) if one_line else clean(event.text)
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        """Let every view choose its layout, those under a question too."""
        for screen in self.screen_stack:
            if isinstance(screen, Sized):
                screen.take_size(event.size)

    async def _work(self) -> None:
        """Run the workers once the board is there: what they import would keep it waiting."""
        await self._shown.wait()
        if self._works:
            module = await asyncio.to_thread(import_module, "console.workers.crew")
            self.crew = module.Crew(self.desk, self.clock, form="console")
        if not self.is_headless:
            loading.settle()
        if self.crew is not None:
            await self.crew.run()

    async def reload(self) -> None:
        """Read the room anew and let the view in front show it."""
        from data.store.queries.board import board as board_query

        done = self.done_shown
        found = await self.desk.read(lambda connection: board_query(connection, done=done))
        if found.seq >= self.board.seq:
            self.board = found
        self._shown.set()
        if self.is_running and isinstance(self.screen, Place):
            await self.screen.catch_up()

    def forget(self) -> None:
        """Let go of what was read: another store lies where this one lay."""
        self.set_reactive(WarRoom.board, replace(self.board, seq=-1))
        for screen in self.screen_stack:
            if isinstance(screen, Place):
                screen.forget()

    def _fatal_error(self) -> None:
        # Textual would print local variables, secrets among them
        self._close_messages_no_wait()

    @property
    def crash(self) -> Exception | None:
        """What ended the program, when it was an error of its own."""
        error = self._exception
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            return error.error
        return error

    # Reading and writing.

    def in_words(self, error: StoreError) -> str:
        """Return why the store cannot be used, as short as the first line wants it."""
        name = self.desk.name
        if name and error.reason.startswith(f"{name} "):
            return f"the store's file{error.reason.removeprefix(name)}"
        return error.reason.removeprefix(f"{name}: ")

    async def look(self, query: "Callable[[Connection], T]") -> T | None:
        """Read for the screen; None when the store cannot be read, which the first line then says."""
        try:
            return await self.desk.read(query)
        except StoreError as error:
            self.trouble = self.in_words(error)
            return None

    async def attempt(
        self, work: "Callable[[Write], Answer | Refused]", *, by: str | None = None, command: str = ""
    ) -> "Answer | Refused":
        """Run a command as the operator; a store that cannot be used is a refusal too."""
        if self.read_only:
            return READ_ONLY
        try:
            if self.feed.file is not None:
                self.feed.file.must_be_ours()
            self.typed.writes()
            answer = await self.desk.command(work, by=by or self.operator, command=command or None)
        except StoreError as error:
            return Refused(self.in_words(error), error.hint, "store")
        if not isinstance(answer, Refused):
            self.attention.did(answer.key, answer.seq)
        return answer

    async def command(self, work: "Callable[[Write], Answer | Refused]") -> "Answer | None":
        """Run a command and say what came of it; None when it was refused."""
        answer = await self.attempt(work)
        if isinstance(answer, Refused):
            self.refused(answer)
            return None
        await self.answered(answer)
        return answer

    async def answered(self, answer: "Answer") -> None:
        """Say that something was done, and show it at once."""
        for key in [key for key in self.drafts if key.startswith(LINE)]:
            del self.drafts[key]
        if answer.text:
            self.say(answer.text)
        await self.show_news()

    async def show_news(self) -> None:
        """Read the room anew without waiting for the next look; in trouble the first line says so."""
        try:
            await self.reload()
        except StoreError as error:
            self.trouble = self.in_words(error)

    def refused(self, refused: Refused) -> None:
        """Say why something was not done, and what to do."""
        self.say(in_sentences(refused), severity="warning")

    def say(self, text: str, severity: Severity = "information") -> None:
        """Show a sentence for a while, in the place of the one before."""
        self.hush()
        self.saying = Saying(text, severity)
        self._hush = self.set_timer(self.saying.seconds, self.hush)

    def hush(self) -> None:
        """Take away what was said last."""
        if self._hush is not None:
            self._hush.stop()
        self._hush, self.saying = None, None

    async def ask(self, question: Screen[Answered]) -> Answered:
        """Ask a question over the view in front; what was said before makes room for it."""
        self.hush()
        self.asked += 1
        with self.typed.asking():
            return await self.push_screen_wait(question)

    def settle_draft(self, key: str, text: str, *, kept: bool) -> None:
        """Keep a draft that was refused, forget one that was taken."""
        if kept:
            self.drafts[key] = text
        else:
            self.drafts.pop(key, None)

    def action_help_quit(self) -> None:
        """Say how to leave: ctrl+c is pressed by habit, and a room is not left by habit."""
        self.say("ctrl+q quits.")

    def copy(self, text: str) -> None:
        """Copy to the clipboard, through the terminal."""
        self.copy_to_clipboard(clean(text))
        self.say(f"Copied: {text}")
