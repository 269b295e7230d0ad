"""Stakeholder updates."""

import asyncio
from functools import partial
from importlib import import_module
from zoneinfo import ZoneInfo

from console.handlers.subject import seen, subject
from console.place import Place
from console.saying import in_sentences
from console.screens.ask import ask_choice, ask_line, confirm
from console.screens.update import UpdateScreen
from console.screens.update_final import FinalUpdateScreen
from console.writing import Writing
from data.domain.change import Refused
from data.domain.durations import parse_duration
from data.domain.instants import format_instant, parse_instant
from data.store.commands import telling
from data.store.queries.updates import update_view


async def update(place: Place) -> None:
    """Write an update and send it: nothing goes out that was not shown with its audiences and channels."""
    if key := await subject(place):
        await tell(place, key)


async def tell_the_end(place: Place, key: str) -> None:
    """Offer the final update of what was just resolved, where anybody is told of it at all."""
    view = await place.room.desk.read(lambda connection: update_view(connection, key))
    if view is not None and view.applicable():
        await tell(place, key, editor=FinalUpdateScreen)


async def tell(place: Place, key: str, *, editor: type[UpdateScreen] = UpdateScreen) -> None:
    """Let a person write an update on an incident until it is sent or left as a draft."""
    draft, drafts = f"update:{key}", place.room.drafts
    trouble = ""
    await asyncio.to_thread(import_module, "jinja2.sandbox")  # what fills the texts in, before the first key
    while True:
        view = await place.room.desk.read(lambda connection: update_view(connection, key))
        if view is None:
            return
        await drafts.recall(draft)
        writing = Writing(place.room, key, draft)
        screen = editor(view, place.room.clock(), drafts.get(draft, ""), trouble, writing)
        try:
            sent = await place.ask(screen)
        finally:
            writing.to(())
        place.room.settle_draft(draft, screen.left, kept=bool(screen.left))
        if sent is None:
            return
        work = partial(
            telling.send_update,
            key=key,
            text=sent.answers.summary or sent.messages[0].body,
            messages=sent.messages,
            answers=sent.answers,
            notify=sent.notify,
        )
        answer = await place.room.attempt(work)
        if not isinstance(answer, Refused):
            drafts.pop(draft, None)
            await place.room.answered(answer)
            return
        trouble = in_sentences(answer)


async def snooze(place: Place) -> None:
    """Put off a due update for a span or until a time, with a reason."""
    if not (key := await subject(place)):
        return
    until_text = await ask_line(place, f"Snooze the update of {key} for (30m) or until (HH:MM)", value="15m")
    if not until_text:
        return
    now = place.room.clock()
    try:
        until = now + parse_duration(until_text)
    except ValueError:
        try:
            until = parse_instant(until_text, now, ZoneInfo(place.room.board.zone))
        except ValueError as error:
            place.room.say(str(error), severity="error")
            return
    why = await ask_line(place, f"Why is the update of {key} put off until {format_instant(until)}?")
    if why:
        await place.room.command(partial(telling.snooze, key=key, until=until, why=why))


async def audience(place: Place) -> None:
    """Switch an audience on or off for this incident."""
    if not (key := await subject(place)):
        return
    view = await seen(place, key)
    if view is None:
        return
    on = {clock.audience for clock in view.incident.updates if clock.applies}
    options = [
        (
            item.id,
            f"{item.name}: {'on' if item.id in on else 'off'}"
            + ("  (outside the company)" if item.external else ""),
        )
        for item in view.policy.audiences
    ]
    chosen = await ask_choice(place, f"Who hears about {key}", options)
    if chosen is None:
        return
    outside = next(item for item in view.policy.audiences if item.id == chosen).external
    if (
        outside
        and chosen not in on
        and not await confirm(place, f"Tell {chosen} about {key} from now on?", yes="Switch on")
    ):
        return
    work = partial(telling.switch_audience, key=key, audience_id=chosen, on=chosen not in on)
    await place.room.command(work)
