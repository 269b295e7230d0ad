"""The ladder by hand: calling people and escalating."""

from functools import partial

from console.handlers.subject import seen, subject
from console.place import Place
from console.screens.ask import ask_choice, confirm
from console.screens.call import CallScreen
from data.domain.change import Refused
from data.store.commands import telling


async def escalate(place: Place) -> None:
    """Escalate to the next level or a chosen one; refused when somebody did so meanwhile."""
    key = await subject(place)
    view = await seen(place, key) if key else None
    if view is None:
        return
    ladder = view.incident.ladder
    level_seen = (ladder.level if ladder else None) or ""
    options = [
        (
            rung.level.id,
            f"{rung.level.name}: "
            + (", ".join(contact.name for contact in rung.contacts) or "nobody")
            + (f"  ({rung.state})" if rung.state else ""),
        )
        for rung in view.rungs
    ]
    first = next((rung.level.id for rung in view.rungs if rung.state in ("next", "later")), None)
    chosen = await ask_choice(place, f"Escalate {key} to", options, at=first)
    if chosen is None:
        return
    level = view.policy.level(chosen)
    top = level is not None and level.rank > 3
    if top and level and not await confirm(place, f"Bring {level.name} into {key}?", yes="Escalate"):
        return
    await place.room.command(partial(telling.escalate, key=key, to=chosen, seen=level_seen))


async def call(place: Place) -> None:
    """Show who to call and what to say, and write down what came of it."""
    key = await subject(place)
    view = await seen(place, key) if key else None
    if view is None:
        return
    result = await place.ask(CallScreen(view))
    if result is None:
        return
    contact, outcome, takes = result
    level_seen = (view.incident.ladder.level if view.incident.ladder else None) or ""
    work = partial(
        telling.record_call, key=key, contact_id=contact, result=outcome, takes=takes, seen=level_seen
    )
    answer = await place.room.attempt(work)
    if isinstance(answer, Refused):
        place.room.refused(answer)
    else:
        await place.room.answered(answer)
