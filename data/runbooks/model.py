"""What an imported runbook is: frozen, clean, and the same for every form it was written in."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class RunbookClass(StrEnum):
    """What a document is good for."""

    CHECKLIST = "checklist"  # it has steps
    REFERENCE = "reference"  # readable, nothing to tick
    STUB = "stub"  # empty, or it only points elsewhere


class Confidence(StrEnum):
    """How sure the import is that a step is one; ``low`` is looked at in the preview."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Link:
    """An address in a runbook and the words it stands behind."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """Text that is no step: read-only beside the checklist."""

    phase: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportedStep:
    """One thing to do.

    ``phase`` is the path of headings below the title, joined by `` > ``; ``stage`` the guide's phase
    it falls in; ``depth`` 1 and 2 are sub-steps of the step above. ``command`` has no prompts and no output.
    """

    phase: str
    title: str
    detail: str = ""
    command: str = ""
    language: str = ""
    confidence: Confidence = Confidence.HIGH
    stage: str = ""
    depth: int = 0
    links: tuple[Link, ...] = ()

    @property
    def key(self) -> str:
        """The step's identity over imports: where it stands and what it says, not its detail or command."""
        words = " ".join(self.title.casefold().split()).strip(" .:")
        return hashlib.sha256(f"{self.phase.casefold()}\0{words}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ImportedRunbook:
    """A Markdown document as the import reads it.

    ``words`` suggest it where they stand in an incident's title. ``fragment`` is the heading it was cut to.
    ``shortened`` tells that the document was longer than what is read.
    """

    file: str
    title: str
    kind: RunbookClass
    steps: tuple[ImportedStep, ...] = ()
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()
    words: tuple[str, ...] = ()
    fragment: str = ""
    redirect: str = ""
    shortened: bool = False
