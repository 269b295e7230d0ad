"""The checklist of an incident: phases that fold, steps that say who did them and when (design 3.8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.reactive import reactive, var

from data.domain.durations import age, brief
from data.domain.incident import Step, StepKind, StepState
from widgets.lines import Lines
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import Span

_BOXES = {
    StepState.TODO: ("[ ]", ""),
    StepState.DOING: ("[>]", "accent"),
    StepState.DONE: ("[x]", "good"),
    StepState.SKIPPED: ("[-]", "muted"),
}
_OVER = (StepState.DONE, StepState.SKIPPED)
_GROUP = "group:"
_NARROW = 44  # cells below which a line keeps its title rather than who ended it when
Ticking = tuple[str, str]  # what time decides about a line, and its tone


@dataclass(frozen=True, slots=True)
class Group:
    """A phase of a runbook and how far it is."""

    key: str
    title: str
    done: int
    total: int
    folded: bool = False


class Checklist(Lines[Group | Step, Ticking]):
    """Steps under their phases; posts `Highlighted` and `Opened` with a step's id, enter folds a phase.

    What sets a step done is the screen's to say: `current_step` is the one under the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("greater_than_sign", "next_open", "Next open step", show=False, id="checklist.next"),
    ]

    steps: reactive[tuple[Step, ...]] = reactive((), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)
    running: reactive[Mapping[str, datetime]] = reactive({}, repaint=False)  # since when, by a step's id
    detail: var[str] = var("")  # what the step under the cursor asks for, in full

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another line; ``key`` is a step's id, or a phase."""

    class Opened(Lines.Opened):
        """A step is to be shown whole."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._folded: dict[str, bool] = {}

    @property
    def current_step(self) -> Step | None:
        """The step under the cursor; None on a phase and in an empty checklist."""
        item = self.current
        return item if isinstance(item, Step) else None

    def watch_steps(self) -> None:
        """Show the new steps; a phase that is complete when first seen is folded."""
        self._arrange()

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self._ticks.clear()
        self.forget()

    def watch_running(self) -> None:
        """Say of each step whether its command runs."""
        self._ticks.clear()
        self.refresh()

    def watch_cursor_key(self) -> None:
        """Tell what the step under the cursor asks for."""
        self.detail = step_detail(self.current_step)

    def key_of(self, item: Group | Step) -> str:
        """Return a step's id, or a phase's key."""
        return item.key if isinstance(item, Group) else item.id

    def ticking(self, item: Group | Step, now: datetime) -> Ticking:
        """Return what runs, what is due, since when somebody is at a step, or when it ended."""
        if isinstance(item, Group):
            return "", ""
        if item.id in self.running:
            return f"running {age(now - self.running[item.id])}", "accent"
        if item.due is not None and item.state not in _OVER:
            late = item.due <= now
            return f"{'OVERDUE' if late else 'in'} {brief(now - item.due)}", "late" if late else "soon"
        if item.at is None:
            return "", "muted"
        if item.state is StepState.DOING:
            return age(now - item.at), "muted"
        dated = other_day(item.at, now, self.zone)
        return wall(item.at, self.zone, dated=dated, seconds=False, named=False), "muted"

    def draw(self, item: Group | Step, ticking: Ticking, width: int) -> Iterator[Span]:
        """Return a phase with its count, or a step with who and when."""
        if isinstance(item, Group):
            count = f" {item.done}/{item.total}"
            title = f"{'▸' if item.folded else '▾'} {item.title}"
            yield fit(title, max(0, width - len(count))), "strong"
            yield count, "good" if item.done == item.total else ""
            return
        box, tone = _BOXES[item.state]
        yield f" {box} ", tone
        when, late = ticking
        right = self._right(item, when, width)
        left = max(0, width - 5 - len(right))
        over = item.state in _OVER
        note = _note(item)
        title = fit(item.title, left).rstrip() if note else fit(item.title, left)
        yield title, "muted" if over else tone
        if note:
            yield fit(f"  {note}", max(0, left - cell_len(title))), "muted"
        yield right, late

    def action_open(self) -> None:
        """Fold or unfold a phase, or open a step."""
        item = self.current
        if isinstance(item, Group):
            self._folded[item.key] = not item.folded
            self._arrange()
        else:
            super().action_open()

    def action_next_open(self) -> None:
        """Go to the next step nobody has begun, from the top after the last; unfold its phase."""
        shown = self.current
        ids = [step.id for step in self.steps]
        if isinstance(shown, Step):
            after = ids.index(shown.id) + 1
        elif isinstance(shown, Group):
            after = next(place for place, step in enumerate(self.steps) if _group_key(step) == shown.key)
        else:
            after = 0
        ordered = (*self.steps[after:], *self.steps[:after])
        for state in (StepState.TODO, StepState.DOING):
            step = next((step for step in ordered if step.state is state), None)
            if step is not None:
                if self._folded.get(_group_key(step)):
                    self._folded[_group_key(step)] = False
                    self._arrange()
                self.select(step.id)
                return

    def _arrange(self) -> None:
        groups: dict[str, list[Step]] = {}
        for step in self.steps:
            groups.setdefault(_group_key(step), []).append(step)
        titles = [steps[0].phase for steps in groups.values()]
        lines: list[Group | Step] = []
        for key, steps in groups.items():
            done = sum(step.state in _OVER for step in steps)
            folded = self._folded.setdefault(key, done == len(steps))
            phase, runbook = steps[0].phase, steps[0].runbook
            title = f"{phase} ({runbook})" if titles.count(phase) > 1 else phase
            lines.append(Group(key, title, done, len(steps), folded))
            if not folded:
                lines += steps
        self.show(lines)
        self.detail = step_detail(self.current_step)

    def _right(self, step: Step, when: str, width: int) -> str:
        """Return who and when; in a narrow pane only who, and only beside a title that fits.

        What runs and what is due is said at any width.
        """
        over = step.state in _OVER
        by = fit(step.by if over else step.owner or step.by, 8).rstrip()
        if step.id in self.running or (step.due is not None and not over):
            return f" {by} {when}" if by and width >= _NARROW else f" {when}"
        if not by:
            return ""
        if width >= _NARROW:
            return f" {by} {when}".rstrip()
        return f" {by}" if cell_len(step.title) + len(by) + 6 <= width and not _note(step) else ""


def step_detail(step: Step | None) -> str:
    """Return what a step asks for beyond its title, in the words of its runbook."""
    if step is None:
        return ""
    parts = [step.detail, f"$ {step.command}" if step.command else ""]
    if step.second and step.state not in _OVER:
        first = step.by if step.state is StepState.DOING else ""
        parts.append(f"{first} did it: somebody else confirms" if first else "needs a second pair of eyes")
    return "  ".join(part for part in parts if part)


def _group_key(step: Step) -> str:
    return f"{_GROUP}{step.runbook}/{step.phase}"


def _note(step: Step) -> str:
    if step.state is StepState.SKIPPED:
        return f"({step.why})" if step.why else ""
    if step.state is StepState.DONE:
        return ""
    kind = "" if step.kind is StepKind.MANUAL else step.kind.value
    eyes = "2 eyes" if step.second else ""
    if eyes and step.state is StepState.DOING and step.by:
        eyes += f": {step.by} did it"
    return ", ".join(word for word in (eyes, kind) if word)
