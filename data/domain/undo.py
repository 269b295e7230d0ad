"""Taking back one's own last change, while nobody has built on it (design 4, z)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.domain.change import Change, Event, Refused

UNDOABLE = frozenset(
    {
        "step",
        "owner",
        "deadline",
        "status",
        "severity",
        "role",
        "acknowledged",
        "merged",
        "resolved",
        "closed",
        "reopened",
        "link",
        "audience",
        "snooze",
    }
)
_CAUSES = ("", "causes")  # of the incident itself
_KEPT = frozenset({"breach"})  # a fact that stays true
_WORDS = {
    "step": "tick",
    "acknowledged": "acknowledgement",
    "merged": "merge",
    "resolved": "resolving",
    "closed": "closing",
    "reopened": "reopening",
    "status": "change of status",
    "severity": "change of severity",
    "role": "change of role",
    "audience": "switching of an audience",
    "owner": "change of owner of",
    "deadline": "deadline of",
}


@dataclass(frozen=True, slots=True)
class Undo:
    """The command to take back and, by incident number, the changes that do it."""

    command: str
    prompt: str
    changes: Mapping[int, tuple[Change, ...]]


def last_undoable(events: Sequence[Event], operator: str) -> str | Refused:
    """Return the id of the operator's own last undoable command among an incident's events.

    What was sent, paged or run is passed over: the prompt names what is taken back instead.
    """
    gone = _undone(events)
    for event in reversed(events):
        if event.by != operator or event.undoes is not None or event.seq in gone:
            continue
        if event.kind in UNDOABLE:
            return event.command
    return Refused("you have changed nothing here that can be undone")


def undo(command: str, histories: Mapping[int, Sequence[Event]]) -> Undo | Refused:
    """Take a command back on every incident it touched; refused once a later event built on it."""
    changes: dict[int, tuple[Change, ...]] = {}
    named: Event | None = None
    for number, events in histories.items():
        mine = [event for event in events if event.command == command and event.kind not in _KEPT]
        if not mine:
            continue
        # a merge resolves the one and changes the other: it is the merge that is taken back
        merged = next((event for event in mine if event.kind == "merged"), None)
        named = merged or named or next((event for event in mine if event.kind in UNDOABLE), mine[0])
        gone = _undone(events)
        if any(event.seq in gone for event in mine):
            return Refused("that has been taken back already")
        last = mine[-1].seq
        touched = {(event.subject, name) for event in mine for name in event.after}
        if merged is not None:
            touched.discard(_CAUSES)  # what fails goes on changing: each cause goes back to where it belongs
        for later in events:
            if later.seq <= last or later.seq in gone or later.undoes is not None:
                continue
            if any((later.subject, name) in touched for name in later.after):
                return Refused(f"{later.by} has changed it since ({later.kind})", "change it by hand")
        changes[number] = tuple(
            Change("undone", _as_before(event, events), event.subject, _facts(event), undoes=event.seq)
            for event in reversed(mine)
            if event.before or event.kind in UNDOABLE  # a merge that changed nothing here is undone here too
        )
    if not changes or named is None:
        return Refused("there is nothing to undo")
    return Undo(command, _prompt(named), changes)


def _as_before(event: Event, events: Sequence[Event]) -> Mapping[str, Any]:
    """Return what a change found; after a merge the causes it brought go, and the others stay as they are."""
    if event.kind != "merged" or "causes" not in event.after:
        return event.before
    own = {cause["key"] for cause in event.before["causes"]}
    brought = {cause["key"] for cause in event.after["causes"]} - own
    now = next(item.after["causes"] for item in reversed(events) if "causes" in item.after)
    return {**event.before, "causes": [cause for cause in now if cause["key"] not in brought]}


def _undone(events: Sequence[Event]) -> frozenset[int]:
    return frozenset(event.undoes for event in events if event.undoes is not None)


def _facts(event: Event) -> dict[str, str]:
    title = event.data.get("title")
    return {"kind": event.kind, "title": title} if title else {"kind": event.kind}


def _prompt(event: Event) -> str:
    title = event.data.get("title")
    word = _WORDS.get(event.kind, event.kind)
    return f'{word} "{title}"' if title else word
