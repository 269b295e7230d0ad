"""A post-mortem: its sections, what in them is still to do, and what may happen to it (design 3.10)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.domain.change import SECTION, Change, Changes, Refused
from data.domain.incident import Incident
from data.domain.lifecycle import NEEDS_REASON

DRAFT, FINAL, NOT_NEEDED = "draft", "final", "not needed"
TODO = "TODO"
_TODO = re.compile(r"\bTODO\b")
_EMPTY: Mapping[str, str] = {}


class Section(StrEnum):
    """The six sections, in the order of the guide (guide: Documentation Requirements)."""

    SUMMARY = "summary"
    TIMELINE = "timeline"
    CAUSE = "cause"
    RESOLUTION = "resolution"
    LESSONS = "lessons"
    ACTIONS = "actions"

    @property
    def heading(self) -> str:
        """The guide's words for it."""
        return _TITLES[self]


_TITLES = {
    Section.SUMMARY: "Incident summary",
    Section.TIMELINE: "Timeline of events",
    Section.CAUSE: "Root cause analysis",
    Section.RESOLUTION: "Resolution steps",
    Section.LESSONS: "Lessons learned",
    Section.ACTIONS: "Action items",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody writes in one go. ``ask`` is what stands there as long as nobody has."""

    id: str
    section: Section
    title: str
    ask: str
    optional: bool = False


PARTS = (
    Part("summary", Section.SUMMARY, "What happened", "say what happened in two or three sentences"),
    Part(
        "impact",
        Section.SUMMARY,
        "Impact",
        "say who was affected and how badly, in numbers: customers, requests, money",
    ),
    Part(
        "timeline",
        Section.TIMELINE,
        "What the record lacks",
        'add lines such as "13:40 deploy of 4.2 began", with ~ where the time is not certain',
        optional=True,
    ),
    Part("cause", Section.CAUSE, "Root cause", "say what broke, and why it could"),
    Part(
        "factors",
        Section.CAUSE,
        "Contributing factors",
        "say what made it possible, worse, or slow to be found",
    ),
    Part("resolution", Section.RESOLUTION, "Resolution steps", "say what ended it, step by step"),
    Part("went-well", Section.LESSONS, "What went well", "say what helped and should stay"),
    Part("went-badly", Section.LESSONS, "What went badly", "say what hindered"),
    Part(
        "lucky", Section.LESSONS, "Where we got lucky", "say what could have made it worse, or that nothing"
    ),
    Part(
        "actions",
        Section.ACTIONS,
        "About the action items",
        "add action items, or say here why none is needed",
        optional=True,
    ),
)


def part(name: str) -> Part | None:
    """Return the part with this id, if there is one."""
    return next((item for item in PARTS if item.id == name), None)


def unfinished(text: str) -> bool:
    """Tell whether a part is still to be written: it is empty, or says TODO somewhere."""
    return not text.strip() or _TODO.search(text) is not None


def complete(section: Section, texts: Mapping[str, str], items: int) -> bool:
    """Tell whether a section is; ``texts`` by part, ``items`` the number of action items."""
    for item in PARTS:
        if item.section is not section:
            continue
        text = texts.get(item.id, "")
        if unfinished(text) and not (item.optional and not text.strip()):
            return False
    return section is not Section.ACTIONS or bool(items) or bool(texts.get("actions", "").strip())


def missing(texts: Mapping[str, str], items: int) -> tuple[Section, ...]:
    """Return the sections that block the final state, in their order."""
    return tuple(section for section in Section if not complete(section, texts, items))


def _locked(incident: Incident) -> Refused | None:
    if incident.post_mortem != FINAL:
        return None
    return Refused(f"the post-mortem of {incident.key} is final", "reopen it first, with a reason")


def _edit(name: str, before: str, after: str) -> Change:
    return Change(
        "section",
        subject=SECTION + name,
        facts={"before": {"text": before}, "after": {"text": after}},
    )


def edit(incident: Incident, name: str, before: str, after: str) -> Changes | Refused:
    """Write a part; the event holds the text before and after. The first edit begins a draft."""
    if part(name) is None:
        names = ", ".join(item.id for item in PARTS)
        return Refused(f"a post-mortem has no part {name[:40] or '(empty)'}", f"one of: {names}", "not-found")
    if locked := _locked(incident):
        return locked
    if before == after:
        return Refused("that is what it says already")
    begun: Changes = ()
    if incident.post_mortem != DRAFT:
        begun = (Change("post-mortem", {"post_mortem": DRAFT}),)
    return (*begun, _edit(name, before, after))


def finish(
    incident: Incident, texts: Mapping[str, str], items: int, written: Mapping[str, str] = _EMPTY
) -> Changes | Refused:
    """Make it final: it is locked as it reads now, so what was filled in from the record is kept too.

    ``texts`` is every part as it is shown, ``written`` what somebody has written of them.
    """
    if locked := _locked(incident):
        return Refused(f"{locked.reason} already")
    if not incident.status.over:
        return Refused(f"{incident.key} is {incident.status}, not resolved", "resolve it first")
    if left := missing(texts, items):
        names = ", ".join(section.heading for section in left)
        done = len(Section) - len(left)
        return Refused(
            f"the post-mortem of {incident.key} is {done} of {len(Section)} complete; still to do: {names}",
            "write what says TODO",
        )
    kept = tuple(
        _edit(name, written.get(name, ""), text)
        for name, text in texts.items()
        if text != written.get(name, "")
    )
    return (*kept, Change("post-mortem", {"post_mortem": FINAL}))


def reopen(incident: Incident, why: str) -> Changes | Refused:
    """Unlock a final one, or one that was not needed, with a reason."""
    if incident.post_mortem not in (FINAL, NOT_NEEDED):
        return Refused(f"the post-mortem of {incident.key} is not final")
    if not why.strip():
        return Refused("reopening a post-mortem needs a reason", "say why", NEEDS_REASON)
    return (Change("post-mortem", {"post_mortem": DRAFT}, facts={"why": why}),)


def waive(incident: Incident, why: str) -> Changes | Refused:
    """Say that none is needed, with a reason (design 3.3)."""
    if locked := _locked(incident):
        return locked
    if incident.post_mortem == NOT_NEEDED:
        return Refused(f"{incident.key} needs no post-mortem already")
    if not why.strip():
        return Refused("doing without a post-mortem needs a reason", "say why", NEEDS_REASON)
    return (Change("post-mortem", {"post_mortem": NOT_NEEDED}, facts={"why": why}),)
