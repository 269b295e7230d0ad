"""Health in a few lines: what is wrong, the worst first, and the rest as one number."""

from collections.abc import Iterator

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from data.views import CheckView
from widgets.checks import WORD_WIDTH, answer, attempts, milliseconds, word
from widgets.safe import fit
from widgets.sparkline import sparkline
from widgets.tones import COMPONENTS, Palette, Span, tone_css

_SPARK = 12


class HealthStrip(Widget):
    """Shows as many troubled checks as there are lines, and sums up the others in the last one."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = "HealthStrip { height: 1fr; }\n" + tone_css("HealthStrip")

    checks: reactive[tuple[CheckView, ...]] = reactive(())

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = Palette(self)

    def notify_style_update(self) -> None:
        """Look the styles up again."""
        super().notify_style_update()
        self._palette.clear()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, style = self.size.width, self._palette.style
        lines = list(self._lines(self.size.height, width))
        spans = lines[y] if y < len(lines) else []
        return Strip([Segment(text, style(tone)) for text, tone in spans]).adjust_cell_length(width, style())

    def _lines(self, height: int, width: int) -> Iterator[list[Span]]:
        if not self.checks:
            yield [(fit("No checks yet: warroom apply FILE loads some.", width), "muted")]
            return
        troubled = [view for view in self.checks if view.state != "up" or view.flapping]
        room = height if len(troubled) == len(self.checks) <= height else height - 1
        shown = troubled[: max(0, room)]
        for view in shown:
            yield trouble(view, width)
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


def trouble(view: CheckView, width: int) -> list[Span]:
    """Return one troubled check as it is drawn."""
    text, tone = word(view)
    name = min(18, max(8, width // 3))
    spark = _SPARK if width >= 50 else 0
    tries = attempts(view)
    left = max(0, width - WORD_WIDTH - 1 - name - 1 - spark - (1 if spark else 0))
    said = f"{tries} {answer(view)}" if tries else answer(view)
    spans = [(fit(text, WORD_WIDTH) + " ", tone), (fit(view.check.id, name) + " ", "strong")]
    spans.append((fit(said, left), ""))
    if spark:
        spans.append((" " + sparkline(view.latencies, spark), "muted"))
    return spans
