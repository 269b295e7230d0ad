"""The wall: the most urgent clock in figures that are read from across the room, and nothing to press."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from console.freshness import Freshness
from console.header import header
from console.sizes import Sized
from data import wall
from data.alert_views import stale
from data.views import OnCallView
from data.wall import Clock, Turn
from widgets.big_digits import BigDigits
from widgets.panel import Panel
from widgets.status_bar import STALE, StatusBar
from widgets.times import wall as time_of
from widgets.tones import Span
from widgets.wall import TONES, WallLine, WallRows, holder, title, words

if TYPE_CHECKING:
    from console.app import WarRoom

AGAIN = timedelta(seconds=10)  # shifts end without an event
TOO_SMALL = "This window is too small: the wall needs 60 columns and 10 lines."


class WallScreen(Sized[None]):
    """Big figures above, the next deadlines and the state of the room below."""

    CSS_PATH = "wall.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", "Leave", show=False),
        Binding("Z", "zone", "The room's time zone", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._people: OnCallView | None = None
        self._fresh = Freshness()

    def compose(self) -> ComposeResult:
        """Lay out the lines."""
        yield StatusBar(id="status")
        with Vertical(id="front"):
            yield WallLine(id="what")
            yield WallLine(id="clock")
            yield BigDigits(id="figures")
        yield WallRows(id="next")
        yield WallLine(id="health")
        yield WallLine(id="people")
        yield WallLine(id="foot")
        yield Static(TOO_SMALL, id="too-small")

    @property
    def room(self) -> "WarRoom":
        """The program this belongs to."""
        return cast("WarRoom", self.app)

    @property
    def zone(self) -> str:
        """The zone times are shown in."""
        return self.room.board.zone if self.room.local_times else "UTC"

    def on_mount(self) -> None:
        """Follow the room."""
        for name in ("now", "board", "health", "trouble", "notice", "local_times"):
            self.watch(self.app, name, self._show, init=False)
        self._show()

    def action_leave(self) -> None:
        """Leave."""
        self.app.exit()

    def action_zone(self) -> None:
        """Switch between UTC and the room's zone."""
        self.room.local_times = not self.room.local_times

    def _show(self) -> None:
        if not self.query("#foot"):
            return  # its lines go one by one
        room, now = self.room, self.room.now
        bar = self.query_one(StatusBar)
        bar.header = header(room)
        for ticking in self.query("Panel").results(Panel):
            ticking.now = now
        found = wall.deadlines(room.board.rows, now)
        turn = wall.in_front(found, now)
        if turn is None:
            self._quiet()
        else:
            self._urgent(turn)
        shown = turn.item if turn else None
        self.query_one(WallRows).items = tuple(item for item in found if item is not shown)
        checks = wall.health(room.health.checks) or (("no checks", "muted"),)
        self._line("health", words([("Health", "head"), *checks]))
        self._line("people", words([("On call", "head"), *self._on_call()]))
        turns = f"{turn.place} of {turn.of} as urgent" if turn and turn.of > 1 else ""
        self._line("foot", ((turns, "muted"),), (("q leaves", "muted"),))
        if self._fresh.older(AGAIN, now):
            self.run_worker(cast(Any, self._read), group="look", exclusive=True)

    async def _read(self) -> None:
        found = await self._fresh.read(self._on_call_now(), self.room.now)
        if found is not None:
            self._people = found
            self._show()

    async def _on_call_now(self) -> "OnCallView | None":
        await self.room.desk.opened()
        from data.store.queries.people import on_call_view  # the first frame does without the database

        return await self.room.look(partial(on_call_view, now=self.room.clock()))

    def _line(self, name: str, left: tuple[Span, ...], right: tuple[Span, ...] = ()) -> None:
        line = self.query_one(f"#{name}", WallLine)
        line.left, line.right = left, right

    def _urgent(self, turn: Turn) -> None:
        item, now = turn.item, self.room.now
        row, tone = item.row, TONES[item.urgency]
        self._line("what", title(item), words([(row.status, ""), holder(item)]))
        due = () if item.due is None else ((f"due {time_of(item.due, self.zone)}", "muted"),)
        named = "OPENS by itself" if item.clock is Clock.OPENS else str(item.clock)
        self._line("clock", words([(part, tone) for part in (named, item.word) if part], " "), due)
        figures = self.query_one(BigDigits)
        figures.figures, figures.tone = item.figures(now), tone

    def _quiet(self) -> None:
        room = self.room
        waiting = sum(row.proposed for row in room.board.rows)
        why = next(self._unseen(), "")
        if room.board.seq < 0:
            said, tone = room.trouble or "Opening the store …", "warn" if room.trouble else "muted"
        elif why:
            said, tone = f"Nothing live that is known of: {why}", "warn"
        elif waiting:
            said, tone = f"Nothing live, and {waiting} proposed: a person answers them on the board", "accent"
        else:
            said, tone = "All quiet", "good"
        self._line("what", ((said, tone),))
        self._line("clock", ((f"It is now, {self.zone}", "muted"),))
        figures = self.query_one(BigDigits)
        figures.figures = time_of(room.now, self.zone, seconds=False, named=False)
        figures.tone = "" if tone == "good" else tone

    def _unseen(self) -> Iterator[str]:
        """Yield what keeps the room from being seen: a failed look is never fine (design 1)."""
        room, health = self.room, self.room.health
        yield from filter(None, (room.trouble, room.notice, health.banner))
        newest = health.newest_result_at
        if health.checks and (newest is None or room.now - newest > STALE):
            yield "the checks are stale"
        old = next((view.id for view in room.feed.sources if stale(view, room.now)), "")
        if old:
            yield f"the alerts of {old} are stale"

    def _on_call(self) -> list[Span]:
        board = self.room.board
        if board.nobody_on_call:
            return [("no one can be paged", "alarm")]
        people = self._people.people if self._people else board.on_call
        told: list[Span] = []
        for person in people[:1]:
            names = ", ".join(contact.name for contact in person.contacts)
            until = f" to {time_of(person.until, self.zone, seconds=False)}" if person.until else ""
            told.append((f"{names}{until}", "") if names else ("nobody", "alarm"))
            if person.stale:
                told.append(("calendar STALE", "warn"))
        following = wall.next_shift(self._people.levels) if self._people else None
        if following:
            name, starts = following
            dated = starts - self.room.now > timedelta(hours=20)
            told.append(
                (f"then {name} from {time_of(starts, self.zone, dated=dated, seconds=False)}", "muted")
            )
        return told
