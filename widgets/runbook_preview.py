"""What an import would bring, line by line: files, their phases, steps and notes, and what goes."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from textual.reactive import reactive

from data.domain.words import count
from data.runbooks.model import RunbookClass
from data.runbooks.preview import Fate, Reading
from widgets.lines import Lines
from widgets.safe import fit
from widgets.tones import Span

FILE, PHASE, STEP, NOTE, GONE, SAID = "file", "phase", "step", "note", "gone", "said"
_TONES = {FILE: "strong", PHASE: "head", STEP: "", NOTE: "muted", GONE: "late", SAID: "muted"}
_FATES = {Fate.NEW: "good", Fate.CHANGED: "soon", Fate.OWNED: "late"}


class PreviewLine(NamedTuple):
    """A line of the preview: of which file, of which entry of it ("" for none), and what it says."""

    key: str
    file: str
    entry: str
    kind: str
    mark: str
    text: str
    right: str = ""
    tone: str = ""


class PreviewTable(Lines[PreviewLine, None]):
    """Posts `Highlighted` and `Opened`; what turns a step into a note is the screen's to say."""

    lines: reactive[tuple[PreviewLine, ...]] = reactive((), repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another line."""

    class Opened(Lines.Opened):
        """The import is to be done."""

    def watch_lines(self) -> None:
        """Show the new lines."""
        self.show(self.lines)

    def key_of(self, item: PreviewLine) -> str:
        """Return the line's key."""
        return item.key

    def ticking(self, item: PreviewLine, now: datetime) -> None:
        """Nothing about a line changes with the time."""
        return

    def draw(self, item: PreviewLine, ticking: None, width: int) -> Iterator[Span]:
        """Return a line: its mark, what it says, and at the right what is special about it."""
        tone = item.tone or _TONES[item.kind]
        yield fit(item.mark, len(item.mark)), "soon" if "?" in item.mark else tone
        right = f"  {item.right}" if item.right else ""
        room = width - len(item.mark)
        right = fit(right, min(len(right), max(0, room - 16)))
        yield fit(item.text, max(0, room - len(right))), tone
        yield right, item.tone or "muted"


def preview_lines(reading: Reading, *, unfolded: bool) -> tuple[PreviewLine, ...]:
    """Return the lines of a document: the file, and unfolded what is in it."""
    key, fate = reading.id, reading.fate
    lines = [
        PreviewLine(
            key,
            key,
            "",
            FILE,
            "▾ " if unfolded else "▸ ",
            f"{reading.imported.title}  {near(reading.name)}",
            _about(reading, fate),
            "muted" if fate in (Fate.OUT, Fate.SAME) else _FATES.get(fate, ""),
        )
    ]
    if unfolded:
        lines += _inside(reading)
    return tuple(lines)


def near(name: str) -> str:
    """Return a path's last two parts: the folders above are the same for all."""
    return "/".join(name.split("/")[-2:])


def _about(reading: Reading, fate: Fate) -> str:
    imported = reading.imported
    words = "to read" if imported.kind is RunbookClass.REFERENCE else imported.kind.value
    steps = [entry for entry in reading.entries if entry.step]
    parts = [count(len(steps), "step")] if steps else [words]
    if unsure := sum(entry.low for entry in steps):
        parts.append(f"{unsure} unsure")
    return f"{', '.join(parts)}  {fate}"


def _inside(reading: Reading) -> Iterator[PreviewLine]:
    key, changes = reading.id, reading.changes
    new = set(changes.added) if reading.before else set()
    changed = set(changes.changed)
    if reading.imported.redirect:
        yield _line(key, SAID, "    ", f"points to {reading.imported.redirect}")
    if reading.imported.kind is RunbookClass.REFERENCE:
        yield _line(key, SAID, "    ", "to read: nothing in it is ticked")
    if reading.imported.shortened:
        yield _line(key, SAID, "    ", "longer than what is read: its end is missing")
    phase = None
    for number, entry in enumerate(reading.entries):
        step = entry.source
        if step.phase != phase:
            phase = step.phase
            yield PreviewLine(f"{key}/{number}", key, "", PHASE, "  ", phase or reading.imported.title)
        sign = "+" if step.title in new else "~" if step.title in changed else " "
        place = f"{key}:{entry.key}"
        if entry.step:
            mark = f"  {sign}{'?' if entry.low else ' '}[ ] {'  ' * step.depth}"
            yield PreviewLine(
                place, key, entry.key, STEP, mark, step.title, "command" if step.command else ""
            )
        else:
            yield PreviewLine(place, key, entry.key, NOTE, "    note ", step.title)
    for number, title in enumerate(changes.removed):
        yield PreviewLine(f"{key}-{number}", key, "", GONE, "  -     ", title, "no longer a step")


def _line(key: str, kind: str, mark: str, text: str) -> PreviewLine:
    return PreviewLine(f"{key}!{text}", key, "", kind, mark, text)
