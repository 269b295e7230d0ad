"""What an import would bring, to be looked at first: each step and note, and what a person makes of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from data.domain.room import Origin, Runbook, RunbookStep
from data.runbook import read_runbook
from data.runbooks.adopt import StepChanges, as_runbook, as_step, changes
from data.runbooks.drafts import SEPARATOR, titled
from data.runbooks.headings import slug, tidy
from data.runbooks.inline import Text
from data.runbooks.model import Confidence, ImportedRunbook, ImportedStep, RunbookClass
from data.runbooks.texts import kept, places

_CODE = "    "  # before each line of code in a note


class Fate(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "as before"
    OWNED = "the configuration file owns it"
    OUT = "left out"


@dataclass(frozen=True, slots=True)
class Entry:
    """A step, or a paragraph of a note that could be one; ``was`` is how the import read it."""

    key: str
    source: ImportedStep
    step: bool
    was: bool

    @property
    def low(self) -> bool:
        """Tell whether the import is unsure."""
        return self.was and self.source.confidence is Confidence.LOW


@dataclass(frozen=True, slots=True)
class Before:
    """The runbook an id stands for now, and its text; ``version`` is that text's, 0 where there is none."""

    runbook: Runbook
    origin: Origin
    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it would come in under an id. ``taken`` says that it is to come in."""

    id: str
    imported: ImportedRunbook
    text: str
    entries: tuple[Entry, ...]
    taken: bool = True
    before: Before | None = None

    @property
    def name(self) -> str:
        """The file, as a person writes it."""
        file = self.imported.file
        return f"{file}#{self.imported.fragment}" if self.imported.fragment else file

    @property
    def runbook(self) -> Runbook:
        """The runbook it makes; what the room says of a step that stays, stays."""
        steps = tuple(entry.source for entry in self.entries if entry.step)
        made = as_runbook(replace(self.imported, steps=steps), self.id)
        return keeping(self.before.runbook, made) if self.before else made

    @property
    def changes(self) -> StepChanges:
        """How its steps differ from those of the runbook that is there."""
        runbook = self.runbook
        return changes(self.before.runbook if self.before else replace(runbook, steps=()), runbook)

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.before is not None and self.before.origin is Origin.FILE:
            return Fate.OWNED
        if not self.taken:
            return Fate.OUT
        if self.before is None:
            return Fate.NEW
        same = self.before.runbook == self.runbook and self.before.text == self.text
        return Fate.SAME if same and self.before.origin is Origin.CONSOLE else Fate.CHANGED

    def turned(self, key: str) -> "Reading":
        """Return it with one step as a note, or one note as a step."""
        entries = tuple(
            replace(entry, step=not entry.step) if entry.key == key else entry for entry in self.entries
        )
        return replace(self, entries=entries)


def keeping(before: Runbook, new: Runbook) -> Runbook:
    """Return a new version of a runbook with what the room says of it and of steps that stay.

    That is whether each new incident gets it, which steps need two people, and what ticks them.
    """
    known = {_words(step): step for step in before.steps}
    steps = []
    for step in new.steps:
        old = known.get(_words(step))
        if old is not None:
            kind = step.kind if step.command or old.command else old.kind
            step = replace(step, second=old.second or step.second, auto=old.auto, kind=kind)  # noqa: PLW2901 - the same step
        steps.append(step)
    return replace(new, always=before.always, steps=tuple(steps))


def reading(imported: ImportedRunbook, text: str, key: str, before: Before | None = None) -> Reading:
    """Return a document to look at; what a person made of its steps before is made of them again.

    ``text`` is the document's own. A stub is left out unless it is asked for.
    """
    text = kept(text, imported.fragment)
    found = Reading(
        key, imported, text, _entries(imported, text), imported.kind is not RunbookClass.STUB, before
    )
    if before is None or not before.text:
        return found
    old = imported if before.text == text else read_runbook(before.text, imported.file)
    read = {_words(as_step(step)) for step in old.steps}
    there = {_words(step) for step in before.runbook.steps}
    entries = []
    for entry in found.entries:
        words = _words(as_step(entry.source))
        turn = words in read - there if entry.step else words in there - read
        entries.append(replace(entry, step=not entry.step) if turn else entry)
    return replace(found, entries=tuple(entries))


def _words(step: RunbookStep) -> tuple[str, str]:
    return step.phase.casefold(), " ".join(step.title.casefold().split()).strip(" .:")


def _entries(imported: ImportedRunbook, text: str) -> tuple[Entry, ...]:
    """Return steps in their order, and the paragraphs of the notes where they stand among them."""
    steps = list(imported.steps)
    groups: list[tuple[str, list[tuple[ImportedStep, bool]]]] = []
    for step in steps:
        if not groups or groups[-1][0] != step.phase:
            groups.append((step.phase, []))
        groups[-1][1].append((step, True))
    lines = places(text)
    at = {phase: lines.get(slug(tidy(phase.rsplit(SEPARATOR, 1)[-1])), -1) for phase, _ in groups}
    for note in imported.notes:
        said = [(step, False) for step in _paragraphs(note.phase, note.text)]
        group = next((group for group in groups if group[0] == note.phase), None)
        if group is not None:
            group[1][:0] = said
            continue
        place = lines.get(slug(tidy(note.phase.rsplit(SEPARATOR, 1)[-1])), -1)
        after = (n for n, (phase, _) in enumerate(groups) if at.get(phase, -1) > place)
        groups.insert(next(after, len(groups)), (note.phase, said))
        at[note.phase] = place
    return tuple(_keyed((step, is_step) for _, group in groups for step, is_step in group))


def _keyed(found: Iterable[tuple[ImportedStep, bool]]) -> Iterator[Entry]:
    seen: dict[str, int] = {}
    for step, is_step in found:
        number = seen[step.key] = seen.get(step.key, 0) + 1
        yield Entry(f"{step.key}.{number}", step, is_step, is_step)


def _paragraphs(phase: str, text: str) -> Iterator[ImportedStep]:
    """Return the paragraphs of a note as the steps they would be."""
    for part in text.split("\n\n"):
        lines = part.strip("\n").split("\n")
        if all(line.startswith(_CODE) or not line for line in lines) and any(lines):
            command = "\n".join(line.removeprefix(_CODE) for line in lines)
            yield ImportedStep(phase, titled(command.split("\n")[0]), command=command, language="sh")
            continue
        sentences = Text(part).sentences
        if sentences and (words := titled(sentences[0].text)):
            detail = part.strip()
            yield ImportedStep(phase, words, "" if detail.rstrip(".: ") == words else detail)


def summary(readings: Sequence[Reading]) -> str:
    """Return what an import of these would do, in words."""
    counts = {fate: sum(item.fate is fate for item in readings) for fate in Fate}
    return ", ".join(f"{number} {fate}" for fate, number in counts.items() if number)
