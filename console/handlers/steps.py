"""Working through the checklist."""

from dataclasses import replace
from functools import partial

from console.handlers.subject import subject
from console.place import Place
from console.screens.ask import ask_choice, ask_line
from console.screens.incident import IncidentScreen
from data.domain.change import Refused
from data.domain.incident import Step, StepState
from data.store.commands import steps
from data.store.queries.incidents import runbook_views


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
    """Say who works on the step."""
    step = _step(place)
    if step and (name := await ask_line(place, f'Who works on "{step.title}"?', value=place.room.operator)):
        await _set(place, step, StepState.DOING, who=name)


async def command(place: Place) -> None:
    """Copy the step's command; it is never run from here."""
    step = _step(place)
    if step is None:
        return
    if not step.command:
        place.room.say("This step has no command.", severity="warning")
        return
    place.room.copy(step.command)


async def attach(place: Place) -> None:
    """Attach a runbook; those that fit by service or words in the title come first."""
    if not (key := await subject(place)):
        return
    runbooks = await place.room.desk.read(runbook_views)
    fits = place.view.suggested if isinstance(place, IncidentScreen) and place.view else ()
    options = [
        (item.id, f"{item.title}  {item.steps} steps{'  fits this incident' if item.id in fits else ''}")
        for item in sorted(runbooks, key=lambda item: item.id not in fits)
    ]
    chosen = await ask_choice(place, f"Attach a runbook to {key}", options)
    if chosen:
        await place.room.command(partial(steps.attach, key=key, runbook_id=chosen))
