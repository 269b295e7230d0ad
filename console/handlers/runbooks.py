"""What people do with runbooks: bring them in, edit them, attach them."""

from functools import partial

from console.editor import edit as edit_text
from console.handlers.subject import subject
from console.place import Place
from console.saying import in_sentences
from console.screens.ask import ask_choice, ask_line, confirm
from console.screens.runbook import RunbookScreen, dated
from console.screens.runbook_import import Edited, ImportScreen
from console.screens.runbooks import RunbooksScreen
from data.domain.change import Refused
from data.domain.room import Origin
from data.domain.words import count
from data.runbook import LINES, LONGEST, read_runbook
from data.runbook_views import RunbookDetail
from data.runbooks.preview import Fate, reading
from data.runbooks.texts import written
from data.store.commands import runbooks, steps
from data.store.commands.runbooks import MEANWHILE, Source
from data.store.queries.runbooks import before, fittings, runbook_detail
from data.store.queries.runbooks import versions as versions_query

_OVER = ("resolved", "closed")
_MOST = 100  # runbooks that are offered in a question


def _id(place: Place) -> str:
    found = place.runbook_id() if isinstance(place, RunbooksScreen | RunbookScreen) else ""
    if not found:
        place.room.say("There is no runbook under the cursor: i imports some.", severity="warning")
    return found


async def filter_rows(place: Place) -> None:
    """Begin to filter the list."""
    if isinstance(place, RunbooksScreen):
        place.begin_filter()


async def bring(place: Place) -> None:
    """Ask for files and show what they would bring."""
    name = await ask_line(place, "Import which Markdown? A file, a folder, or file.md#heading")
    if name:
        place.app.push_screen(ImportScreen([name]))


async def attach(place: Place) -> None:
    """Attach a runbook to the incident; those that fit come first, with the reason."""
    if not (key := await subject(place)):
        return
    found = await place.room.desk.read(lambda connection: fittings(connection, key))
    if not found:
        place.room.say("Every runbook is attached already: 4 lists them, i there imports more.", "warning")
        return
    options = [
        (item.id, f"{item.title}  {count(item.steps, 'step')}{f'  fits: {item.why}' if item.why else ''}")
        for item in found[:_MOST]
    ]
    more = f" (the first {_MOST} of {len(found)}: in view 4 / finds the others)" if found[_MOST:] else ""
    chosen = await ask_choice(place, f"Attach a runbook to {key}{more}", options)
    if chosen:
        await place.room.command(partial(steps.attach, key=key, runbook_id=chosen))


async def attach_to(place: Place) -> None:
    """Attach the runbook to a live incident."""
    if not (runbook_id := _id(place)):
        return
    rows = [row for row in place.room.board.rows if not row.proposed and row.status not in _OVER]
    if not rows:
        place.room.say("There is no live incident to attach it to.", severity="warning")
        return
    options = [(row.key, f"{row.key}  {row.severity}  {row.title}") for row in rows]
    key = await ask_choice(place, f"Attach {runbook_id} to", options)
    if key:
        await place.room.command(partial(steps.attach, key=key, runbook_id=runbook_id))


async def versions(place: Place) -> None:
    """Show who made which version when, and read one."""
    if not (runbook_id := _id(place)):
        return
    found = await place.room.desk.read(lambda connection: versions_query(connection, runbook_id))
    if not found:
        place.room.say("No text of it is kept yet: E writes one, i imports one.", severity="warning")
        return
    options = [
        (str(item.number), f"{dated(item, place.zone)}, {count(item.lines, 'line')}") for item in found
    ]
    chosen = await ask_choice(place, f"Versions of {runbook_id}, the latest first", options)
    if chosen:
        place.app.push_screen(RunbookScreen(runbook_id, int(chosen)))


async def remove(place: Place) -> None:
    """Remove an imported runbook."""
    runbook_id = _id(place)
    if runbook_id and await confirm(place, f"Remove the runbook {runbook_id}?", yes="Remove"):
        await place.room.command(partial(runbooks.remove_runbook, runbook_id=runbook_id))


