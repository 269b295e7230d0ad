"""Who answers for each level of the ladder now."""

from datetime import datetime

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from data.views import OnCallPerson
from widgets.safe import fit
from widgets.tones import COMPONENTS, Palette, Span, tone_css


def person_spans(person: OnCallPerson, width: int) -> list[Span]:
    """Return one level as it is drawn: its rank, its name, and who it is, or that it is nobody."""
    name_width = max(8, min(20, width // 2 - 3))
    names = ", ".join(contact.name for contact in person.contacts)
    until = f" to {_hour(person.until)}" if person.until else ""
    return [
        (f"{person.rank} ", "muted"),
        (fit(person.level, name_width) + " ", ""),
        (
            fit(f"{names}{until}" if names else "nobody", max(0, width - name_width - 3)),
            "" if names else "alarm",
        ),
    ]


def _hour(instant: datetime) -> str:
    return f"{instant:%H:%M}Z"


class People(Widget):
    """The ladder's people, one line each, as many as fit."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = "People { height: 1fr; }\n" + tone_css("People")

    people: reactive[tuple[OnCallPerson, ...]] = reactive(())

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = Palette(self)

    def notify_style_update(self) -> None:
        """Look the styles up again."""
        super().notify_style_update()
        self._palette.clear()

    def render_line(self, y: int) -> Strip:
        """Draw one level."""
        width, style = self.size.width, self._palette.style
        if y >= len(self.people):
            return Strip.blank(width, style())
        spans = person_spans(self.people[y], width)
        return Strip([Segment(text, style(tone)) for text, tone in spans]).adjust_cell_length(width, style())
