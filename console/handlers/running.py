"""A step's command from its blanks to its end: asked, confirmed, run, watched, ticked."""

import os
from functools import partial

from console.place import Place
from console.running.runs import Run
from console.saying import in_sentences
from console.screens.output import AGAIN, TICK, OutputScreen
from console.screens.run import RunScreen
from data.domain.change import Refused
from data.domain.incident import Step, StepState
from data.domain.running import outcome, output_of
from data.store.commands import steps
from data.store.queries.runs import run_event, run_view

READ_ONLY = "this console only reads"


async def run(place: Place, step: Step) -> None:
    """Let the operator run a step's command, or return to it while it runs."""
    key = place.incident_key()
    under_way = place.room.runs.of(key, step.id)
    if under_way is not None and under_way.ended is None and not await _watch(place, under_way):
        return
    while (begun := await _begin(place, key, step)) is not None:
        if not await _watch(place, begun):
            return


async def _begin(place: Place, key: str, step: Step) -> Run | None:
    """Ask until a command has started; None when it is left alone."""
    room, draft = place.room, f"run:{key}:{step.id}"
    trouble = ""
    while True:
        view = await room.desk.read(lambda connection: run_view(connection, key, step.id))
        if view is None:
            return None
        screen = RunScreen(
            view,
            frozenset(os.environ),
            why_not=READ_ONLY if room.read_only else "",
            draft=room.drafts.get(draft, ""),
            trouble=trouble,
        )
        filled = await place.ask(screen)
        room.settle_draft(draft, screen.left, kept=bool(screen.left))
        if filled is None:
            return None
        begun = await room.runs.begin(key, step, filled, seen=view.before.seq if view.before else 0)
        if not isinstance(begun, Refused):
            return begun
        trouble = in_sentences(begun)


async def _watch(place: Place, under_way: Run) -> bool:
    """Show a command until it is left; True when it is to be run again."""
    heading = f"{under_way.incident}  {under_way.step.title}"
    answer = await place.ask(OutputScreen(heading, under_way.command, under_way))
    if answer == TICK:
        work = partial(
            steps.set_steps, key=under_way.incident, step_ids=[under_way.step.id], state=StepState.DONE
        )
        await place.room.command(work)
    return answer == AGAIN


async def show(place: Place, seq: int) -> None:
    """Show what a command wrote, by the number of its event on the record."""
    data = await place.room.look(lambda connection: run_event(connection, seq))
    if data is None:
        return
    heading = f"{place.incident_key()}  {data.get('title', '')}"
    ended = "how" in data
    screen = OutputScreen(
        heading,
        str(data.get("command", "")),
        standing=outcome(data) if ended else "it was started; how it ended is another line of the record",
        text=output_of(data),
    )
    place.app.push_screen(screen)
