"""Runbooks as the console lists and shows them, and which of them fit an incident."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.domain.room import Origin, Runbook
from data.runbooks.preview import Before

FROM = {Origin.DEFAULT: "guide", Origin.FILE: "file", Origin.CONSOLE: "imported"}
_MARKS = ("trusted", "attached")


@dataclass(frozen=True, slots=True)
class Version:
    """A kept text of a runbook, without the text; versions count from 1."""

    number: int
    by: str
    at: datetime
    file: str = ""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class RunbookRow:
    """A runbook in the list; ``attached`` names the live incidents that have it."""

    runbook: Runbook
    origin: Origin
    trusted: bool = False
    version: Version | None = None
    attached: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its id."""
        return self.runbook.id

    @property
    def phases(self) -> int:
        """How many phases its steps have."""
        return len({step.phase for step in self.runbook.steps})


@dataclass(frozen=True, slots=True)
class RunbookDetail:
    """A runbook to read. ``text`` is that of ``shown``, which is the latest version unless it was asked for.

    ``attached`` are (incident, version it started with or 0 where that is not known).
    """

    row: RunbookRow
    text: str = ""
    shown: Version | None = None
    file: str = ""
    attached: tuple[tuple[str, int], ...] = ()
    services: tuple[str, ...] = ()

    @property
    def old(self) -> bool:
        """Tell whether an older version is shown."""
        return self.shown is not None and self.shown != self.row.version

    @property
    def before(self) -> Before:
        """The runbook as a new version of it is compared with."""
        number = self.row.version.number if self.row.version else 0
        return Before(self.row.runbook, self.row.origin, self.text, number)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A runbook that can be attached to an incident, and why it fits, "" where nothing says so."""

    id: str
    title: str
    steps: int
    why: str = ""


def searched(row: RunbookRow) -> str:
    """Return what a filter looks at beside the text: title, id, steps, and where it is from."""
    steps = (f"{step.phase} {step.title} {step.command}" for step in row.runbook.steps)
    marks = (word for word, on in zip(_MARKS, (row.trusted, row.attached), strict=True) if on)
    words = (row.key, row.runbook.title, FROM[row.origin], *marks, *row.attached, *row.runbook.words, *steps)
    return "\n".join(words).casefold()


def matching(
    rows: tuple[RunbookRow, ...], query: str, searched_by: Mapping[str, str]
) -> tuple[RunbookRow, ...]:
    """Return the rows in which every word is found; ``!word`` leaves out those that have it.

    Those whose title has all the words come first.
    """
    words = query.casefold().split()
    found = tuple(row for row in rows if all(_fits(searched_by[row.key], word) for word in words))
    plain = [word for word in words if not word.startswith("!")]
    return tuple(
        sorted(found, key=lambda row: not all(word in row.runbook.title.casefold() for word in plain))
    )


def _fits(text: str, word: str) -> bool:
    if word.startswith("!"):
        return len(word) == 1 or word[1:] not in text
    return word in text
