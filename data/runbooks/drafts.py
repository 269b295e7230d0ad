"""Steps while they are gathered, and the notes beside them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from data.runbooks.headings import Heading, Standing, stage_of, tidy
from data.runbooks.inline import Text, join
from data.runbooks.model import Confidence, ImportedStep, Link, Note
from data.runbooks.speech import asked_part, bare
from data.runbooks.vocabulary import VERBS
from data.text import clean, clean_line

TITLE = 200
MOST_STEPS = 1_000
SEPARATOR = " > "
Path = tuple[str, ...]


@dataclass(slots=True)
class Draft:
    """A step in the making."""

    path: Path
    title: str
    details: list[str] = field(default_factory=list)
    command: str = ""
    language: str = ""
    low: bool = False
    depth: int = 0
    links: list[Link] = field(default_factory=list)
    pointer: bool = False  # it only says where to read on
    inline: bool = False  # its command stood inside a sentence: a block's takes its place

    def finished(self, low: bool) -> ImportedStep:
        """Return the step, clean."""
        detail = join(self.details)
        title = self.title
        if self.command and " " not in title:  # "Run:" says too little alone
            title = clean_line(f"{title}: {self.command.splitlines()[0]}", TITLE)
        if detail.strip(" .:") == title.strip(" .:"):
            detail = ""
        return ImportedStep(
            phase=SEPARATOR.join(self.path),
            title=title,
            detail=detail,
            command=clean(self.command, 20_000, 1_000),
            language=clean_line(self.language, 40) if self.command else "",
            confidence=Confidence.LOW if low or self.low else Confidence.HIGH,
            stage=stage_of(self.path),
            depth=self.depth,
            links=tuple(dict.fromkeys(self.links))[:50],
        )


@dataclass(slots=True)
class Place:
    """The section that is being read. ``titled`` tells that a step has taken its heading for a title."""

    path: Path
    standing: Standing
    heading: Heading
    parent: Path = ()
    inherited: Standing = Standing.NEUTRAL
    titled: bool = False
    pointer: Text | None = None
    last: Draft | None = None


@dataclass(slots=True)
class Drafts:
    """All that is found in a document."""

    steps: list[Draft] = field(default_factory=list)
    said: dict[Path, list[str]] = field(default_factory=dict)
    full: bool = False

    def add(self, place: Place, draft: Draft) -> Draft:
        """Add a step; beyond the most a checklist may have it is dropped."""
        if len(self.steps) >= MOST_STEPS:
            self.full = True
            return draft
        self.steps.append(draft)
        place.last = draft
        return draft

    def aside(self, place: Place, texts: Iterable[str]) -> None:
        """Keep what is no step: with the step before in the same section, else as a note."""
        if place.last is not None:
            place.last.details += texts
        else:
            self.note(place, texts)

    def note(self, place: Place, texts: Iterable[str]) -> None:
        """Keep text as the section's note."""
        self.said.setdefault(place.path, []).extend(texts)

    def notes(self) -> tuple[Note, ...]:
        """Return the notes, one per section."""
        told = ((path, join(texts, 20_000)) for path, texts in self.said.items())
        return tuple(Note(SEPARATOR.join(path), text) for path, text in told if text)[:MOST_STEPS]


def titled(text: str) -> str:
    """Return a sentence as a title: one line, no number before it, no full stop or colon after it."""
    words = bare(" ".join(text.split())).strip()
    while words and words[-1] in ".:,;" and not words.endswith("..."):
        words = words[:-1].rstrip()
    if len(words) > TITLE:
        words = asked_part(words)
    words = tidy(words) if words[:1] and not words[0].isalnum() else words
    first = words.split(" ", 1)[0]
    # names keep their small letter: kubectl, gather_logs
    if first.isalpha() and first in VERBS:
        words = words[0].upper() + words[1:]
    return clean_line(words, TITLE)
