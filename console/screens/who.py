"""Who is here, on what, and which workers work on what (design 3.9, 7)."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from data.domain.durations import age
from data.domain.presence import Present
from data.store.queries.presence import Held, held, present
from data.store.queries.workers import WorkerSeen, workers
from data.text_table import Column, Part, plain, table
from widgets.safe import content
from widgets.times import other_day, wall

EVERY = 1.0  # seconds between two looks: none of it is an event
_SILENT = 30.0  # seconds after which a worker is said to be silent
_PEOPLE = (
    Column("WHO"),
    Column("HOST", rank=2),
    Column("VIEW", flexible=True),
    Column("SINCE", rank=1),
    Column("LAST KEY", right=True),
)
_WORKERS = (
    Column("FORM"),
    Column("HOST"),
    Column("SINCE", rank=1),
    Column("SEEN", right=True),
    Column("TROUBLE", flexible=True),
)
_HELD = (Column("HOLDS NOW"), Column("FENCE", rank=1, right=True), Column("WHAT", flexible=True))
_NAMED = 6  # of a kind, the others are counted


class WhoScreen(Place):
    """Three short tables that follow the room each second."""

    WHERE: ClassVar[Where] = Where.WHO
    CSS_PATH = "who.tcss"
    AUTO_FOCUS = "#who"

    def body(self) -> ComposeResult:
        """Lay out people and workers."""
        with VerticalScroll(id="who"):
            for name, title in (("people", "Who is here"), ("workers", "Who works for the room")):
                yield Static(title, classes="pane--title")
                yield Static(id=f"{name}-here", classes="table")
            yield Static("What is being worked on", classes="pane--title")
            yield Static(id="held-here", classes="table")

    def on_mount(self) -> None:
        """Look every second while this is in front."""
        self.set_interval(EVERY, self._look)
        self.watch(self.app, "local_times", self._look, init=False)

    def _look(self) -> None:
        if self.in_front:
            self.run_worker(self.catch_up(), group="read", exclusive=True)

    async def changed(self) -> None:
        """Read who is here anew."""
        now = self.room.clock()

        def read(
            connection: Connection,
        ) -> tuple[tuple[Present, ...], tuple[WorkerSeen, ...], tuple[Held, ...]]:
            return present(connection, now), workers(connection), held(connection, now)

        found = await self.room.look(read)
        if found is None or not self.in_front:
            return
        people, working, holding = found
        self._show("people", self._people(people, now))
        self._show("workers", self._workers(working, now))
        self._show("held", self._held(holding))

    def _show(self, name: str, text: str) -> None:
        self.query_one(f"#{name}-here", Static).update(content(text))

    @property
    def _width(self) -> int:
        return max(20, self.size.width - 4)

    def _at(self, at: datetime, now: datetime) -> str:
        return wall(at, self.zone, dated=other_day(at, now, self.zone), seconds=False)

    def _people(self, people: Iterable[Present], now: datetime) -> str:
        rows = []
        for item in people:
            on = f"{item.incident} " if item.incident else ""
            view = item.view if not item.writing else f"writing to {', '.join(item.writing)}"
            mine = " (this console)" if item.holder == self.room.presence.holder else ""
            key = "none yet" if item.key_at is None else f"{age(now - item.key_at)} ago"
            cells = (item.operator, item.host, f"{on}{view}{mine}", self._at(item.since, now), key)
            rows.append(tuple(map(Part, cells)))
        return plain(table(_PEOPLE, rows, self._width)) if rows else "Nobody is seen yet: a moment."

    def _workers(self, working: Iterable[WorkerSeen], now: datetime) -> str:
        rows = []
        for item in working:
            ago = now - item.seen_at
            silent = "silent" if ago.total_seconds() > _SILENT else ""
            cells = (
                item.form,
                item.host,
                self._at(item.since, now),
                f"{age(ago)} ago",
                item.trouble or silent,
            )
            rows.append(tuple(map(Part, cells)))
        return (
            plain(table(_WORKERS, rows, self._width))
            if rows
            else "Nobody: warroom watch works without a screen."
        )

    def _held(self, holding: Iterable[Held]) -> str:
        rows = [
            tuple(map(Part, (item.holder, str(item.fence), "; ".join(map(_named, item.names)))))
            for item in holding
        ]
        return plain(table(_HELD, rows, self._width)) if rows else "Nothing is being asked just now."

    def copy_text(self) -> str:
        """Return who is here."""
        return ", ".join(dict.fromkeys(item.operator for item in self.room.present))


def _named(kind: tuple[str, tuple[str, ...]]) -> str:
    word, names = kind
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {word}{'s' if len(names) > 1 else ''}: {', '.join(names[:_NAMED])}{more}"
