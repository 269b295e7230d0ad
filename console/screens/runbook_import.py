"""What an import would bring, or an edited text would change: looked at first, nothing is kept before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from console.threads import in_thread
from data.domain.words import count
from data.runbooks.files import Problem
from data.runbooks.gather import Document, gather, ids
from data.runbooks.preview import Before, Entry, Fate, Reading, reading, summary
from data.store.queries.runbooks import before
from widgets.empty import Empty
from widgets.runbook_preview import PreviewLine, PreviewTable, near, preview_lines
from widgets.safe import content

_FEW = 200  # lines up to which every file begins unfolded
_MOST_PROBLEMS = 50  # bad files that are told one by one
_OFTEN = 0.2  # seconds between two looks at how far the reading is


class Edited(NamedTuple):
    """A text that comes from an editor: of which runbook, and which version was edited."""

    reading: Reading
    seen: int


class ImportScreen(Place):
    """A preview. ``names`` are the files and folders somebody asked for; ``edited`` is one text instead."""

    WHERE: ClassVar[Where] = Where.IMPORT
    CSS_PATH = "runbook_import.tcss"
    AUTO_FOCUS = "PreviewTable"

    def __init__(self, names: Sequence[str] = (), edited: Edited | None = None) -> None:
        super().__init__()
        self._names = tuple(names)
        self.edited = edited
        self.readings: tuple[Reading, ...] = (edited.reading,) if edited else ()
        self.reading = edited is None
        self._problems: list[Problem] = []
        self._lines: dict[str, tuple[Reading, bool, tuple[PreviewLine, ...]]] = {}
        self._unfolded: set[str] = {edited.reading.id} if edited else set()
        self._progress = (0, 0)
        self._stopped = False
        self._ticker: Timer | None = None
        self.warning = ""

    def body(self) -> ComposeResult:
        """Lay out what is said of it, the lines, and the detail."""
        with Vertical(id="import"):
            yield Static(id="heading", classes="pane--title")
            yield Static(id="about")
            yield PreviewTable(id="lines")
            yield Empty(id="empty")
            with VerticalScroll(id="detail", can_focus=False):
                yield Static(id="whole")

    def on_mount(self) -> None:
        """Begin to read."""
        self._show()
        if self.reading:
            self._ticker = self.set_interval(_OFTEN, self._say)
            self.run_worker(self._read(), group="files")

    def on_unmount(self) -> None:
        """Read no further."""
        self._stopped = True

    async def _read(self) -> None:
        found, self._problems = await in_thread(lambda: gather(self._names, self._tell))
        keys = tuple(ids(found))
        there = await self.room.look(lambda connection: before(connection, keys)) or {}
        readings = await in_thread(lambda: _readings(found, keys, there))
        if self._ticker is not None:
            self._ticker.stop()
        if self._stopped or not self.is_mounted:
            return
        self.reading = False
        self.readings = readings
        if sum(len(item.entries) + 1 for item in readings) <= _FEW:
            self._unfolded = {item.id for item in readings if item.taken}
        self._show()
        self.query_one(PreviewTable).focus()

    def _tell(self, done: int, of: int) -> bool:
        self._progress = done, of
        return not self._stopped

    def compare(self, edited: Edited, warning: str) -> None:
        """Compare the same text with what somebody else has saved meanwhile."""
        self.edited, self.readings, self.warning = edited, (edited.reading,), warning
        self._show()

    # Drawing.

    def _show(self) -> None:
        lines: list[PreviewLine] = []
        for item in self.readings:
            unfolded = item.id in self._unfolded
            known = self._lines.get(item.id)
            if known is None or known[0] is not item or known[1] != unfolded:
                known = self._lines[item.id] = (item, unfolded, preview_lines(item, unfolded=unfolded))
            lines += known[2]
        table, empty = self.query_one(PreviewTable), self.query_one(Empty)
        table.lines = tuple(lines)
        table.display = bool(lines)
        empty.display = not lines
        self._say()
        self.show_detail()

    def _say(self) -> None:
        self.query_one("#heading", Static).update(content(self._heading()))
        about = self.query_one("#about", Static)
        words = self.warning or _in_short(self._problems) if self.readings else ""
        about.update(content(words))
        about.display = bool(words)
        if self.reading:
            done, of = self._progress
            self.query_one(Empty).say(
                f"Reading {done} of {of} …  esc stops it." if of else "Looking for files …"
            )
        elif not self.readings:
            told = "\n".join(f"{item.name}: {item.reason}" for item in self._problems[:_MOST_PROBLEMS])
            self.query_one(Empty).say(f"There is nothing to import.\n{told}")

    def _heading(self) -> str:
        if self.edited is not None:
            return f"{self.edited.reading.id}: what the edited text changes   enter saves it"
        if self.reading:
            return f"Import {', '.join(self._names)}"
        total = count(len(self.readings), "file")
        return f"Import {total}: {summary(self.readings)}   nothing is kept yet"

    @on(PreviewTable.Highlighted)
    def show_detail(self) -> None:
        """Show the step under the cursor whole, or what is wrong with other files."""
        for whole in self.query("#whole").results(Static):
            whole.update(content(self._detail()))

    def _detail(self) -> str:
        entry, item = self.entry, self.current
        if entry is not None:
            step = entry.source
            state = "" if entry.step else "note: space makes a step of it. "
            unsure = "unsure: space makes a note of it. " if entry.low and entry.step else ""
            parts = [f"{state}{unsure}{step.title}", step.detail, f"$ {step.command}" if step.command else ""]
            return "\n".join(part for part in parts if part)
        if item is None:
            return ""
        told = [f"{bad.name}: {bad.reason}" for bad in self._problems[:_MOST_PROBLEMS]]
        words = item.changes.words() if item.before else ""
        return "\n".join([f"{item.name}  becomes {item.id}", words, *told]).replace("\n\n", "\n")

    # What actions are about.

    @property
    def current(self) -> Reading | None:
        """The document the cursor is in."""
        line = self.query_one(PreviewTable).current if self.is_mounted else None
        return next((item for item in self.readings if line is not None and item.id == line.file), None)

    @property
    def entry(self) -> Entry | None:
        """The step or note under the cursor."""
        line = self.query_one(PreviewTable).current if self.is_mounted else None
        found = self.current
        if line is None or found is None or not line.entry:
            return None
        return next((entry for entry in found.entries if entry.key == line.entry), None)

    def turn(self) -> None:
        """Turn the step under the cursor into a note and back; on a file show its steps or fold them."""
        item, entry = self.current, self.entry
        if item is None:
            return
        if entry is not None:
            self._put(item.turned(entry.key))
            return
        self._unfolded ^= {item.id}
        self._show()

    def leave_out(self) -> None:
        """Leave the document out, or take it in again."""
        item = self.current
        if item is not None and item.fate is not Fate.OWNED:
            self._put(replace(item, taken=not item.taken))

    def _put(self, changed: Reading) -> None:
        self.readings = tuple(changed if item.id == changed.id else item for item in self.readings)
        if self.edited is not None:
            self.edited = self.edited._replace(reading=changed)
        self._show()

    def copy_text(self) -> str:
        """Return the step's command, its title, or the file."""
        if self.entry is not None:
            return self.entry.source.command or self.entry.source.title
        return self.current.name if self.current is not None else ""

    @on(PreviewTable.Opened)
    def take(self) -> None:
        """Import what is shown."""
        self.action_do("import.take")


def _readings(
    found: Sequence[Document], keys: Sequence[str], there: Mapping[str, Before]
) -> tuple[Reading, ...]:
    return tuple(
        reading(item.imported, item.text, key, there.get(key)) for item, key in zip(found, keys, strict=True)
    )


def _in_short(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
    return f"not read: {near(problems[0].name)} {problems[0].reason}{more}"
