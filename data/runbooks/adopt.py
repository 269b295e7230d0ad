"""An imported runbook as the room keeps it, and what a new import of it changes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from data.domain.incident import StepKind
from data.domain.room import Runbook, RunbookStep
from data.runbooks.model import ImportedRunbook, ImportedStep
from data.text import clean_line

LONGEST_ID = 64
LONGEST_PHASE = 200
_NO_NAME = frozenset(("readme", "index", "runbook", "playbook"))
_SEPARATOR = " > "
_TWO_PEOPLE = re.compile(
    r"\b(?:second pair of eyes|two pairs of eyes|(?:four|4|two|2)[- ]eyes|two[- ]person|needs two people)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StepChanges:
    """How the steps of two versions differ: the titles of those added, removed and changed."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: bool = False  # the same steps in another order

    def words(self) -> str:
        """Return the differences in words, "" for none."""
        told = [
            f"{len(titles)} {word} ({_some(titles)})"
            for word, titles in (("added", self.added), ("removed", self.removed), ("changed", self.changed))
            if titles
        ]
        if self.moved and not told:
            told.append("steps in another order")
        return ", ".join(told)


def runbook_id(file: str, fragment: str = "") -> str:
    """Return the id a file's runbook has, from its name; one that says nothing takes its folder's too."""
    path = PurePath(file)
    words = [path.stem]
    if path.stem.lower() in _NO_NAME and path.parent.name not in ("", "."):
        words.insert(0, path.parent.name)
    return _id("-".join([*words, fragment]))


def longer_id(file: str, fragment: str = "") -> str:
    """Return an id with the folder's name before it, for files of one name in different folders."""
    path = PurePath(file)
    return _id("-".join((path.parent.name, path.stem, fragment)))


def _id(text: str) -> str:
    plain = re.sub(r"[^a-z0-9._-]+", "-", text.lower().encode("ascii", "ignore").decode())
    return re.sub(r"-{2,}", "-", plain).strip("-._")[:LONGEST_ID].rstrip("-._") or "runbook"


def as_runbook(imported: ImportedRunbook, key: str) -> Runbook:
    """Return the definition of an imported runbook under an id."""
    return Runbook(key, imported.title, tuple(map(as_step, imported.steps)), words=imported.words)


def as_step(step: ImportedStep) -> RunbookStep:
    """Return a step as a runbook has it."""
    phase = step.phase
    while len(phase) > LONGEST_PHASE and _SEPARATOR in phase:
        phase = phase.split(_SEPARATOR, 1)[1]  # the nearest headings say more than the farthest
    return RunbookStep(
        title=step.title,
        phase=clean_line(phase, LONGEST_PHASE),
        kind=StepKind.COMMAND if step.command else StepKind.MANUAL,
        detail=step.detail,
        command=step.command,
        second=bool(_TWO_PEOPLE.search(f"{step.title}\n{step.detail}")),
    )


def changes(old: Runbook, new: Runbook) -> StepChanges:
    """Return how steps differ; a step is the same where its phase and title are, whatever else it says."""
    before, after = _keyed(old.steps), _keyed(new.steps)
    kept = [key for key in after if key in before]
    return StepChanges(
        tuple(step.title for key, step in after.items() if key not in before),
        tuple(step.title for key, step in before.items() if key not in after),
        tuple(after[key].title for key in kept if after[key] != before[key]),
        kept != [key for key in before if key in after],
    )


def _keyed(steps: Iterable[RunbookStep]) -> Mapping[tuple[str, str, int], RunbookStep]:
    """Return steps by what they are known by; the same words again in a phase are another step."""
    found: dict[tuple[str, str, int], RunbookStep] = {}
    for step in steps:
        number = 0
        words = " ".join(step.title.casefold().split()).strip(" .:")
        while (step.phase.casefold(), words, number) in found:
            number += 1
        found[step.phase.casefold(), words, number] = step
    return found


def _some(titles: tuple[str, ...]) -> str:
    shown = "; ".join(clean_line(title, 60) for title in titles[:3])
    return shown + (f"; and {len(titles) - 3} more" if len(titles) > 3 else "")
