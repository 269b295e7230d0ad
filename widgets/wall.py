"""What hangs on the wall beside the big figures: lines of toned words, and the deadlines that come next."""

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len
from textual.reactive import reactive

from data.domain.durations import brief
from data.wall import Deadline, Urgency
from widgets.board_table import marks
from widgets.panel import Panel
from widgets.safe import fit
from widgets.tones import SEVERITY_TONES, Span, severity_text

TONES = {Urgency.LATE: "late", Urgency.SOON: "soon", Urgency.RUNNING: "", Urgency.STOPPED: "muted"}
_GAP = 2
_CLOCK = 11  # cells of NEXT UPDATE
_SPAN = 13  # LATE 12:51:09
_IC = 10
_LEAST_TITLE = 14


class WallLine(Panel):
    """One line: words on the left, cut where there is no room, and words on the right."""

    DEFAULT_CSS = "WallLine { height: 1; }"

    left: reactive[tuple[Span, ...]] = reactive(())
    right: reactive[tuple[Span, ...]] = reactive(())

    def spans(self, y: int, width: int) -> list[Span]:
        """Return both sides; the right one leaves when the left one would have no room."""
        right = list(self.right)
        taken = _cells(right)
        if taken + _GAP > width // 2:
            right, taken = [], 0
        spans: list[Span] = []
        free = width - taken - (_GAP if taken else 0)
        for text, tone in self.left:
            cells = min(cell_len(text), free)
            if cells > 0:
                spans.append((fit(text, cells), tone))
                free -= cells
        if taken:
            spans.append((" " * (width - taken - _cells(spans)), ""))
        return [*spans, *right]


def _cells(spans: Sequence[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


def words(items: Sequence[Span], gap: str = "   ") -> tuple[Span, ...]:
    """Return several words with a gap between them."""
    spans: list[Span] = []
    for text, tone in items:
        spans += [(gap, ""), (text, tone)] if spans else [(text, tone)]
    return tuple(spans)


def title(item: Deadline) -> tuple[Span, ...]:
    """Return an incident as one says it: severity, id, what is unusual about it, title."""
    row = item.row
    unusual = [("proposed", "accent")] if row.proposed else list(marks(row))
    return words(
        [
            (severity_text(row.severity), SEVERITY_TONES[row.severity]),
            (row.key, "strong"),
            *unusual,
            (row.title, "strong"),
        ],
        "  ",
    )


def holder(item: Deadline) -> Span:
    """Return who has command; where somebody ought to have, that nobody has."""
    row = item.row
    if row.proposed:
        return "nobody has answered", "accent"
    if row.ic:
        return f"IC {row.ic}", ""
    return "IC nobody", "alarm" if row.severity.major else "muted"


class WallRows(Panel):
    """The deadlines after the one in front, a line each; what has no room is counted."""

    items: reactive[tuple[Deadline, ...]] = reactive(())

    def spans(self, y: int, width: int) -> list[Span]:
        """Return a deadline's line."""
        height = self.size.height
        if y >= len(self.items):
            return []
        if y == height - 1 and len(self.items) > height:
            return [(f"and {len(self.items) - y} more", "muted")]
        return list(_row(self.items[y], self.now, width))


def _row(item: Deadline, now: datetime, width: int) -> Sequence[Span]:
    row, tone = item.row, TONES[item.urgency]
    span = "" if item.due is None else brief(item.due - now)
    said = f"{'LATE' if item.urgency is Urgency.LATE else 'in'} {span}" if span else "—"
    fixed = 5 + _GAP + 8 + _GAP + _GAP + _CLOCK + _GAP + _SPAN
    ic = _IC + _GAP if width - fixed - _IC - _GAP >= _LEAST_TITLE else 0
    head = max(0, width - fixed - ic)
    unusual = ["proposed"] if row.proposed else [word for word, _ in marks(row)]
    while unusual and head - len("  ".join(unusual)) - _GAP < _LEAST_TITLE // 2:
        unusual.pop()  # the least pressing first
    told = "".join(f"{word}  " for word in unusual)
    spans = [
        (fit(severity_text(row.severity), 5), SEVERITY_TONES[row.severity]),
        (" " * _GAP, ""),
        (fit(row.key, 8), "strong"),
        (" " * _GAP, ""),
    ]
    spans += [
        (told, "accent" if row.proposed else "alarm"),
        (fit(row.title, head - len(told)), ""),
        (" " * _GAP, ""),
        (fit(item.clock, _CLOCK), "muted"),
        (" " * _GAP, ""),
        (fit(said, _SPAN), tone),
    ]
    if ic:
        who, held = holder(item)
        spans += [(" " * _GAP, ""), (fit("" if row.proposed else who.removeprefix("IC "), _IC), held)]
    return spans
