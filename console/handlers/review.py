"""What people do after an incident: the post-mortem and its action items."""

from functools import partial
from typing import Any

from console.drafts import SEEN
from console.editor import edit
from console.handlers.incidents import settle
from console.handlers.subject import subject
from console.place import Place
from console.saying import in_sentences
from console.screens.ask import ask_choice, ask_line, ask_text
from console.screens.post_mortem import PostMortemScreen
from console.screens.review import ReviewScreen
from data.domain.action_item import ActionItem, ItemKind, ItemState
from data.domain.change import Refused
from data.domain.post_mortem import FINAL, TODO
from data.post_mortem.model import Written
from data.store.commands import post_mortems

_KINDS = {
    ItemKind.PREVENT: "prevent: it cannot happen again",
    ItemKind.MITIGATE: "mitigate: it does less harm, or ends sooner",
    ItemKind.DETECT: "detect: it is known sooner",
    ItemKind.PROCESS: "process: runbooks, procedures, who does what",
}


async def post_mortem(place: Place) -> None:
    """Open the post-mortem of the incident under the cursor."""
    if key := await subject(place):
        place.app.push_screen(PostMortemScreen(key))


def _part(place: Place) -> Written | None:
    """Return the part under the cursor where it can be written, else say why it cannot."""
    if not isinstance(place, PostMortemScreen) or place.document is None or place.current is None:
        return None
    if place.document.state == FINAL:
        place.room.say("The post-mortem is final: O reopens it, with a reason.", severity="warning")
        return None
    return place.current


async def write(place: Place) -> None:
    """Write the part under the cursor in a text area; leaving keeps a draft."""
    item = _part(place)
    if item is None or not isinstance(place, PostMortemScreen):
        return
    draft, shown = await _draft(place, item), place.written_text()
    title = f"{place.incident_key()}: {item.part.title}"
    if shown.startswith(TODO) and "\n" not in shown.strip():  # a question alone is asked, not edited
        title, shown = f"{title}\n{shown.strip()}", ""
    place.room.drafts.begin(draft, shown)
    answer = await ask_text(place, title, draft=draft)
    if answer is None:
        if place.room.drafts.get(draft) == shown:
            _forget(place, draft)
        return
    await _take(place, item, draft, answer)


async def in_editor(place: Place) -> None:
    """Write the part under the cursor in $EDITOR; whatever becomes of it, the text is kept."""
    item = _part(place)
    if item is None or not isinstance(place, PostMortemScreen):
        return
    draft, shown = await _draft(place, item), place.written_text()
    name = f"{place.incident_key()}-{item.part.id}.md"
    found = await edit(place.app, place.room.drafts.get(draft, shown), name)
    if found.trouble:
        if found.text != shown:
            place.room.drafts[draft] = found.text
            place.room.say(f"{found.trouble}. The text is kept: w shows it.", severity="error")
        else:
            _forget(place, draft)
            place.room.say(f"{found.trouble}. Nothing was changed.", severity="error")
    elif found.text.strip() == shown.strip():
        _forget(place, draft)
        place.room.say("Nothing was changed.")
    else:
        await _take(place, item, draft, found.text)


async def _draft(place: PostMortemScreen, item: Written) -> str:
    """Return the key of a part's draft, and remember what stood there when it was begun."""
    draft = f"post-mortem:{place.incident_key()}:{item.part.id}"
    await place.room.drafts.recall(draft)
    place.room.drafts.begin(draft + SEEN, place.written_text())
    return draft


def _forget(place: Place, draft: str) -> None:
    for name in (draft, draft + SEEN):
        place.room.drafts.pop(name, None)


async def _take(place: PostMortemScreen, item: Written, draft: str, text: str) -> None:
    """Write a part; refused, the text stays as a draft."""
    seen = place.room.drafts.get(draft + SEEN)
    work = partial(post_mortems.write_part, key=place.incident_key(), part=item.part.id, text=text, seen=seen)
    answer = await place.room.attempt(work)
    if isinstance(answer, Refused):
        place.room.drafts[draft] = text
        place.room.drafts.pop(draft + SEEN, None)  # the next try has seen what stands there now
        place.room.say(f"{in_sentences(answer)} The text is kept.", severity="warning")
        await place.changed()
        return
    _forget(place, draft)
    await place.room.answered(answer)


