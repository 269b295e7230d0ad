"""Working through the checklist."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from console.handlers.subject import subject
from console.place import Place
from console.saying import in_sentences
from console.screens.ask import ask_line
from console.screens.incident import IncidentScreen
from data.domain.change import Refused
from data.domain.durations import parse_duration
from data.domain.incident import Step, StepState
from data.domain.instants import parse_instant
from data.store.commands import steps


def _step(place: Place) -> Step | None:
    step = place.current_step() if isinstance(place, IncidentScreen) else None
    if step is None:
        place.room.say("There is no step under the cursor: tab goes to the checklist.", severity="warning")
    return step


async def _set(place: Place, step: Step, state: StepState, why: str = "", who: str = "") -> None:
    """Set a step; what is over lets the cursor go on to the next one to do."""
    work = partial(
        steps.set_steps, key=place.incident_key(), step_ids=[step.id], state=state, why=why, who=who
    )
    answer = await place.room.attempt(work)
    if isinstance(answer, Refused):
        place.room.refused(answer)
        return
    first = answer.facts.get("already", {}).get(step.id)
    told = f'"{step.title}" was already {state} by {first}' if first else answer.text
    await place.room.answered(replace(answer, text=told))
    if state is not StepState.DOING and isinstance(place, IncidentScreen):
        place.next_open_step()


async def done(place: Place) -> None:
    """Set the step done; the second of two people sees who was first."""
    if step := _step(place):
        await _set(place, step, StepState.DONE)


async def skip(place: Place) -> None:
    """Skip the step, with a reason."""
    step = _step(place)
    if step and (why := await ask_line(place, f'Skip "{step.title}". Why?')):
        await _set(place, step, StepState.SKIPPED, why)


async def who(place: Place) -> None:
    """Give the step to somebody, or take it."""
    if not (step := _step(place)):
        return
    name = await ask_line(
        place,
        f'Whose step is "{step.title}"? (empty: nobody\'s)',
        value=step.owner or place.room.operator,
        optional=True,
    )
    if name is None:
        return
    work = partial(steps.give, key=place.incident_key(), step_id=step.id, owner=name)
    answer = await place.room.command(work)
    if answer and answer.facts.get("warning"):
        place.room.say(str(answer.facts["warning"]), severity="warning")


async def due(place: Place) -> None:
    """Say when the step is to be asked about: "back to you in 10 minutes"."""
    if not (step := _step(place)):
        return
    told = await ask_line(
        place,
        f'Follow up "{step.title}" in (10m) or at (HH:MM)? (empty: no more)',
        value="" if step.due else "10m",
        optional=True,
    )
    if told is None:
        return
    try:
        when = _when(place, told)
    except ValueError as error:
        place.room.say(in_sentences(Refused(str(error))), severity="error")
        return
    await place.room.command(partial(steps.set_deadline, key=place.incident_key(), step_id=step.id, due=when))


async def add(place: Place) -> None:
    """Add a step of our own; words that begin with a time make it a reminder."""
    if not (key := await subject(place)):
        return
    told = await ask_line(place, f"A step for {key}; with a time before it, a reminder: 10m call the vendor")
    if not told:
        return
    first, _, rest = told.partition(" ")
    when = None
    if rest.strip() and not first.isdecimal():
        with suppress(ValueError):
            when = _when(place, first)
    title = rest.strip() if when else told
    await place.room.command(partial(steps.add, key=key, title=title, owner=place.room.operator, due=when))


def _when(place: Place, told: str) -> datetime | None:
    """Return an instant as somebody writes it, from now on; None for nothing. Raises ValueError."""
    if not told.strip():
        return None
    now = place.room.clock()
    try:
        return now + parse_duration(f"{told}m" if told.strip().isdecimal() else told)
    except ValueError:
        found = parse_instant(told, now, ZoneInfo(place.room.board.zone))
    if found <= now:
        raise ValueError(f"{told} has passed already")
    return found


async def command(place: Place) -> None:
    """Show the step's command: copied, or run where its runbook is trusted; again, go back to what runs."""
    step = _step(place)
    if step is None:
        return
    if not step.command:
        place.room.say("This step has no command.", severity="warning")
        return
    from console.handlers import running  # at the first need

    await running.run(place, step)
