"""Stakeholder updates."""

from functools import partial
from zoneinfo import ZoneInfo

from console.handlers.subject import seen, subject
from console.place import Place
from console.saying import in_sentences
from console.screens.ask import ask_choice, ask_line, confirm
from console.screens.update import UpdateScreen
from data.domain.change import Refused
from data.domain.durations import parse_duration
from data.domain.instants import format_instant, parse_instant
from data.store.commands import telling


async def update(place: Place) -> None:
    """Record an update: the form shows text and audiences, and nothing is recorded unseen."""
    if not (key := await subject(place)):
        return
    view = await seen(place, key)
    if view is None:
        return
    draft = f"update:{key}"
    trouble = ""
    while True:
        screen = UpdateScreen(view, place.room.clock(), place.room.drafts.get(draft, ""), trouble)
        sent = await place.ask(screen)
        place.room.drafts[draft] = sent[0] if sent else screen.left
        if sent is None:
            return
        text, audiences = sent
        answer = await place.room.attempt(
            partial(telling.send_update, key=key, text=text, audiences=audiences)
        )
        if not isinstance(answer, Refused):
            place.room.drafts.pop(draft, None)
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