async def clear(place: Place) -> None:
    """Leave the part under the cursor to the record again."""
    if (item := _part(place)) is None:
        return
    if not item.by_hand:
        place.room.say("Nobody has written this part: it is filled in from the record.", severity="warning")
        return
    work = partial(post_mortems.write_part, key=place.incident_key(), part=item.part.id, text="")
    await place.room.command(work)


async def finish(place: Place) -> None:
    """Make the post-mortem final."""
    await place.room.command(partial(post_mortems.finish, key=place.incident_key()))


async def reopen(place: Place) -> None:
    """Reopen a final post-mortem; it asks why."""
    await settle(place, partial(post_mortems.reopen, key=place.incident_key()))


async def waive(place: Place) -> None:
    """Say that no post-mortem is needed; it asks why."""
    if key := await subject(place):
        await settle(place, partial(post_mortems.waive, key=key))


async def blameless(place: Place) -> None:
    """Show roles instead of names, or names again."""
    if isinstance(place, PostMortemScreen):
        place.blameless = not place.blameless
        place.show_document()


async def add_item(place: Place) -> None:
    """Add an action item to the incident: what, what it is good for, who, until when."""
    if not (key := await subject(place)):
        return
    title = await ask_line(place, f"{key}: what is to be done?")
    if not title:
        return
    kind = await ask_choice(place, title, [(kind.value, words) for kind, words in _KINDS.items()])
    if kind is None:
        return
    owner = await ask_line(
        place, "Who does it? (empty: nobody yet)", value=place.room.operator, optional=True
    )
    if owner is None:
        return
    due = await ask_line(place, "Until when? 2026-12-01, tomorrow or 14d (empty: no date)", optional=True)
    if due is not None:
        work = partial(post_mortems.add_item, key=key, title=title, kind=ItemKind(kind), owner=owner, due=due)
        await place.room.command(work)


def _item(place: Place) -> ActionItem | None:
    item = place.item() if isinstance(place, ReviewScreen) else None
    if item is None:
        place.room.say("There is no action item under the cursor: tab goes to them.", severity="warning")
    return item


def _names(item: ActionItem) -> dict[str, Any]:
    return {"key": f"INC-{item.incident}", "number": item.number}


async def item_done(place: Place) -> None:
    """Set the action item done."""
    if item := _item(place):
        await settle(place, partial(post_mortems.end_item, **_names(item), to=ItemState.DONE))


async def item_drop(place: Place) -> None:
    """Drop the action item; it asks why."""
    if item := _item(place):
        await settle(place, partial(post_mortems.end_item, **_names(item), to=ItemState.DROPPED))


async def item_change(place: Place) -> None:
    """Change one thing about the action item."""
    if (item := _item(place)) is None:
        return
    values = {
        "title": item.title,
        "owner": item.owner,
        "due": item.due.isoformat() if item.due else "",
        "kind": item.kind.value,
        "ticket": item.ticket,
        "runbook": item.runbook,
    }
    labels = {"kind": "type", "due": "due date"}
    options = [(name, f"{labels.get(name, name)}: {value or 'none'}") for name, value in values.items()]
    name = await ask_choice(place, f"Change {item.key} {item.title}", options)
    if name is None:
        return
    if name == "kind":
        chosen = await ask_choice(
            place,
            "What is it good for?",
            [(kind.value, words) for kind, words in _KINDS.items()],
            at=item.kind,
        )
        value: str | ItemKind | None = ItemKind(chosen) if chosen else None
    else:
        asked = f"{item.key}: {labels.get(name, name)}"
        value = await ask_line(place, asked, value=values[name], optional=name != "title")
    if value is not None:
        changed: dict[str, Any] = _names(item) | {name: value}
        await place.room.command(partial(post_mortems.change_item, **changed))
