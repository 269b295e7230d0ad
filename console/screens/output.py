"""A command while it runs and when it has ended: how it stands, and what it wrote."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import var
from textual.widgets import Static

from console.running.runs import Run
from console.sizes import Modal
from data.domain.durations import age
from data.domain.running import outcome
from data.text import clean
from widgets.output import OutputLines
from widgets.safe import content

LOOK = 0.1  # seconds between two looks: what is written faster is not drawn faster
FOLLOWED = 16_384  # bytes of the end that are shown while more may come
TICK, AGAIN = "tick", "again"


class OutputScreen(Modal[str | None]):
    """Closes with ``tick`` or ``again``; escape leaves what runs running. Without a run it is the past."""

    CSS_PATH = "output.tcss"
    AUTO_FOCUS = "OutputLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("s", "stop", "Stop", show=False),
        Binding("space", "tick", "Tick", show=False),
        Binding("r", "again", "Again", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    standing: var[str] = var("")

    def __init__(
        self, heading: str, command: str, run: Run | None = None, *, standing: str = "", text: str = ""
    ) -> None:
        super().__init__()
        self._heading = heading
        self._command = command
        self.run = run
        self._said = standing
        self._text = text
        self._seen = (-1, False)

    def compose(self) -> ComposeResult:
        """Lay out the command, how it stands, and what it wrote."""
        with Vertical(id="output"):
            yield Static(content(self._heading), id="heading")
            yield Static(content(f"$ {self._command}"), id="command")
            yield Static(id="standing")
            yield OutputLines(id="lines")
            yield Static(id="keys")

    def on_mount(self) -> None:
        """Show it, and follow it while it runs."""
        self.look()
        if self.run is not None:
            self.set_interval(LOOK, self.look)

    def look(self) -> None:
        """Show what has changed since the last look."""
        run = self.run
        if run is None:
            self.standing = self._said
            self.query_one(OutputLines).text = self._text or "It wrote nothing."
            self._say_keys("c copies it · esc goes back")
            return
        seen = (run.output.total, run.ended is not None)
        if seen != self._seen:
            self._seen = seen
            text = run.output.end(FOLLOWED) if run.ended is None else run.output.text()
            self.query_one(OutputLines).text = text or ("It wrote nothing." if run.ended else "")
        self.standing = self._standing(run)
        self._say_keys(self._keys(run))

    def _standing(self, run: Run) -> str:
        if run.ended is None:
            since = age(run.clock() - run.since)
            return f"asked to end, {since}" if run.process.stopping else f"running {since}"
        words = outcome(run.facts)
        return f"{words}. NOT ON THE RECORD YET: {run.trouble}" if run.trouble else words

    def _keys(self, run: Run) -> str:
        if run.ended is None:
            return "s stops it · esc leaves it running, x comes back · c copies"
        tick = "space ticks the step · " if run.ended.well else ""
        return f"{tick}r runs it again · c copies · esc goes back"

    def _say_keys(self, words: str) -> None:
        self.query_one("#keys", Static).update(content(words))

    def watch_standing(self, words: str) -> None:
        """Say how it stands."""
        line = self.query_one("#standing", Static)
        line.update(content(words))
        run = self.run
        line.set_class(bool(run and run.ended and not run.ended.well), "-bad")
        line.set_class(bool(run and run.ended and run.ended.well), "-good")

    # What keys do.

    def action_leave(self) -> None:
        """Leave; what runs goes on running."""
        self.dismiss(None)

    def action_stop(self) -> None:
        """Ask it to end; what does not is ended by force."""
        if self.run is not None and self.run.ended is None:
            self.run.process.stop()
            self.look()

    def action_tick(self) -> None:
        """Tick the step, once its command has ended well."""
        if self.run is not None and self.run.ended is not None and self.run.ended.well:
            self.dismiss(TICK)

    def action_again(self) -> None:
        """Ask to run it again."""
        if self.run is not None and self.run.ended is not None:
            self.dismiss(AGAIN)

    def action_copy(self) -> None:
        """Copy what it wrote."""
        text = self.run.output.text() if self.run is not None else self._text
        self.app.copy_to_clipboard(clean(text, 2 * FOLLOWED))
        self._say_keys("Copied.")
