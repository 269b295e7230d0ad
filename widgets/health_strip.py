"""Health in a few lines: what is wrong, the worst first, and the rest as one number."""

from collections.abc import Iterator

from textual.reactive import reactive

from data.views import CheckView
from widgets.checks import WORD_WIDTH, answer, attempts, maintenance, milliseconds, word
from widgets.panel import Panel
from widgets.safe import fit
from widgets.sparkline import sparkline
from widgets.tones import Span

_SPARK = 12


class HealthStrip(Panel):
    """Shows as many troubled checks as there are lines, and sums up the others in the last one."""

    checks: reactive[tuple[CheckView, ...]] = reactive(())
    zone: reactive[str] = reactive("UTC")

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one line."""
        lines = list(self._lines(self.size.height, width))
        return lines[y] if y < len(lines) else []

    def _lines(self, height: int, width: int) -> Iterator[list[Span]]:
        if not self.checks:
            yield [(fit("No checks yet: warroom apply FILE loads some.", width), "muted")]
            return
        troubled = [view for view in self.checks if view.state != "up" or view.flapping]
        room = height if len(troubled) == len(self.checks) <= height else height - 1
        shown = troubled[: max(0, room)]
        for view in shown:
            yield trouble(view, width, self.zone)
        rest = len(self.checks) - len(shown)
        if not rest:
            return
        bad = len(troubled) - len(shown)
        if bad:
            yield [(fit(f"and {bad} more not up: 2 shows them", width), "late")]
            return
        slowest = max((view.p50 or 0.0 for view in self.checks if view.state == "up"), default=0.0)
        words = (
            f"{'all ' if not shown else ''}{rest}{' more' if shown else ''}, slowest {milliseconds(slowest)}"
        )
        yield [(fit("ok", WORD_WIDTH) + " ", "good"), (fit(words, max(0, width - WORD_WIDTH - 1)), "muted")]


def trouble(view: CheckView, width: int, zone: str = "UTC") -> list[Span]:
    """Return one troubled check as it is drawn."""
    text, tone = word(view)
    name = min(18, max(8, width // 3))
    planned = maintenance(view, zone)
    spark = _SPARK if width >= 50 and not planned else 0  # until when needs the room
    tries = attempts(view)
    left = max(0, width - WORD_WIDTH - 1 - name - 1 - spark - (1 if spark else 0))
    said = " ".join(part for part in (planned, tries, answer(view)) if part)
    spans = [(fit(text, WORD_WIDTH) + " ", tone), (fit(view.check.id, name) + " ", "strong")]
    spans.append((fit(said, left), ""))
    if spark:
        spans.append((" " + sparkline(view.latencies, spark), "muted"))
    return spans
