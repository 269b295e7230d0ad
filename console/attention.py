"""Calling somebody who looks elsewhere back to the screen: the bell, and a desktop notification."""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.timer import Timer

from console.settings import AttentionSettings
from console.terminal_notes import ask_tmux, dialect, sequence, through_tmux
from data.domain.attention import Fact, Known, Why, aloud, in_words, is_quiet, look, next_at

if TYPE_CHECKING:
    from console.app import WarRoom

GATHER = 0.4  # seconds in which several are one notification
REST = 5.0  # seconds between two of them


class Attention:
    """Follows the board and says each fact once, unless the terminal is known to have the focus.

    Nobody knows until the terminal tells of it for the first time; some never do.
    """

    def __init__(
        self, room: "WarRoom", settings: AttentionSettings, environ: Mapping[str, str] = os.environ
    ) -> None:
        self.focused: bool | None = None
        self.heed_focus = True
        self.write: Callable[[str], None] = self._to_terminal
        self._room = room
        self._settings = settings
        self._environ = environ
        self._known: Known | None = None
        self._next: datetime | None = None
        self._seq = -1
        self._own: dict[str, int] = {}
        self._pending: list[Fact] = []
        self._timer: Timer | None = None
        self._told = 0

    def start(self) -> None:
        """Begin to follow the board and the clock."""
        if self._settings.warning:
            self._room.say(self._settings.warning, severity="warning")
        self._room.watch(self._room, "board", self._changed, init=False)
        self._room.watch(self._room, "now", self._ticked, init=False)
        self._changed()

    def heard(self, event: events.Event) -> None:
        """Take notice of the focus, where the terminal tells of it."""
        if self.heed_focus and isinstance(event, events.AppFocus | events.AppBlur):
            self.focused = isinstance(event, events.AppFocus)
            if self.focused:
                self._pending.clear()

    def did(self, key: str, seq: int) -> None:
        """Take notice of what this operator did: how an incident stands at ``seq`` is no news here."""
        if key:
            self._own[key] = seq

    def _changed(self) -> None:
        board = self._room.board
        if board.seq < 0:
            return
        before, self._seq = self._seq, board.seq
        self._look()
        if 0 <= before < board.seq and (names := self._names()):
            self._room.run_worker(self._turns(before, names), name="turns", group="attention")
        self._own = {key: seq for key, seq in self._own.items() if seq > board.seq}

    def _ticked(self) -> None:
        if self._next is not None and self._room.now >= self._next:
            self._look()

    def _look(self) -> None:
        rows, now = self._room.board.rows, self._room.now
        self._known, new = look(self._known, rows, now, self._own)
        self._next = next_at(rows, now)
        self._gather(new)

    def _names(self) -> frozenset[str]:
        """Return what the ladder may call this operator, in small letters; nothing for who is on no level."""
        who = self._room.operator.lower()
        found = {
            name.lower()
            for person in self._room.board.on_call
            for contact in person.contacts
            if who in (contact.id.lower(), contact.name.lower())
            for name in (contact.id, contact.name)
        }
        return frozenset(found)

    async def _turns(self, seq: int, names: frozenset[str]) -> None:
        from data.store.queries.attention import turns_since

        turns = await self._room.look(partial(turns_since, seq=seq, names=names)) or ()
        rows = {row.key: row for row in self._room.board.rows}
        told = ((turn, rows[turn.key]) for turn in turns if turn.key in rows)
        self._gather(Fact(row.key, Why.TURN, str(turn.seq), row.severity, row.title) for turn, row in told)

    def _gather(self, new: Iterable[Fact]) -> None:
        """Wait a moment for more of the same, and never ring without a rest."""
        if self.focused:
            return
        wall = self._room.now.astimezone().time()
        self._pending += aloud(new, quiet=is_quiet(wall, self._settings.quiet))
        if self._pending and self._timer is None:
            self._timer = self._room.set_timer(GATHER, self._ring)

    def _ring(self) -> None:
        self._timer = None
        still = self._known.ids if self._known else ()
        new = [fact for fact in self._pending if fact.why is Why.TURN or fact.id in still]
        self._pending.clear()
        if not new:
            return
        self._timer = self._room.set_timer(REST, self._ring)
        if self._settings.bell:
            self.write("\a")
        if self._settings.notify:
            self._room.run_worker(self._notify(in_words(new)), name="notify", group="attention")

    async def _notify(self, words: str) -> None:
        inside = bool(self._environ.get("TMUX"))
        spoken = await ask_tmux(self._environ) if inside else dialect(self._environ)
        if spoken is None:
            return
        self._told += 1
        written = sequence(spoken, f"warroom {self._room.board.room}", words, self._told)
        self.write(through_tmux(written) if inside else written)

    def _to_terminal(self, text: str) -> None:
        # by way of the driver, in the order of the frames: none is torn
        driver = self._room._driver
        if driver is not None and not self._room.is_headless:
            driver.write(text)
