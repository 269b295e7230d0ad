"""Writing a post-mortem, and what is to be done after an incident."""

from dataclasses import fields
from typing import Any

from sqlalchemy import delete, insert, update

from data.domain import action_item, post_mortem
from data.domain.action_item import ActionItem, ItemKind, ItemState
from data.domain.change import SECTION, Changes, Refused
from data.domain.incident import Incident
from data.post_mortem.document import texts
from data.post_mortem.remembered import added
from data.store.commands.finding import find_incident
from data.store.commands.incidents import act
from data.store.definitions import load_runbooks
from data.store.queries.post_mortems import action_items, post_mortem_view, written
from data.store.tables_after import ACTION_ITEM, POST_MORTEM
from data.store.unit import Answer, Write
from data.text import clean, clean_line

_COLUMNS = frozenset(item.name for item in fields(ActionItem)) - {"why"}


def write_part(write: Write, key: str, part: str, text: str, *, seen: str | None = None) -> Answer | Refused:
    """Write a part; an empty text lets the record fill it in again.

    ``seen`` is what stood there when the writing began: where somebody has changed it since, it is refused.
    """
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    view = post_mortem_view(write.connection, key)
    before = dict(view.written) if view else {}
    shown = texts(view) if view else {}
    old, new = before.get(part, ""), clean(text).strip()
    if seen is not None and seen.strip() != shown.get(part, "").strip():
        return Refused("somebody has changed this part since", "read what stands there, then write again")
    if part == "timeline":
        try:
            added(new, found.detected_at)
        except ValueError as error:
            return Refused(str(error), "for example: ~13:40 deploy of 4.2 began")
    changes = post_mortem.edit(found, part, old, new)
    if isinstance(changes, Refused):
        return changes
    state = _change(write, found, changes)
    name = post_mortem.part(part)
    return Answer(state.key, f"{state.key}: {name.title.lower() if name else part} written")


def finish(write: Write, key: str) -> Answer | Refused:
    """Make a post-mortem final; what was filled in from the record is kept as it reads now."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    view = post_mortem_view(write.connection, key)
    if view is None:
        return Refused(f"there is no incident {key[:40]}", code="not-found")
    changes = post_mortem.finish(found, texts(view), len(view.items), view.written)
    if isinstance(changes, Refused):
        return changes
    return Answer(found.key, f"the post-mortem of {_change(write, found, changes).key} is final")


def reopen(write: Write, key: str, why: str = "") -> Answer | Refused:
    """Unlock a final post-mortem, with a reason."""
    return act(
        write,
        key,
        lambda incident: post_mortem.reopen(incident, clean_line(why)),
        lambda state: f"the post-mortem of {state.key} is a draft again",
    )


def waive(write: Write, key: str, why: str = "") -> Answer | Refused:
    """Say that no post-mortem is needed, with a reason."""
    return act(
        write,
        key,
        lambda incident: post_mortem.waive(incident, clean_line(why)),
        lambda state: f"{state.key} needs no post-mortem",
    )


def _change(write: Write, found: Incident, changes: Changes) -> Incident:
    """Write the changes, and the rows of the parts they set."""
    there = written(write.connection, found.id)
    for change in changes:
        if not change.subject.startswith(SECTION):
            continue
        section, text = change.subject.removeprefix(SECTION), change.facts["after"]["text"]
        where = (POST_MORTEM.c.incident == found.id, POST_MORTEM.c.section == section)
        values = {"text": text, "by": write.by, "at": write.now}
        if not text:
            write.connection.execute(delete(POST_MORTEM).where(*where))
        elif section in there:
            write.connection.execute(update(POST_MORTEM).where(*where).values(values))
        else:
            row = {"incident": found.id, "section": section, **values}
            write.connection.execute(insert(POST_MORTEM), [row])
    return write.change(found, changes)


def add_item(
    write: Write,
    key: str,
    title: str,
    *,
    kind: ItemKind = ItemKind.PREVENT,
    owner: str = "",
    due: str = "",
    ticket: str = "",
    runbook: str = "",
) -> Answer | Refused:
    """Add an action item; ``due`` as people write it, ``runbook`` the one it updates or comes from."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    words = clean_line(title).strip()
    if not words:
        return Refused("an action item needs a title")
    values = _values(write, owner=owner, due=due, ticket=ticket, runbook=runbook)
    if isinstance(values, Refused):
        return values
    taken = action_items(write.connection, ACTION_ITEM.c.incident == found.id)
    number = max((item.number for item in taken), default=0) + 1
    new = ActionItem(found.id, number, words, kind, write.now, write.by, **values)
    write.change(found, (action_item.change(None, new),))
    write.connection.execute(insert(ACTION_ITEM), [_row(new)])
    return Answer(found.key, f"{new.key} added: {new.title}", {"number": number})


def change_item(write: Write, key: str, number: int, **values: Any) -> Answer | Refused:
    """Change an item's title, kind, owner, due date, ticket or runbook; what is not given stays."""
    found = _item(write, key, number)
    if isinstance(found, Refused):
        return found
    incident, old = found
    kept = {name: values.pop(name) for name in ("title", "kind") if name in values}
    read = _values(write, **values)
    if isinstance(read, Refused):
        return read
    if "title" in kept:
        kept["title"] = clean_line(kept["title"]).strip()
    new = action_item.edit(old, **kept, **read)
    return new if isinstance(new, Refused) else _save(write, incident, old, new, "", "changed")


def end_item(write: Write, key: str, number: int, to: ItemState, why: str = "") -> Answer | Refused:
    """Set an item done, dropped or open again."""
    found = _item(write, key, number)
    if isinstance(found, Refused):
        return found
    incident, old = found
    reason = clean_line(why)
    new = action_item.end(old, to, write.now, reason)
    return new if isinstance(new, Refused) else _save(write, incident, old, new, reason, to.value)


def _item(write: Write, key: str, number: int) -> tuple[Incident, ActionItem] | Refused:
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    its = (ACTION_ITEM.c.incident == found.id, ACTION_ITEM.c.number == number)
    items = action_items(write.connection, *its)
    if not items:
        return Refused(f"{found.key} has no action item {number}", "warroom actions lists them", "not-found")
    return found, items[0]


def _values(write: Write, **given: str) -> dict[str, Any] | Refused:
    values: dict[str, Any] = {name: clean_line(text).strip() for name, text in given.items()}
    if "due" in values:
        try:
            values["due"] = action_item.read_due(values["due"], write.now.date())
        except ValueError as error:
            return Refused(str(error))
    runbook = values.get("runbook")
    if runbook and runbook not in {item.id for item in load_runbooks(write.connection)}:
        return Refused(f"there is no runbook {runbook}", "warroom export names them", "not-found")
    return values


def _save(write: Write, incident: Incident, old: ActionItem, new: ActionItem, why: str, done: str) -> Answer:
    write.change(incident, (action_item.change(old, new, why),))
    its = (ACTION_ITEM.c.incident == new.incident, ACTION_ITEM.c.number == new.number)
    write.connection.execute(update(ACTION_ITEM).where(*its).values(_row(new)))
    return Answer(incident.key, f"{new.key} {done}: {new.title}", {"number": new.number})


def _row(item: ActionItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in _COLUMNS}
    return row | {
        "due": item.due.isoformat() if item.due else "",
        "kind": item.kind.value,
        "state": item.state.value,
    }
