"""Markdown runbooks as checklists: what a team has written already, ready to work through (design 3.8).

The rules are those of the import (R0-R8): sections named for what is done give steps, sections that
explain are kept as notes, and where nothing is found everything is looked at again and marked unsure.
Pure: text in, frozen views out; whatever the text holds, it comes out clean.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from data.runbooks.blocks import Block, Code, Listing, Paragraph, Quote, Section, Table, parse
from data.runbooks.drafts import Draft, Drafts
from data.runbooks.headings import Standing, read_heading, slug, tidy
from data.runbooks.inline import Text
from data.runbooks.mend import mend, shown
from data.runbooks.model import Confidence, ImportedRunbook, ImportedStep, Link, Note, RunbookClass
from data.runbooks.source import prepare
from data.runbooks.steps import Reader
from data.text import clean_line

__all__ = [
    "LONGEST",
    "Confidence",
    "ImportedRunbook",
    "ImportedStep",
    "Link",
    "NoSuchSection",
    "Note",
    "RunbookClass",
    "capped",
    "read_runbook",
]

LONGEST = 500_000  # characters of a document that are read
LINES = 20_000
_LINE = 10_500  # characters of a line; longer than a command may be, so that none is cut short and kept
_STUB = 60  # characters; less is no document
_SHORT = 600  # less is none where it says that it moved
_MOST_LINKS = 1_000

_MOVED = re.compile(
    r"\b(?:(?:has|have|was|were|is|been|are) (?:been )?(?:now )?"
    r"(?:moved|deprecated|superseded|archived|relocated|retired|renamed)"
    r"|moved to|deprecated|obsolete|replaced by|no longer (?:used|valid|maintained|in use|relevant|fires)"
    r"|umgezogen|veraltet)\b",
    re.IGNORECASE,
)
_SEE = re.compile(r"\b(?:see|refer to|siehe|voir|ver|véase)\b", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ANCHOR = re.compile(r"\s*\{#([^}\s]+)\}")
_NO_NAME = frozenset(
    [
        "readme",
        "index",
        "runbook",
        "runbooks",
        "overview",
        "main",
        "docs",
        "playbook",
        "playbooks",
        "template",
    ]
)


class NoSuchSection(LookupError):
    """A document has no heading of that name; ``headings`` are those it has, as they are addressed."""

    def __init__(self, fragment: str, headings: tuple[str, ...]) -> None:
        super().__init__(f"there is no heading #{clean_line(fragment, 80)}")
        self.headings = headings


def read_runbook(text: str, name: str, fragment: str = "") -> ImportedRunbook:
    """Return what a Markdown document holds; ``name`` is its file, ``fragment`` the one heading to read.

    Never raises for what the text holds; raises NoSuchSection for a fragment it does not have.
    """
    kept = capped(text)
    source = prepare(kept)
    root = parse(source.text)
    mend(root)
    stem = clean_line(PurePath(name).stem or name) or "runbook"
    if fragment:
        root = _part(root, fragment)
        heading: Section | None = root.children[0]
    else:
        heading = next((part for part in root.walk() if part.level == 1), None)
    title = tidy(heading.heading.line) if heading and heading.heading else tidy(source.title)
    found, low = _found(root, heading, title or stem)
    links = tuple(dict.fromkeys(link for words in _texts(root) for link in words.links))[:_MOST_LINKS]
    kind, redirect = _kind(root, found, links, low)
    if kind is RunbookClass.STUB:
        found.steps.clear()
    return ImportedRunbook(
        file=clean_line(name, 1_000),
        title=title or stem,
        kind=kind,
        steps=tuple(step.finished(low) for step in found.steps if step.title),
        notes=found.notes(),
        links=links,
        words=_words(stem, title, fragment),
        fragment=clean_line(fragment),
        redirect=redirect,
        shortened=len(kept) < len(text) or found.full,
    )


def capped(text: str) -> str:
    """Return what is read of a document, whole lines of it."""
    if len(text) <= _LINE:
        return text
    lines = text[:LONGEST].split("\n", LINES)[:LINES]
    return "\n".join(line[:_LINE] for line in lines)


def _found(root: Section, heading: Section | None, title: str) -> tuple[Drafts, bool]:
    """Return what is found strictly, else loosely, else a step per section; the last two are unsure (R7)."""
    found = Reader().read(root, heading)
    if any(step.title for step in found.steps):
        return found, False
    loose = Reader(loose=True).read(root, heading)
    if any(step.title for step in loose.steps):
        return loose, True
    found.steps.clear()
    if not root.children:
        return found, True  # prose without a heading: to read, not to tick
    _sections(root, heading, title, (), found, Standing.NEUTRAL)
    return found, True


def _sections(
    section: Section,
    heading: Section | None,
    title: str,
    path: tuple[str, ...],
    found: Drafts,
    above: Standing,
) -> None:
    """Make a step of every section that has something to say and is not there to explain."""
    head = read_heading(section.heading.line) if section.heading else None
    standing = above if head is None or head.standing is Standing.NEUTRAL else head.standing
    name = title if head is None or section is heading else head.text
    texts = shown(section.blocks)
    if section is heading:
        standing = Standing.NEUTRAL
    words = sum(len(text.split()) for text in texts)
    if standing is not Standing.CONTEXT and words > 3 and name and len(found.steps) < 200:
        found.steps.append(Draft(path, name, texts, low=True))
        found.said.pop(path if section is heading or head is None else (*path, head.text), None)
    below = path if head is None or section is heading else (*path, head.text)
    for child in section.children:
        _sections(child, heading, title, below, found, standing)


def _kind(root: Section, found: Drafts, links: tuple[Link, ...], low: bool) -> tuple[RunbookClass, str]:
    """Return what the document is, and where a stub points (R8)."""
    body = " ".join(words.line for words in _texts(root, headings=False))
    code = sum(
        len(block.text) for part in root.walk() for block in _blocks(part.blocks) if isinstance(block, Code)
    )
    size = len(body) + code
    real = 0 if low else sum(not step.pointer for step in found.steps)
    points = (_MOVED.search(body) and real < 2) or (_SEE.search(body) and not real)
    if (size < _STUB and not real) or (size < _SHORT and points):
        return RunbookClass.STUB, links[0].url if links else ""
    return (RunbookClass.CHECKLIST if any(step.title for step in found.steps) else RunbookClass.REFERENCE), ""


def _part(root: Section, fragment: str) -> Section:
    """Return a document of one section alone. Raises NoSuchSection."""
    wanted = slug(fragment.lstrip("#").replace("%20", "-"))
    parts = [part for part in root.walk() if part.heading is not None and not part.bold]
    anchors: dict[str, Section] = {}
    seen: dict[str, int] = {}
    for part in parts:
        line = part.heading.line if part.heading else ""
        given = _ANCHOR.search(line)
        name = slug(_ANCHOR.sub("", line))
        seen[name] = seen.get(name, -1) + 1
        anchors.setdefault(f"{name}-{seen[name]}" if seen[name] else name, part)
        for other in (given[1].lower() if given else "", slug(tidy(line))):
            anchors.setdefault(other, part)
    found = anchors.get(wanted)
    if found is None and wanted:
        ends = [part for key, part in anchors.items() if key.endswith(f"-{wanted}")]
        found = ends[0] if ends else None
    if found is None:
        raise NoSuchSection(fragment, tuple(clean_line(key) for key in anchors if key)[:200])
    return Section(None, 0, children=[found])


def _texts(root: Section, *, headings: bool = True) -> Iterator[Text]:
    for part in root.walk():
        if headings and part.heading is not None:
            yield part.heading
        for block in _blocks(part.blocks):
            if isinstance(block, Paragraph):
                yield block.text
            elif isinstance(block, Table):
                for row in block.rows:
                    yield from row


def _blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from _blocks(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from _blocks(item.blocks)


def _words(stem: str, title: str, fragment: str) -> tuple[str, ...]:
    """Return what suggests it where an incident's title says so: its names, in one word and in many."""
    found: list[str] = []
    for name in (fragment, stem, title):
        words = [word.lower() for part in re.split(r"[\s_./-]+", name) for word in _CAMEL.split(part) if word]
        if not words or set(words) <= _NO_NAME or len("".join(words)) < 4 or len(words) > 8:
            continue
        found += ["".join(words) if len(name.split()) == 1 else " ".join(words), " ".join(words)]
    return tuple(dict.fromkeys(clean_line(word, 80) for word in found))
