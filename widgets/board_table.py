"""The board: one line per incident with its two clocks, one per proposal with its keys (design 4)."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from textual.reactive import reactive

from data.domain.durations import age
from data.domain.on_call import same
from data.views import BoardRow
from widgets.columns import GAP, Column, place
from widgets.countdown import (
    CLOCK_WIDTH,
    DASH,
    NARROW_CLOCK_WIDTH,
    Said,
    opens_text,
    response_text,
    update_text,
)
from widgets.lines import Lines
from widgets.safe import fit
from widgets.tones import SEVERITY_TONES, Span, severity_text

WIDE = 100  # cells from which clocks have room for their longest words
_ID_WIDTH, _WIDEST_ID = 6, 12
_LEAST_TITLE = 18
_WIDEST_INCIDENT = 100  # the eye loses the line between title and clocks beyond
_KEYS = "y confirm  f false alarm"
_SHORT_KEYS = "y/f?"
_SHORT_MARKS = {"no one to page": "nobody", "unconfirmed": "unconf."}  # where the title has little room


Ticking = tuple[Said, Said, str]


class BoardTable(Lines[BoardRow, Ticking]):
    """Live incidents and proposals in the order given; posts `Highlighted` and `Opened` with a row's key."""

    HEAD: ClassVar[int] = 1

    rows: reactive[tuple[BoardRow, ...]] = reactive((), repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another row."""

    class Opened(Lines.Opened):
        """A row is to be opened."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._columns: tuple[Column, ...] = ()
        self._by_name: dict[str, Column] = {}
        self._id_width = _ID_WIDTH
        self._clock_width = CLOCK_WIDTH

    def watch_rows(self) -> None:
        """Show the new rows."""
        longest = max((len(row.key) for row in self.rows), default=0)
        id_width = min(max(longest, _ID_WIDTH), _WIDEST_ID)
        if id_width != self._id_width:
            self._id_width = id_width
            self.forget()
        self.show(self.rows)

    def key_of(self, item: BoardRow) -> str:
        """Return INC-42 or PR-3."""
        return item.key

    def ticking(self, item: BoardRow, now: datetime) -> Ticking:
        """Return the clocks' words and the age."""
        width = self._clock_width
        old = age(now - item.detected_at)
        if item.proposed:
            opens = opens_text(item, now, width)
            return opens, opens, old
        return response_text(item, now, width), update_text(item, now, width), old

    def ticked_columns(self, before: Ticking, after: Ticking) -> tuple[int, int]:
        """Return the cells of both clocks; the age changes seldom and takes the whole line with it."""
        if before[2] == after[2]:
            first, last = self._by_name["RESPOND"], self._by_name["NEXT UPDATE"]
            return first.x + 1, last.x + last.width - first.x
        return super().ticked_columns(before, after)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles of the columns that are there at this width."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            title = fit(column.name, column.width)
            yield title.rstrip().rjust(column.width) if column.right else title, "head"

    def plan(self, width: int) -> None:
        """Place the columns."""
        columns = board_columns(width, self._id_width)
        self._columns = place(columns, width)
        self._by_name = {column.name: column for column in self._columns}
        self._clock_width = self._by_name["NEXT UPDATE"].width

    def draw(self, item: BoardRow, ticking: Ticking, width: int) -> Iterator[Span]:
        """Return a row's cells; a proposal speaks across the columns between severity and clock."""
        return self._proposal(item, ticking) if item.proposed else self._incident(item, ticking)

    def _incident(self, row: BoardRow, ticking: Ticking) -> Iterator[Span]:
        respond, update, old = ticking
        for number, column in enumerate(self._columns):
            if number:
                yield " " * GAP, ""
            width = column.width
            match column.name:
                case "SEV":
                    yield fit(severity_text(row.severity), width), SEVERITY_TONES[row.severity]
                case "INCIDENT":
                    yield from self._named(row, width)
                case "STATUS":
                    yield fit(row.status, width), ""
                case "IC":
                    yield _commander(row, width)
                case "RESPOND":
                    yield respond.text.rjust(width), respond.tone
                case "NEXT UPDATE":
                    yield update.text.rjust(width), update.tone
                case "STEPS":
                    steps = f"{row.steps_done}/{row.steps_total}" if row.steps_total else ""
                    yield steps.rjust(width), "muted" if row.steps_done == row.steps_total else ""
                case "AGE":
                    yield old.rjust(width), "muted"

    def _named(self, row: BoardRow, width: int) -> Iterator[Span]:
        """Return id, marks in words, and as much of the title as is left."""
        yield fit(row.key, self._id_width), "strong"
        left = width - self._id_width
        for number, (mark, tone) in enumerate(marks(row)):
            roomy = left - len(mark) - 2 * GAP >= min(len(row.title), _LEAST_TITLE)
            word = mark if roomy else _SHORT_MARKS.get(mark, mark)
            cells = len(word) + GAP
            if number and left - cells < _LEAST_TITLE:
                break
            yield fit("  " + word, min(cells, max(0, left))), tone
            left = max(0, left - cells)
        if left > 0:
            yield fit("  " + row.title, left), ""

    def _proposal(self, row: BoardRow, ticking: Ticking) -> Iterator[Span]:
        opens, _, old = ticking
        columns = self._by_name
        start, clock = columns["INCIDENT"].x, columns["NEXT UPDATE"]
        room = clock.x - GAP - start
        keys = _KEYS if room >= len(_KEYS) + GAP + 2 * _LEAST_TITLE else _SHORT_KEYS
        yield fit(f"{row.severity.value} ?", columns["SEV"].width), SEVERITY_TONES[row.severity]
        yield " " * GAP, ""
        why = f" ({row.why})" if row.why else ""
        yield "proposed: ", "accent"
        yield fit(f"{row.title}{why}", room - len("proposed: ") - GAP - len(keys)), ""
        yield " " * GAP, ""
        yield keys, "accent"
        yield " " * GAP, ""
        yield opens.text.rjust(clock.width), opens.tone
        if aged := columns.get("AGE"):
            yield " " * (aged.x - clock.x - clock.width), ""
            yield old.rjust(aged.width), "muted"


def board_columns(width: int, id_width: int = _ID_WIDTH) -> tuple[Column, ...]:
    """Return the board's columns before they are placed; they leave in the order of design 4."""
    clock = CLOCK_WIDTH if width + 1 >= WIDE else NARROW_CLOCK_WIDTH
    return (
        Column("SEV", 5),
        Column("INCIDENT", id_width + GAP + _LEAST_TITLE, grows=True, at_most=_WIDEST_INCIDENT),
        Column("STATUS", 13, leaves=4),
        Column("IC", 10 if width >= 140 else 8, leaves=3),
        Column("RESPOND", clock, right=True),
        Column("NEXT UPDATE", clock, right=True),
        Column("STEPS", 7, right=True, leaves=2),
        Column("AGE", 4, right=True, leaves=1),
    )


def _commander(row: BoardRow, width: int) -> Span:
    """Return who is in command; ``ada →`` where ada's shift has ended and nobody has accepted yet."""
    if row.outgoing and _leaves(row):
        return fit(f"{fit(row.outgoing, width - 2).rstrip()} →", width), "alarm"
    missing = row.severity.major and row.status == "detected"
    text = row.ic or ("nobody" if missing else DASH)
    return fit(text, width), "" if row.ic else "alarm" if missing else "muted"


def _leaves(row: BoardRow) -> bool:
    """Tell whether who has to hand it over is who the column of the commander names, or nobody is there."""
    return not row.ic or same(row.ic, row.outgoing)


def marks(row: BoardRow) -> Iterator[Span]:
    """Return what is unusual about an incident, in words, the most pressing first."""
    if row.nobody:
        yield "no one to page", "alarm"
    if row.call_now:
        yield "call now", "alarm"
    if row.lapsed:
        yield "lapsed", "alarm"
    if row.outgoing and not _leaves(row):
        yield "handover", "alarm"
    if row.unconfirmed:
        yield "unconfirmed", "warn"
    if row.proposes_resolve:
        yield "resolve?", "good"
