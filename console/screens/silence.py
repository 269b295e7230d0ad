"""A silence: what it must match, why, until when, and exactly which alerts that hides (design 3.7)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Button, Input, Static

from console.saying import in_sentences
from console.sizes import Modal
from data.alert_views import hidden, order, spread
from data.domain.alert import Alert
from data.domain.silence import Matcher, matchers_for, refusal
from data.domain.silencing import Silencing, caught, parse_end, parse_matcher
from data.text import clean_line
from data.views import AlertsView
from widgets.alerts import AlertTable, key_of
from widgets.safe import content
from widgets.times import other_day, wall

PAUSE = 0.15  # seconds without a key after which the list follows
DEFAULT = "1h"
_LONGEST = 2_000  # characters of a field
_MOST = 40  # matchers


class SilenceScreen(Modal[Silencing | None]):
    """Closes with the silence that is wanted; ``left`` is what was typed, for the next time."""

    CSS_PATH = "silence.tcss"
    AUTO_FOCUS = "#why"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f2", "take", "Silence", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        source: str,
        group: Sequence[Alert],
        firing: Sequence[Alert],
        now: datetime,
        zone: str,
        draft: str = "",
        trouble: str = "",
    ) -> None:
        """``group`` are the alerts it is begun for, ``firing`` all that fire at the source."""
        super().__init__()
        self._source = source
        self._group = {key_of(alert) for alert in group}
        self._firing = firing
        self._now = now
        self._zone = zone
        self._trouble = trouble
        proposed = [matcher.text for matcher in matchers_for(alert.labels for alert in group)]
        self._begun = {"matchers": proposed[:_MOST], "why": "", "until": DEFAULT}
        self._first = json.loads(draft) if draft else self._begun
        self._pause: Timer | None = None
        self.left = draft

    def compose(self) -> ComposeResult:
        """Lay out matchers, reason and end, and what they come to."""
        with Vertical(id="silence"):
            yield Static(content(f"Silence at {self._source}"), id="heading")
            with VerticalScroll(id="matchers", can_focus=False):
                for text in (*self._first["matchers"], ""):
                    yield _matcher(str(text))
            with Horizontal(classes="field"):
                yield Static("Why", classes="label")
                yield Input(str(self._first["why"]), id="why", compact=True, max_length=_LONGEST)
            with Horizontal(classes="field"):
                yield Static("For, until", classes="label")
                yield Input(str(self._first["until"]), id="until", compact=True, max_length=40)
                yield Static("30m, 1h or 15:30; 24 h at most", id="hint")
            yield Static(id="effect")
            yield AlertTable(id="caught")
            yield Static(id="trouble")
            with Horizontal(id="buttons"):
                yield Button("F2  silence", id="take", compact=True)
                yield Static("an emptied matcher is left out · esc keeps the draft", id="form-keys")

    def on_mount(self) -> None:
        """Show what the proposed matchers catch."""
        table = self.query_one(AlertTable)
        table.can_focus = False
        table.zone, table.now = self._zone, self._now
        self._say(self._trouble)
        self._look()

    # What it comes to.

    @property
    def _typed(self) -> dict[str, object]:
        lines = [field.value for field in self.query(".matcher").results(Input) if field.value.strip()]
        return {
            "matchers": lines,
            "why": self.query_one("#why", Input).value,
            "until": self.query_one("#until", Input).value,
        }

    def _matchers(self) -> tuple[Matcher, ...]:
        """Return the matchers as typed. Raises ValueError."""
        fields = self.query(".matcher").results(Input)
        return tuple(parse_matcher(field.value) for field in fields if field.value.strip())

    def _ends(self) -> datetime:
        """Return when it ends, counted from now. Raises ValueError."""
        return parse_end(self.query_one("#until", Input).value, self.app_now, ZoneInfo(self._zone))

    @property
    def app_now(self) -> datetime:
        """The room's present instant."""
        now: datetime = getattr(self.app, "now", self._now)
        return max(now, self._now)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if event.input.has_class("matcher"):
            fields = list(self.query(".matcher").results(Input))
            if fields[-1].value.strip() and len(fields) < _MOST:
                self.query_one("#matchers").mount(_matcher(""))
        if self._typed != self._first:  # the fields tell of their first values too
            self._say("")
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._look)

    def _look(self) -> None:
        """Show which alerts are hidden by what is typed so far."""
        self._pause = None
        effect, table = self.query_one("#effect", Static), self.query_one(AlertTable)
        try:
            matchers = self._matchers()
            found = sorted(caught(matchers, self._firing), key=order) if matchers else []
        except ValueError as error:
            effect.update(content(f"{error}"))
            effect.set_class(True, "-wrong")
            table.shown = ()
            return
        strangers = sum(key_of(alert) not in self._group for alert in found)
        beyond = f"; {strangers} of them beyond the group it was begun for" if strangers else ""
        effect.update(content(f"M{hidden(found)[1:]}{beyond}{self._until()}"))
        effect.set_class(bool(strangers) or not found, "-wrong")
        common, varying = spread(found)
        table.view = AlertsView(alerts=tuple(found), common=common, varying=varying)
        table.shown = tuple(found)

    def _until(self) -> str:
        try:
            ends = self._ends()
        except ValueError:
            return ""
        return f". Until {wall(ends, self._zone, dated=other_day(ends, self._now, self._zone))}"

    def _say(self, trouble: str) -> None:
        line = self.query_one("#trouble", Static)
        line.display = bool(trouble)
        line.update(content(trouble))

    # What keys do.

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_leave(self) -> None:
        """Leave; what was typed stays as a draft."""
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        typed = self._typed
        self.left = json.dumps(typed) if typed != self._begun else ""

    @on(Button.Pressed, "#take")
    def action_take(self) -> None:
        """Take it, when it says everything a silence has to say."""
        try:
            matchers, ends = self._matchers(), self._ends()
        except ValueError as error:
            words = str(error)
            self._say(f"{words[:1].upper()}{words[1:]}.")
            return
        why = clean_line(self.query_one("#why", Input).value).strip()
        refused = refusal(matchers, starts=self.app_now, ends=ends, comment=why, now=self.app_now)
        if refused is not None:
            self._say(in_sentences(refused))
            return
        self._keep()
        self.dismiss(Silencing(self._source, matchers, ends, why))


def _matcher(text: str) -> Input:
    """Return the field of one matcher."""
    placeholder = "" if text else 'another matcher, like pod="db-1"'
    return Input(
        clean_line(text, _LONGEST),
        placeholder=placeholder,
        classes="matcher",
        compact=True,
        max_length=_LONGEST,
        select_on_focus=False,
    )
