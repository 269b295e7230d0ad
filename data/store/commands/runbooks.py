"""The room's own runbooks: imported, edited, removed, and their texts by version. A file's are the file's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from data.defaults import defaults
from data.domain.change import Refused
from data.domain.codec import decode, encode
from data.domain.instants import format_instant
from data.domain.room import Definition, Kind, Origin, Runbook
from data.domain.words import count
from data.runbooks.adopt import changes
from data.runbooks.preview import keeping
from data.store.definitions import load, load_services, retire, upsert
from data.store.queries.runbooks import latest, latest_text, latest_version
from data.store.tables_after import DOCUMENT
from data.store.unit import Answer, Write
from data.text import clean_line

MEANWHILE = "meanwhile"  # the code of a refusal: somebody else has saved another version
_AFTER_THE_GUIDE = 1_000  # imported ones are listed after the room's own, by id


@dataclass(frozen=True, slots=True)
class Source:
    """The text a runbook was read from, and the file it stood in."""

    text: str
    file: str = ""


def import_runbooks(
    write: Write, runbooks: Sequence[Runbook], sources: Mapping[str, Source] | None = None
) -> Answer | Refused:
    """Add runbooks, or bring those that came in before up to date; incidents keep the copy they have.

    One a configuration file owns stays as it is, and the answer says so; refused where that is all there
    was. ``facts`` has for each what became of it, with the steps added, removed and changed. A text that
    is not the one kept becomes a new version.
    """
    here = {item.id: item for item in load(write.connection, Kind.RUNBOOK)}
    told, lines, upserts = [], [], []
    for runbook in runbooks:
        old = here.get(runbook.id)
        if old is not None and old.origin is Origin.FILE:
            told.append(_fact(runbook, "refused", why="the configuration file owns it"))
            continue
        fact, line, kept = _compared(old, runbook)
        source = (sources or {}).get(runbook.id)
        if source is not None and keep_text(write, runbook.id, source) and not line:
            fact["state"], line = "updated", f"~ runbook {runbook.id}: text"
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


def save_runbook(write: Write, runbook: Runbook, text: str, *, seen: int) -> Answer | Refused:
    """Save an edited runbook as a new version; ``seen`` is the version that was edited, 0 for none.

    Refused with code ``meanwhile`` where somebody has saved another one since, who and when in the reason.
    """
    here = next((item for item in load(write.connection, Kind.RUNBOOK) if item.id == runbook.id), None)
    if here is None:
        return Refused(f"there is no runbook {runbook.id} any more", "", "not-found")
    if here.origin is Origin.FILE:
        return owned(runbook.id)
    last = latest(write.connection).get(runbook.id)
    if last is not None and last.number != seen:
        reason = f"{last.by} has saved version {last.number} meanwhile, at {format_instant(last.at)}"
        return Refused(reason, "look at what changes now", MEANWHILE)
    source = Source(text, last.file if last else "")
    answer = import_runbooks(write, [runbook], {runbook.id: source})
    if isinstance(answer, Refused):
        return answer
    if not answer.facts["lines"]:
        return Answer(runbook.id, "nothing was changed")
    said = str(answer.facts["lines"][0]).partition(": ")[2]
    number = latest_version(write.connection, runbook.id)
    return Answer(runbook.id, f"{runbook.id} saved as version {number}: {said}", answer.facts)


def remove_runbook(write: Write, runbook_id: str) -> Answer | Refused:
    """Retire an imported runbook; the guide's own takes its place again where there was one."""
    found = next((item for item in load(write.connection, Kind.RUNBOOK) if item.id == runbook_id), None)
    if found is None:
        return Refused(f"there is no runbook {runbook_id}", "", "not-found")
    if found.origin is Origin.FILE:
        return owned(runbook_id)
    if found.origin is Origin.DEFAULT:
        return Refused(f"{runbook_id} is the guide's", "E makes one of your own of it")
    guide = [item for item in defaults().definitions if (item.kind, item.id) == (Kind.RUNBOOK, runbook_id)]
    needs = [item.id for item in load_services(write.connection) if runbook_id in item.runbooks]
    if needs and not guide:
        return Refused(f"the service {needs[0]} needs {runbook_id}", "take it out of its runbooks first")
    if guide:
        upsert(write.connection, guide)
    else:
        retire(write.connection, [found], write.now)
    forget_texts(write, [runbook_id])
    words = "the guide's again" if guide else "removed"
    line = f"- runbook {runbook_id}" if not guide else f"~ runbook {runbook_id}: the guide's again"
    write.tell("configured", "room", {"changes": [line]})
    return Answer(runbook_id, f"runbook {runbook_id}: {words}; incidents keep the copy they have")


def owned(runbook_id: str) -> Refused:
    """Return why a runbook of the configuration file is not changed here."""
    return Refused(f"the configuration file owns {runbook_id}", "change it there, then warroom apply")


def keep_text(write: Write, runbook_id: str, source: Source) -> bool:
    """Keep a text as a new version; False where it is the one that is kept."""
    if latest_text(write.connection, runbook_id) == source.text:
        return False
    values = {
        "runbook": runbook_id,
        "version": latest_version(write.connection, runbook_id) + 1,
        "text": source.text,
        "file": clean_line(source.file, 1_000),
        "by": write.by,
        "at": write.now,
    }
    write.connection.execute(insert(DOCUMENT), [values])
    return True


def forget_texts(write: Write, ids: Collection[str]) -> None:
    """Say of runbooks that no text is theirs any more; the older versions stay."""
    for runbook_id in ids:
        keep_text(write, runbook_id, Source(""))


def _compared(old: Definition | None, runbook: Runbook) -> tuple[dict[str, Any], str, Runbook]:
    """Return what becomes of a runbook, the line that says it ("" where nothing does), and what to keep."""
    if old is None:
        return _fact(runbook, "new"), f"+ runbook {runbook.id}: {count(len(runbook.steps), 'step')}", runbook
    before: Runbook = decode(Runbook, old.spec)
    kept = keeping(before, runbook)
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
