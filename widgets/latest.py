"""What happened last in the room, newest first."""

from zoneinfo import ZoneInfo

from textual.reactive import reactive

from data.views import TimelineLine
from widgets.panel import Panel
from widgets.safe import fit, plain
from widgets.tones import Span


class Latest(Panel):
    """The newest lines of the record, as many as fit."""

    lines: reactive[tuple[TimelineLine, ...]] = reactive(())
    zone: reactive[str] = reactive("UTC")

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one line: when, where, who, what."""
        if y >= len(self.lines):
            return [(fit("Nothing has happened yet.", width), "muted")] if y == 0 else []
        line = self.lines[y]
        spans: list[Span] = [(f"{line.at.astimezone(ZoneInfo(self.zone)):%H:%M} ", "muted")]
        if line.incident and width >= 44:
            spans.append((fit(line.incident, 7) + " ", "strong"))
        by = plain(line.by)
        if ":" not in by:
            spans.append((fit(by, min(10, len(by))) + " ", "accent"))
        used = sum(len(text) for text, _ in spans)
        return [*spans, (fit(line.text, max(0, width - used)), "")]
