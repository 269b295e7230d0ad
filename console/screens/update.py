"""A stakeholder update: the text, who it goes to, and what recording it does (guide: Stakeholder Updates)."""

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static, TextArea

from console.sizes import Modal
from data.domain.durations import format_duration
from data.text import clean
from data.views import IncidentView
from widgets.mark_list import Mark, MarkList
from widgets.safe import content

Sent = tuple[str, tuple[str, ...]]


def draft_of(view: IncidentView, now: datetime) -> str:
    """Return the lines an update answers: what we know, impact, what we do, next update at."""
    incident, policy = view.incident, view.policy
    told = [clock.audience for clock in incident.updates if clock.applies]
    soonest = min((policy.cadence(incident.severity, audience) for audience in told), default=None)
    due = f"{now + soonest:%H:%M} UTC" if soonest and incident.live else "none planned"
    return (
        f"{incident.key} {incident.severity} {incident.title}\n"
        "What we know: \n"
        "Impact: \n"
        f"What we do: {incident.status}\n"
        f"Next update: {due}"
    )


class UpdateScreen(Modal[Sent | None]):
    """Nothing is recorded that was not seen here with its audiences."""

    CSS_PATH = "update.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f2", "take", "Record", show=False),
    ]

    def __init__(self, view: IncidentView, now: datetime, draft: str = "", trouble: str = "") -> None:
        super().__init__()
        self._view = view
        self._text = clean(draft or draft_of(view, now))
        self._trouble = trouble
        self.left = draft

    def compose(self) -> ComposeResult:
        """Lay out the text and its audiences."""
        incident, policy = self._view.incident, self._view.policy
        with Vertical(id="update"):
            heading = f"Update on {incident.key}: record what you sent, by mail, chat or call"
            yield Static(content(heading), id="heading")
            yield TextArea(self._text, soft_wrap=True, tab_behavior="focus")
            yield Static("Told   space marks; each one's clock starts anew", classes="label")
            yield MarkList(
                Mark(
                    audience.id,
                    f"{audience.name}  every {self._cadence(audience.id)}"
                    + ("  outside the company" if audience.external else ""),
                    (clock := incident.clock(audience.id)) is not None and clock.applies,
                )
                for audience in policy.audiences
            )
            yield Static(content(self._trouble), id="trouble")
            with Horizontal(id="buttons"):
                yield Button("F2  record it as sent", id="take", compact=True)
                yield Static("esc goes back, the draft is kept", id="form-keys")

    def _cadence(self, audience: str) -> str:
        return format_duration(self._view.policy.cadence(self._view.incident.severity, audience))

    def on_mount(self) -> None:
        """Begin in the text, where the first answer goes."""
        area = self.query_one(TextArea)
        area.focus()
        first = next((n for n, text in enumerate(area.text.split("\n")) if text.endswith(": ")), 0)
        self.query_one(MarkList).highlighted = 0
        area.move_cursor((first, len(area.document.get_line(first))))

    def action_leave(self) -> None:
        """Leave; the text stays as a draft."""
        self.left = self.query_one(TextArea).text
        self.dismiss(None)

    @on(Button.Pressed, "#take")
    def action_take(self) -> None:
        """Take text and audiences."""
        text, told = self.query_one(TextArea).text, self.query_one(MarkList).marked
        trouble = self.query_one("#trouble", Static)
        if not text.strip():
            trouble.update("Write what was said.")
        elif not told:
            trouble.update("Mark who was told.")
        else:
            self.dismiss((text, told))
