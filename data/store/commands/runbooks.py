"""Runbooks that come from Markdown files: kept as the room's own, and told apart from the configuration's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from data.domain.change import Refused
from data.domain.codec import decode, encode
from data.domain.room import Definition, Kind, Origin, Runbook
from data.domain.words import count
from data.runbooks.adopt import changes
from data.store.definitions import load, upsert
from data.store.unit import Answer, Write

_AFTER_THE_GUIDE = 1_000  # imported ones are listed after the room's own, by id


def import_runbooks(write: Write, runbooks: Sequence[Runbook]) -> Answer | Refused:
    """Add runbooks, or bring those that came in before up to date; incidents keep the copy they have.

    One a configuration file owns stays as it is, and the answer says so; refused where that is all there
    was. ``facts`` has for each what became of it, with the steps added, removed and changed.
    """
    here = {item.id: item for item in load(write.connection, Kind.RUNBOOK)}
    told, lines, upserts = [], [], []
    for runbook in runbooks:
        old = here.get(runbook.id)
        if old is not None and old.origin is Origin.FILE:
            told.append(_fact(runbook, "refused", why="the configuration file owns it"))
            continue
        fact, line, kept = _compared(old, runbook)
        told.append(fact)
        if line:
            lines.append(line)
            position = old.position if old is not None else _AFTER_THE_GUIDE
            upserts.append(Definition(Kind.RUNBOOK, runbook.id, encode(kept), Origin.CONSOLE, position))
    refused = [fact for fact in told if fact["state"] == "refused"]
    if refused and len(refused) == len(told):
        names = ", ".join(str(fact["id"]) for fact in refused[:5])
        return Refused(
            f"the configuration file owns {names}{' and more' if refused[5:] else ''}",
            "change it there, or give the Markdown file another name",
        )
    if upserts:
        upsert(write.connection, upserts)
        write.tell("configured", "room", {"changes": lines})
    return Answer(text=_summary(told), facts={"runbooks": told, "lines": lines})


def _compared(old: Definition | None, runbook: Runbook) -> tuple[dict[str, Any], str, Runbook]:
    """Return what becomes of a runbook, the line that says it ("" where nothing does), and what to keep."""
    if old is None:
        return _fact(runbook, "new"), f"+ runbook {runbook.id}: {count(len(runbook.steps), 'step')}", runbook
    before: Runbook = decode(Runbook, old.spec)
    # whether it is attached to each new incident, and which steps need two people, is said in the room
    second = {(step.phase, step.title) for step in before.steps if step.second}
    steps = tuple(replace(step, second=(step.phase, step.title) in second) for step in runbook.steps)
    kept = replace(runbook, always=before.always, steps=steps)
    found = changes(before, kept)
    words = found.words()
    if kept == before and old.origin is Origin.CONSOLE:
        return _fact(runbook, "unchanged"), "", kept
    if before.title != kept.title:
        words = f"{words}, title" if words else "title"
    if old.origin is Origin.DEFAULT:
        words = f"takes the guide's place, {words or 'the same steps'}"
    fact = _fact(runbook, "updated")
    fact |= {"added": list(found.added), "removed": list(found.removed), "changed": list(found.changed)}
    return fact, f"~ runbook {runbook.id}: {words or 'the words that suggest it'}", kept


def _fact(runbook: Runbook, state: str, why: str = "") -> dict[str, Any]:
    return {"id": runbook.id, "title": runbook.title, "state": state, "steps": len(runbook.steps), "why": why}


def _summary(told: Sequence[dict[str, Any]]) -> str:
    parts = []
    for state, words in (
        ("new", "new"),
        ("updated", "updated"),
        ("unchanged", "as before"),
        ("refused", "refused"),
    ):
        number = sum(fact["state"] == state for fact in told)
        if number:
            parts.append(f"{number} {words}")
    return f"runbooks: {', '.join(parts) or 'none'}"
