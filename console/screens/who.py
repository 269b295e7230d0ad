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
from data.store.queries.presence import Working, present, working
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
    Column("WORKS ON NOW", flexible=True),
)
_NAMED = 6  # of a kind, the others are counted


class WhoScreen(Place):
    """Two short tables that follow the room each second."""

    WHERE: ClassVar[Where] = Where.WHO
    CSS_PATH = "who.tcss"
    AUTO_FOCUS = "#who"

    def body(self) -> ComposeResult:
        """Lay out people and workers."""
        with VerticalScroll(id="who"):
            for name, title in (("people", "Who is here"), ("workers", "Who works for the room")):
                yield Static(title, classes="pane--title")
                yield Static(id=f"{name}-here", classes="table")

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

        def read(connection: Connection) -> tuple[tuple[Present, ...], tuple[Working, ...]]:
            return present(connection, now), working(connection, now)

        found = await self.room.look(read)
        if found is None or not self.in_front:
            return
        people, at_work = found
        self._show("people", self._people(people, now))
        self._show("workers", self._workers(at_work, now))

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

    def _workers(self, at_work: Iterable[Working], now: datetime) -> str:
        rows = []
        for item in at_work:
            does = "; ".join(map(_named, item.names)) or "nothing just now"
            if (worker := item.worker) is None:  # it claims before it first says that it is at work
                cells = ("—", item.process.rpartition(":")[0] or item.process, "", "", does)
            else:
                ago = now - worker.seen_at
                silent = "silent" if ago.total_seconds() > _SILENT else ""
                does = worker.trouble or silent or does
                since = self._at(worker.since, now)
                cells = (worker.form, worker.host, since, f"{age(ago)} ago", does)
            rows.append(tuple(map(Part, cells)))
        return (
            plain(table(_WORKERS, rows, self._width))
            if rows
            else "Nobody: warroom watch works without a screen."
        )

    def copy_text(self) -> str:
        """Return who is here."""
        return ", ".join(dict.fromkeys(item.operator for item in self.room.present))


def _named(kind: tuple[str, tuple[str, ...]]) -> str:
    word, names = kind
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {word}{'s' if len(names) > 1 else ''}: {', '.join(names[:_NAMED])}{more}"
