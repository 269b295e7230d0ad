"""What somebody needs who comes late, in a few lines over the panes (design 3.9)."""

from collections.abc import Iterator

from textual.reactive import reactive

from data.brief import Said, at_work
from data.views import IncidentView
from widgets.panel import Panel
from widgets.safe import fit, plain
from widgets.times import other_day, wall
from widgets.tones import Span

_MOST = 4
_MORE = "   i: all of it"


class BriefLines(Panel):
    """What was told last, the impact, the last decision, who does what; not there where nothing is known."""

    DEFAULT_CSS = f"""
    BriefLines {{ height: auto; max-height: {_MOST}; display: none; }}
    BriefLines.-there {{ display: block; }}
    """

    view: reactive[IncidentView | None] = reactive(None)
    zone: reactive[str] = reactive("UTC")
    _height = 0

    def watch_view(self) -> None:
        """Take as many lines as there is something to say."""
        lines = len(list(self._lines()))
        self.set_class(bool(lines), "-there")
        if self._height != (lines or 1):  # each time costs a new layout of the whole view
            self._height = lines or 1
            self.styles.height = self._height

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one of the lines."""
        found = list(self._lines())
        if y >= len(found):
            return []
        label, words = found[y]
        head = f" {label} "
        more = _MORE if y == 0 and self.size.height < len(found) else ""
        room = max(0, width - len(head) - len(more))
        return [(head, "muted"), (fit(words, room), ""), (more, "muted")]

    def _lines(self) -> Iterator[tuple[str, str]]:
        view = self.view
        if view is None:
            return
        brief = view.brief
        if brief.update is not None:
            told = brief.told[0] if len(brief.told) == 1 else f"{len(brief.told)} audiences"
            yield "told", self._quoted(brief.update, f" to {told}")
        if brief.impact:
            yield "impact", _flat(brief.impact)
        if brief.decisions:
            yield "decided", self._quoted(brief.decisions[-1])
        if doing := at_work(view.incident):
            yield "doing", " · ".join(_flat(f"{who}: {title}") for who, title, _ in doing)

    def _quoted(self, item: Said, to: str = "") -> str:
        dated = other_day(item.at, self.now, self.zone)
        at = wall(item.at, self.zone, dated=dated, seconds=False)
        return _flat(f"{at} {item.by}{to}: {item.text}")


def _flat(text: str) -> str:
    return plain(" ".join(text.split()))
