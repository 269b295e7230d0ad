"""All commands this console has started: one at a time for each step, several steps beside each other."""

import asyncio
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from console.clock import Clock
from console.place import Place
from console.running.output import Output, secrets_in
from console.running.process import Process
from data.domain.change import Refused
from data.domain.incident import Step
from data.domain.placeholders import Filled
from data.domain.running import UNKNOWN, Ended, How, outcome
from data.store.errors import StoreError
from data.views import TimelineLine
from widgets.checklist import Checklist

if TYPE_CHECKING:
    from console.app import WarRoom

AGAIN = 2.0  # seconds until an end the store did not take is told again
LEAVING = 1.0  # seconds a command has to end when the console is left


@dataclass(eq=False, slots=True)
class Run:
    """A command under way, or the last one of its step: ``ended`` is None until it is over."""

    incident: str
    step: Step
    command: str
    by: str
    since: datetime
    clock: Clock
    output: Output
    process: Process
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    seq: int = 0  # of the event that says it has started
    ended: Ended | None = None
    trouble: str = ""  # why its end is not on the record yet

    @property
    def facts(self) -> Mapping[str, object]:
        """How it ended, as its event will have it."""
        ended = self.ended or Ended(How.EXIT, 0.0)
        return {name: getattr(ended, name) for name in ("how", "code", "signal", "seconds", "why", "holds")}


class Runs:
    """Starts commands, stops them, and sees to it that the record has every beginning and every end."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._runs: dict[tuple[str, str], Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False

    def of(self, incident: str, step_id: str) -> Run | None:
        """Return the command of a step that runs, or was the last to run here."""
        return self._runs.get((incident, step_id))

    @property
    def under_way(self) -> tuple[Run, ...]:
        """Those that run now."""
        return tuple(run for run in self._runs.values() if run.ended is None)

    def since(self, incident: str) -> Mapping[str, datetime]:
        """Return since when the steps of an incident run, by their ids."""
        return {run.step.id: run.since for run in self.under_way if run.incident == incident}

    def told(self, lines: tuple[TimelineLine, ...]) -> tuple[TimelineLine, ...]:
        """Return lines of a record, those of what runs here without the doubt about how it ended.

        The store says so only while it knows that this console is there.
        """
        here = {run.seq for run in self.under_way}
        doubt = f" ({UNKNOWN})"
        return tuple(
            replace(line, text=f"{line.text.removesuffix(doubt)} (running)")
            if line.seq in here and line.text.endswith(doubt)
            else line
            for line in lines
        )

    async def begin(self, incident: str, step: Step, filled: Filled, *, seen: int = 0) -> Run | Refused:
        """Put a command on the record, then start it; ``seen`` is the newest run of it that was shown."""
        from data.store.commands import runs as store

        before = self.of(incident, step.id)
        if self._leaving or (before is not None and before.ended is None):
            return Refused("it is still running", "x goes back to it")
        environ = self._environ(incident, filled)
        output = Output(secrets_in(environ) | set(filled.environ.values()))
        run = Run(
            incident,
            step,
            filled.command,
            self._room.operator,
            self._room.clock(),
            self._room.clock,
            output,
            Process(filled.command, environ, output),
        )
        work = partial(
            store.start,
            key=incident,
            step_id=step.id,
            command=filled.command,
            run=run.id,
            seen=seen,
            console=self._room.presence.holder,
        )
        answer = await self._room.attempt(work)
        if isinstance(answer, Refused):
            return answer
        run.seq = answer.seq
        self._runs[incident, step.id] = run
        self._mark(incident)
        task = asyncio.create_task(self._see_through(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self._room.show_news()
        return run

    async def end(self) -> None:
        """Stop whatever runs, for the console is left; what became of it goes on record."""
        self._leaving = True
        for run in self.under_way:
            run.process.patience = LEAVING
            run.process.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2 * LEAVING + 1)
        for task in self._tasks:
            task.cancel()

    def _environ(self, incident: str, filled: Filled) -> dict[str, str]:
        """Return the operator's own environment, for a program without a terminal."""
        told = {"WARROOM_INCIDENT": incident, "WARROOM_OPERATOR": self._room.operator}
        plain = {"TERM": "dumb", "PAGER": "cat", "GIT_PAGER": "cat"}
        return {**os.environ, **plain, **told, **filled.environ}

    async def _see_through(self, run: Run) -> None:
        ended = await run.process.run()
        if self._leaving and run.process.stopping:
            ended = replace(ended, how=How.LEFT)
        run.ended = ended
        self._mark(run.incident)
        await self._record(run, ended)
        if self._leaving:
            return
        await self._room.show_news()
        if getattr(self._room.screen, "run", None) is not run:
            self._room.say(
                f'"{run.step.title}": {outcome(run.facts)}.', "information" if ended.well else "warning"
            )

    def _mark(self, incident: str) -> None:
        """Let the checklists in view say what runs."""
        since = self.since(incident)
        for screen in self._room.screen_stack:
            if isinstance(screen, Place) and screen.incident_key() == incident:
                for checklist in screen.query(Checklist):
                    checklist.running = since

    async def _record(self, run: Run, ended: Ended) -> None:
        """Put the end on the record; a store that is away is asked again."""
        from data.store.commands import runs as store

        kept = replace(ended, output=run.output.text(), left_out=run.output.left_out)
        work = partial(
            store.end, key=run.incident, step_id=run.step.id, command=run.command, run=run.id, ended=kept
        )
        while True:
            try:
                answer = await self._room.desk.command(work, by=run.by)
            except StoreError as error:
                run.trouble = self._room.in_words(error)
            else:
                run.trouble = answer.reason if isinstance(answer, Refused) else ""
                return
            if self._leaving:
                return
            await asyncio.sleep(AGAIN)
