"""The record of an incident, oldest first, which stays at its end unless somebody reads further up."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from textual.reactive import reactive
from textual.strip import Strip

from data.domain.instants import t_plus
from data.views import TimelineLine
from widgets.lines import Lines
from widgets.safe import fit, plain
from widgets.times import other_day, wall
from widgets.tones import Span

_WIDEST_NAME = 10
_T_PLUS_FROM = 52  # cells from which the time since the detection has room beside the hour
_NAMES_FROM = 36


LOOKED = "looked"  # of the line that is no event
_DECIDED = ("decision:", "finding:")  # what a note begins with that is one


class Mark(NamedTuple):
    """How far somebody had read: up to an event, when that was, and how many lines have come since."""

    after: int
    at: datetime
    new: int


class Timeline(Lines[TimelineLine, None]):
    """One line per event; posts `Highlighted` and `Opened`, whose ``seq`` is the event's."""

    lines: reactive[tuple[TimelineLine, ...]] = reactive((), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)
    detected_at: reactive[datetime | None] = reactive(None, repaint=False)
    mark: reactive[Mark | None] = reactive(None, repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another event."""

        @property
        def seq(self) -> int:
            """The event's number."""
            return int(self.key)

    class Opened(Lines.Opened):
        """An event is to be shown whole."""

        @property
        def seq(self) -> int:
            """The event's number."""
            return int(self.key)

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._dated = False
        self._seen = -1  # the last event that was on the screen
        self._widths = (0, 0, 0)  # of the hour, of the time since the detection, of the name

    @property
    def new_below(self) -> int:
        """How many events came below what was read so far."""
        if self._seen < 0:
            return 0
        return len(self.lines) - bisect_right(self.lines, self._seen, key=lambda line: line.seq)

    def key_of(self, item: TimelineLine) -> str:
        """Return the event's number, 0 for the line that is none."""
        return "0" if item.kind == LOOKED else str(item.seq)

    def ticking(self, item: TimelineLine, now: datetime) -> None:
        """Nothing about an event changes."""
        return

    def start(self) -> int:
        """Begin at the end: what happened last."""
        return len(self._items) - 1

    def watch_lines(self) -> None:
        """Show the new events; at the end the cursor goes along, elsewhere it stays."""
        last = len(self._items) - 1
        follows = bool(self._items) and self.marked(self._keys[last]) and self.in_view(last)
        self._measure()
        self.show(self._marked())
        if follows:
            self.action_last()
        self._look()

    def watch_mark(self) -> None:
        """Draw the line between what was read and what is new."""
        self.show(self._marked())

    def _marked(self) -> tuple[TimelineLine, ...]:
        lines, mark = self.lines, self.mark
        if mark is None:
            return lines
        place = bisect_right(lines, mark.after, key=lambda line: line.seq)
        if place in (0, len(lines)):
            return lines
        return (*lines[:place], TimelineLine(mark.after, mark.at, "", LOOKED, f"{mark.new}"), *lines[place:])

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self._measure()

    def watch_detected_at(self) -> None:
        """Count from there."""
        self._measure()

    def watch_now(self) -> None:
        """Show dates once midnight has passed."""
        if self.lines and self._dated != self._spans_days():
            self._measure()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember how far was read."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def on_resize(self) -> None:
        """Remember how far was read; more may be in sight now."""
        super().on_resize()
        self._look()

    def plan(self, width: int) -> None:
        """Measure the columns from the first and the last event, which are the extremes."""
        ends = (self.lines[0], self.lines[-1]) if self.lines else ()
        hour = max((len(self._hour(line)) for line in ends), default=0)
        plus = max((len(self._plus(line)) for line in ends), default=0) if width >= _T_PLUS_FROM else 0
        name = max((len(_name(line)) for line in self.lines[-500:]), default=0)
        self._widths = (hour, plus, min(name, _WIDEST_NAME) if width >= _NAMES_FROM else 0)

    def draw(self, item: TimelineLine, ticking: None, width: int) -> Iterator[Span]:
        """Return when, who and what; the text is cut, and enter shows it whole."""
        if item.kind == LOOKED:
            dated = other_day(item.at, self.now, self.zone)
            at = wall(item.at, self.zone, dated=dated, seconds=False)
            yield fit(f"— since you last looked, {at} ({item.text} new) —", width), "accent"
            return
        hour, plus, name = self._widths
        left = width
        for text, cells, tone in (
            (self._hour(item), hour, "muted"),
            (self._plus(item), plus, "muted"),
            (_name(item), name, "accent"),
        ):
            if cells and left > cells:
                yield fit(text, cells) + " ", tone
                left -= cells + 1
        said = item.kind == "note" and item.text.lower().startswith(_DECIDED)
        yield fit(item.text, max(0, left)), "strong" if said else tone_of(item.kind)

    def render_line(self, y: int) -> Strip:
        """Draw a line; the last one says how much is new below it."""
        strip = super().render_line(y)
        if y != self.size.height - 1 or not (new := self.new_below):
            return strip
        mark = f" {new} new below: G "
        width = strip.cell_length
        if width <= len(mark):
            return strip
        return Strip.join([strip.crop(0, width - len(mark)), self.strip([(mark, "accent")], len(mark), True)])

    def _measure(self) -> None:
        self._dated = self._spans_days()
        self.forget()

    def _spans_days(self) -> bool:
        if not self.lines:
            return False
        return other_day(self.lines[0].at, max(self.lines[-1].at, self.now), self.zone)

    def _look(self) -> None:
        """Remember the last event on the screen; the mark of new ones goes when they are in sight."""
        if not self._items or not self.view_height:
            return
        lowest = min(self.scroll_offset.y + self.view_height, len(self._items)) - 1
        self._seen = max(self._seen, self._items[lowest].seq)
        self.refresh_places(lowest)

    def _hour(self, line: TimelineLine) -> str:
        return wall(line.at, self.zone, dated=self._dated)

    def _plus(self, line: TimelineLine) -> str:
        return t_plus(line.at - self.detected_at) if self.detected_at else ""


def tone_of(kind: str) -> str:
    """Return the tone of an event's text; most have none, so that the few stand out."""
    return _TONES.get(kind, "")


_TONES = {
    "breach": "late",
    "lapsed": "late",
    "escalation": "soon",
    "acknowledged": "good",
    "resolved": "good",
    "closed": "good",
    "update": "accent",
    "unsent": "soon",
}


def _name(line: TimelineLine) -> str:
    """Return a person, or what kind of machine it was: "check" for ``check:checkout-api``."""
    return plain(line.by.partition(":")[0])