async def edit(place: Place) -> None:
    """Edit the Markdown in $EDITOR, then show what that changes; the text is kept until it is saved."""
    if not (runbook_id := _id(place)):
        return
    detail = await place.room.desk.read(lambda connection: runbook_detail(connection, runbook_id))
    if detail is None:
        place.room.say(f"There is no runbook {runbook_id} any more.", severity="warning")
        return
    if detail.row.origin is Origin.FILE:
        place.room.refused(runbooks.owned(runbook_id))
        return
    draft, seen = f"runbook:{runbook_id}", f"runbook:{runbook_id}:seen"
    shown = detail.text or written(detail.row.runbook).strip("\n")
    begun = int(place.room.drafts.get(seen, detail.before.version))
    text = place.room.drafts.get(draft, shown)
    name = f"{runbook_id}.md"
    found = await edit_text(place.app, f"{text}\n", name, longest=LONGEST, lines=LINES)
    if found.text.strip() == shown.strip():
        _forget(place, runbook_id)
        place.room.say(f"{found.trouble}. Nothing was changed." if found.trouble else "Nothing was changed.")
        return
    place.room.drafts[draft], place.room.drafts[seen] = found.text.rstrip(), str(begun)
    if found.trouble:
        place.room.say(f"{found.trouble}. The text is kept: E goes on with it.", severity="error")
        return
    if not found.text.strip():
        place.room.say("A runbook needs some text: E goes on with it.", severity="warning")
        return
    place.app.push_screen(ImportScreen(edited=_edited(detail, found.text, begun)))


def _edited(detail: RunbookDetail, text: str, seen: int) -> Edited:
    imported = read_runbook(text, detail.file or f"{detail.row.key}.md")
    found = reading(imported, text, detail.row.key, detail.before)
    return Edited(found, seen)


def _forget(place: Place, runbook_id: str) -> None:
    for name in (f"runbook:{runbook_id}", f"runbook:{runbook_id}:seen"):
        place.room.drafts.pop(name, None)


async def turn(place: Place) -> None:
    """Turn a step into a note and back."""
    if isinstance(place, ImportScreen):
        place.turn()


async def leave(place: Place) -> None:
    """Leave a file out, or take it in again."""
    if isinstance(place, ImportScreen):
        place.leave_out()


async def take(place: Place) -> None:
    """Import what the preview shows, or save the edited text."""
    if not isinstance(place, ImportScreen):
        return
    if place.reading:
        place.room.say("The files are still being read.", severity="warning")
    elif place.edited is not None:
        await _save(place, place.edited)
    else:
        await _import(place)


async def _import(place: ImportScreen) -> None:
    taken = [item for item in place.readings if item.fate in (Fate.NEW, Fate.CHANGED)]
    if not taken:
        place.room.say("Nothing here would change the room: esc goes back.", severity="warning")
        return
    found = [item.runbook for item in taken]
    sources = {item.id: Source(item.text, item.name) for item in taken}
    answer = await place.room.attempt(partial(runbooks.import_runbooks, runbooks=found, sources=sources))
    if isinstance(answer, Refused):
        place.room.refused(answer)
        return
    place.room.go_back()
    await place.room.answered(answer)


async def _save(place: ImportScreen, edited: Edited) -> None:
    """Save an edited text; where somebody was first, show what it would change of theirs."""
    key, text = edited.reading.id, edited.reading.text
    runbook, seen = edited.reading.runbook, edited.seen
    answer = await place.room.attempt(partial(runbooks.save_runbook, runbook=runbook, text=text, seen=seen))
    if isinstance(answer, Refused) and answer.code == MEANWHILE:
        there = await place.room.desk.read(lambda connection: before(connection, [key]))
        now = there[key]
        place.room.drafts[f"runbook:{key}:seen"] = str(now.version)
        again = reading(edited.reading.imported, text, key, now)
        words = f"{answer.reason}. enter saves yours after it, esc keeps yours as a draft."
        place.compare(Edited(again, now.version), words)
    elif isinstance(answer, Refused):
        place.room.say(f"{in_sentences(answer)} The text is kept: E goes on with it.", severity="warning")
    else:
        _forget(place, key)
        place.room.go_back()
        await place.room.answered(answer)
