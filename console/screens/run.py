"""Before a command runs: its blanks, the command exactly as it will run, and a word for what destroys."""

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from console.running.process import shell
from console.sizes import Modal
from data.domain.destructive import dangers
from data.domain.known_values import propose
from data.domain.placeholders import LONGEST, Blank, Filled, blanks, fill
from data.domain.running import outcome
from data.store.queries.runs import RunView
from data.text import clean, clean_line
from widgets.safe import content

WORD = "run"


class RunScreen(Modal[Filled | None]):
    """Closes with the command that is to run; ``left`` is what was typed, for the next time."""

    CSS_PATH = "run.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f2", "take", "Run it", show=False),
        Binding("f3", "copy", "Copy it", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        view: RunView,
        environ: Collection[str],
        *,
        why_not: str = "",
        draft: str = "",
        trouble: str = "",
    ) -> None:
        """``environ`` are the variables the shell will have, ``why_not`` why nothing can be run here."""
        super().__init__()
        self._view = view
        self._environ = environ
        self._why_not = why_not or view.why_not
        self._trouble = trouble
        self._blanks = blanks(view.step.command, environ)
        self._dangers = dangers(view.step.command)
        self._typed: dict[str, str] = json.loads(draft) if draft else {}
        self.left = draft

    def compose(self) -> ComposeResult:
        """Lay out blanks, warnings and the command."""
        step = self._view.step
        with Vertical(id="run"):
            yield Static(content(f"{self._view.incident.key}  {step.title}"), id="heading")
            with VerticalScroll(id="blanks", can_focus=False):
                for blank in self._blanks:
                    with Horizontal(classes="field"):
                        yield Static(content(clean_line(blank.name, 24)), classes="label")
                        yield self._field(blank)
            yield Static(content("\n".join(self._notes())), id="notes")
            with VerticalScroll(id="command", can_focus=False):
                yield Static(id="shown")
            if self._dangers and not self._why_not:
                with Horizontal(classes="field"):
                    yield Static(f"Type {WORD}", classes="label")
                    yield Input(id="word", compact=True, max_length=10)
            yield Static(id="trouble")
            with Horizontal(id="buttons"):
                yield Button("esc  back", id="leave", compact=True)
                if not self._why_not:
                    yield Button("F2  run it", id="take", compact=True)
                yield Button("F3  copy it", id="copy", compact=True)

    def _field(self, blank: Blank) -> Input:
        value = self._typed.get(blank.name, "") or propose(blank.name, self._view.known)
        return Input(
            "" if blank.secret else clean_line(value, LONGEST),
            classes="blank",
            name=blank.name,
            compact=True,
            password=blank.secret,
            max_length=LONGEST,
            select_on_focus=False,
            placeholder="never shown, never written down" if blank.secret else "",
        )

    def _notes(self) -> list[str]:
        """Return what has to be known before it runs."""
        step, before = self._view.step, self._view.before
        found = []
        if self._why_not:
            found.append(f"It cannot be run here: {self._why_not}.")
        elif self._dangers:
            found.append(f"DESTRUCTIVE: {', '.join(self._dangers[:4])}. Type the word {WORD} to run it.")
        if step.second:
            found.append("It needs 2 eyes: tick it when it has run, somebody else confirms.")
        if before is not None and before.ended is None:
            found.append(f"{before.by} started it on {before.host}: {self._view.standing}.")
        elif before is not None and before.ended is not None:
            found.append(f"Last time, by {before.by}: {outcome(before.ended.data)}.")
        if not self._why_not:
            lines = len([line for line in step.command.split("\n") if line.strip()])
            more = f"; its {lines} lines one after the other, whatever becomes of each" if lines > 1 else ""
            found.append(f"Runs in {Path(shell(os.environ)).name}, in {Path.cwd()}{more}:")
        return found

    def on_mount(self) -> None:
        """Show the command, and begin at the first blank that is empty."""
        self._show()
        if self._trouble:
            self._say(self._trouble)
        fields = [*self.query(".blank").results(Input), *self.query("#word").results(Input)]
        empty = next((field for field in fields if not field.value), None)
        (empty or self.query_one("#leave")).focus()

    # What it comes to.

    def _filled(self) -> Filled:
        """Return the command as it will run. Raises ValueError while it is not complete."""
        fields = self.query(".blank").results(Input)
        values = {str(field.name): field.value.strip() for field in fields}
        found = fill(self._view.step.command, values, self._environ)
        if clean(found.command) != found.command:
            raise ValueError("it cannot be shown as it is: copy it from its runbook")
        return found

    def _show(self) -> None:
        try:
            text, trouble = self._filled().command, ""
        except ValueError as error:
            text, trouble = self._view.step.command, str(error)
        self.query_one("#shown", Static).update(content(text))
        self._say(f"{trouble[:1].upper()}{trouble[1:]}." if trouble else "")

    def _say(self, trouble: str) -> None:
        line = self.query_one("#trouble", Static)
        line.display = bool(trouble)
        line.update(content(trouble))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._show()

    # What keys do.

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "word":
            self.action_take()
        else:
            self.focus_next()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        {"take": self.action_take, "copy": self.action_copy}.get(event.button.id or "", self.action_leave)()

    def action_leave(self) -> None:
        """Leave; what was typed stays as a draft, secrets do not."""
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        fields = [field for field in self.query(".blank").results(Input) if not field.password]
        typed = {str(field.name): field.value for field in fields if field.value}
        self.left = json.dumps(typed) if typed else ""

    def action_copy(self) -> None:
        """Copy the command: filled in where that is complete."""
        try:
            text = self._filled().command
        except ValueError:
            text = self._view.step.command
        self.app.copy_to_clipboard(clean(text))
        self._say("Copied.")

    def action_take(self) -> None:
        """Run it, when everything it needs is there."""
        if self._why_not:
            self._say(f"It cannot be run here: {self._why_not}.")
            return
        try:
            filled = self._filled()
        except ValueError as error:
            self._say(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        if self._dangers and self.query_one("#word", Input).value.strip().lower() != WORD:
            self._say(f"It is destructive: type the word {WORD} first.")
            self.query_one("#word").focus()
            return
        self._keep()
        self.dismiss(filled)
