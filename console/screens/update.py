"""A stakeholder update: three answers, who is told, and exactly what each audience gets (design 3.5)."""

import json
from dataclasses import asdict
from datetime import datetime
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import DescendantFocus, Key
from textual.timer import Timer
from textual.widgets import Button, Input, Static

from console.screens.audiences import marks
from console.sizes import Modal
from data.text import clean_line
from data.update_facts import Answers, answers_of
from data.update_messages import Message, UpdateView, addressed, messages, outlook, shared
from widgets.mark_list import Mark, MarkList
from widgets.safe import content

if TYPE_CHECKING:
    from console.writing import Writing

PAUSE = 0.15  # seconds without a key after which the preview follows
_LONGEST = 2_000  # characters of an answer
_FIELDS = {"know": "What we know", "impact": "Impact", "doing": "What we do", "outside": "Told outside"}
_NOTIFY = "notify"


class Sent(NamedTuple):
    """What a person confirmed: their answers, what each audience gets, and whether subscribers are told."""

    answers: Answers
    messages: tuple[Message, ...]
    notify: bool


def kept(draft: str, otherwise: Answers) -> Answers:
    """Return the answers of a draft, the others where there is none."""
    return answers_of(json.loads(draft)) if draft else otherwise


class UpdateScreen(Modal[Sent | None]):
    """Nothing is sent that was not drawn here whole, with its audiences and channels."""

    CSS_PATH = "update.tcss"
    AUTO_FOCUS = "#know"
    KEYS = "F3 next text · esc keeps the draft"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f2", "take", "Send", show=False),
        Binding("f3", "next_text", "Next text", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, view: UpdateView, now: datetime, draft: str, trouble: str, writing: "Writing") -> None:
        super().__init__()
        self._writing = writing
        self._view = view
        self._now = now
        self._begun = kept(draft, view.answers)
        self._trouble = trouble
        self._told: tuple[Message, ...] = ()
        self._groups: tuple[tuple[Message, ...], ...] = ()
        self._at = 0
        self._seen: set[str] = set()  # audiences whose text has been drawn to its end
        self._pause: Timer | None = None
        self._offer = ""  # what the button says F2 does
        self._offered_at = inf  # when that was drawn
        self._pressed_at = 0.0
        self.left = draft

    def compose(self) -> ComposeResult:
        """Lay out the answers, the audiences, and what the one in turn gets."""
        with Vertical(id="update"):
            yield Static(content(self._heading()), id="heading")
            with VerticalScroll(id="form", can_focus=False):
                for name, label in _FIELDS.items():
                    with Horizontal(classes="field", id=f"{name}-field"):
                        yield Static(label, classes="label")
                        value = clean_line(" ".join(str(getattr(self._begun, name)).split()), _LONGEST)
                        yield Input(value, id=name, compact=True, max_length=_LONGEST)
                yield MarkList(marks(self._view, self._now), id="audiences")
                yield MarkList(
                    [Mark(_NOTIFY, "the status page tells its subscribers by mail")], id="subscribers"
                )
            yield Static(id="whose")
            with VerticalScroll(id="preview"):
                yield Static(id="text")
            yield Static(id="others")
            yield Static(id="trouble")
            with Horizontal(id="buttons"):
                yield Button("F2", id="take", compact=True)
                yield Static(self.KEYS, id="form-keys")

    def _heading(self) -> str:
        incident = self._view.incident
        if incident.status.over:
            return f"{incident.key} is {incident.status}: the final update, or esc for none"
        since = f", {self._writing.since}" if self._writing.since else ""
        return f"Update on {incident.key}{since}  {incident.severity} {incident.title}"

    def on_mount(self) -> None:
        """Show what the answers so far come to, and follow the clock: texts name times."""
        self.query_one("#audiences", MarkList).highlighted = 0
        self.query_one("#subscribers", MarkList).highlighted = 0
        self.say(self._trouble)
        self.watch(self.query_one("#preview"), "scroll_y", self._look, init=False)
        self.watch(self.app, "now", self._minute, init=False)
        self.watch(self.app, "present", self._look_around, init=False)
        self._compose_texts()

    # What is told.

    @property
    def answers(self) -> Answers:
        """What is written in the fields."""
        return Answers(**{name: self.query_one(f"#{name}", Input).value.strip() for name in _FIELDS})

    @property
    def _notifies(self) -> bool:
        asked = self.query_one("#subscribers", MarkList)
        return bool(asked.display and asked.marked)

    def _look_around(self) -> None:
        """Say who else is writing to those that are marked; it hinders nobody."""
        names = [item.audience for item in self._told]
        self._writing.to(names)
        line = self.query_one("#others", Static)
        words = self._writing.others(names)
        line.display = bool(words)
        line.update(content(words))

    def _minute(self, now: datetime) -> None:
        if now.replace(second=0, microsecond=0) > self._now and self._pause is None:
            self._now = now
            self._compose_texts()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.answers == self._begun and not self._told:
            return  # the fields tell of their first values
        self._writing.keep(self._draft())
        self._seen.clear()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._compose_texts)

    @on(MarkList.Changed)
    def _compose_texts(self) -> None:
        """Work out what every marked audience gets."""
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        shown = {item.audience for item in self._groups[self._at]} if self._groups else set()
        self._told = messages(
            self._view, self.answers, self.query_one("#audiences", MarkList).marked, self._now
        )
        self._groups = shared(self._told)
        places = [n for n, group in enumerate(self._groups) if shown & {item.audience for item in group}]
        self._at = places[0] if places else 0
        pages = {channel.id for channel in self._view.channels if channel.kind == "statuspage"}
        self.query_one("#subscribers").display = any(pages & set(item.channels) for item in self._told)
        self.query_one("#outside-field").display = any(item.external for item in self._told)
        self._look_around()
        self._show_text()

    def _show_text(self) -> None:
        """Draw what the audiences in turn get."""
        whose, text = "Nobody is marked: space marks who is told.", ""
        if self._groups:
            group = self._groups[self._at]
            first = group[0]
            number = f"{self._at + 1}/{len(self._groups)}  " if len(self._groups) > 1 else ""
            whose = number + addressed(group)
            text = (
                f"Subject: {first.subject}\n{first.body}"
                if any(item.channels for item in group)
                else first.body
            )
            if first.trouble is not None:
                text = f"The template fails, {first.trouble}\nThe plain facts go instead:\n{text}"
        self.query_one("#whose", Static).update(content(whose))
        shown = self.query_one("#text", Static)
        shown.set_class(bool(self._groups) and self._groups[self._at][0].trouble is not None, "-failed")
        shown.update(content(text))
        self.query_one("#preview").scroll_home(animate=False)
        self._label()
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        """Note that a text was drawn to its end, once it was."""
        preview = self.query_one("#preview", VerticalScroll)
        if self._pause is None and self._groups and preview.scroll_y >= preview.max_scroll_y:
            self._seen |= {item.audience for item in self._groups[self._at]}
            self._label()

    def _unseen(self) -> list[int]:
        return [
            place
            for place, group in enumerate(self._groups)
            if not self._seen >= {item.audience for item in group}
        ]

    def _label(self) -> None:
        left = len(self._unseen())
        if not self._told:
            words = "mark who is told"
        elif left:
            words = f"read on: {left} more text{'s' if left > 1 else ''} to see"
        else:
            words = outlook(self._told)
        take = self.query_one("#take", Button)
        take.label = content(f"F2  {words}")
        take.refresh(layout=True)
        if words != self._offer:
            self._offer, self._offered_at = words, inf
            self.call_after_refresh(self._offered, words)

    def _offered(self, words: str) -> None:
        if words == self._offer and self._offered_at == inf:
            self._offered_at = monotonic()

    def say(self, trouble: str) -> None:
        """Say what is wrong, under the texts."""
        line = self.query_one("#trouble", Static)
        line.display = bool(trouble)
        line.update(content(trouble))

    # What keys do.

    def on_key(self, event: Key) -> None:
        """Note when a key was pressed: one from before the button said what it does, does not send."""
        self._pressed_at = event.time

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show what those outside get to whoever writes it."""
        if event.widget.id == "outside":
            outside = [n for n, group in enumerate(self._groups) if any(item.external for item in group)]
            if outside and self._at not in outside:
                self._at = outside[0]
                self._show_text()

    def action_next_text(self) -> None:
        """Show what the next audience gets."""
        if self._groups:
            self._at = (self._at + 1) % len(self._groups)
            self._show_text()

    def action_page(self, by: int) -> None:
        """Read on in the text."""
        preview = self.query_one("#preview", VerticalScroll)
        preview.scroll_relative(y=by * max(1, preview.size.height - 1), animate=False)

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_leave(self) -> None:
        """Leave; what was written stays as a draft."""
        self.left = self._draft()
        self.dismiss(None)

    def _draft(self) -> str:
        """Return what was written as a draft; empty where it is what the record says anyway."""
        answers = self.answers
        return json.dumps(asdict(answers)) if answers != self._view.answers else ""

    @on(Button.Pressed, "#take")
    def _clicked(self, event: Button.Pressed) -> None:
        self._pressed_at = event.time
        self.action_take()

    def action_take(self) -> None:
        """Send what was seen, once the button has said so; what was not seen is shown first."""
        if self._pause is not None:
            self._compose_texts()
        self.say("")
        if not self._told:
            self.say("Mark who is told.")
        elif not self.answers.summary and not all(item.external for item in self._told):
            self.say("Write what is known, its impact or what is done.")
        elif unseen := self._unseen():
            if self._at in unseen:
                self.action_page(1)
            else:
                self._at = unseen[0]
                self._show_text()
        elif self._pressed_at >= self._offered_at:
            self.left = json.dumps(asdict(self.answers))
            self.dismiss(Sent(self.answers, self._told, self._notifies))
