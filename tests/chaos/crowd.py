"""One of a crowd on a store: a console without a screen, or a shell that gives commands.

    python -m tests.chaos.crowd console|shell STORE NAME PACE

It gives PACE commands a second until a line comes on stdin. After the next one, the number of an event, it
says what it was answered, and a console whether its board is the store's once it has seen that event, as one
JSON line.
"""

import asyncio
import hashlib
import json
import random
import sys
import time
from functools import partial
from typing import Any

from console.clock import Clock
from console.desk import Desk
from console.workers.crew import Crew
from data.domain.change import Refused
from data.domain.incident import Role
from data.domain.severity import Severity
from data.store.commands import incidents, people
from data.store.errors import StoreError
from data.store.queries.board import board, seq
from data.store.store import open_store
from data.views import BoardView

LOOK = 0.1  # seconds between looks, as a console has
AGAIN = 0.1  # the share of commands that are given twice, as after a lost answer
PATIENCE = 60.0


def digest(found: BoardView) -> str:
    """What a board shows of each row, in its order."""
    rows = [(row.key, row.severity, row.title, row.status, row.ic, row.steps_done) for row in found.rows]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


class Member:
    """One process of the crowd."""

    def __init__(self, store: str, name: str) -> None:
        self.clock = Clock()
        self.name = name
        self.desk = Desk(open_store(store, self.clock, name))
        self.chance = random.Random()  # noqa: S311 - another day each time
        self.seen = -1
        self.board: BoardView | None = None
        self.answered: list[str] = []
        self.tried = self.refused = self.differed = 0
        self.failed: list[str] = []

    async def follow(self) -> None:
        """Follow the store as a console does."""
        while True:
            try:
                if self.seen != await self.desk.read(seq):
                    self.board = await self.desk.read(board)
                    self.seen = self.board.seq
            except StoreError as error:
                self.failed.append(error.reason)
            await asyncio.sleep(LOOK)

    async def agrees(self, last: int) -> bool:
        """Whether the board that was followed comes to be the store's, with that event and all after it."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            now = await self.desk.read(board)  # others go on working: what counts is the board of one moment
            if self.board is not None and now.seq == self.board.seq >= last:
                return digest(now) == digest(self.board)
            await asyncio.sleep(LOOK)
        return False

    async def command(self, number: int) -> None:
        """Give one command, now and then twice under one id; an answered note is to be found later."""
        name, key = f"{self.name}-{number}", f"INC-{self.chance.randint(1, 20)}"
        kind = self.chance.choice(("note", "note", "note", "severity", "acknowledge", "role"))
        work: Any = {
            "note": partial(incidents.note, key=key, text=name),
            "severity": partial(
                incidents.set_severity, key=key, new=self.chance.choice(list(Severity)), why="chaos"
            ),
            "acknowledge": partial(incidents.acknowledge, key=key),
            "role": partial(people.take_role, key=key, role=Role.IC, person=self.name),
        }[kind]
        self.tried += 1
        try:
            answer = await self.desk.command(work, by=self.name, command=name)
            if self.chance.random() < AGAIN:
                again = await self.desk.command(work, by=self.name, command=name)
                self.differed += again != answer and not isinstance(answer, Refused)
        except StoreError as error:
            self.failed.append(error.reason)
            return
        if isinstance(answer, Refused):
            self.refused += 1
        elif kind == "note":
            self.answered.append(name)

    async def work(self, pace: float) -> None:
        """Give commands at a pace, whatever each of them takes."""
        began, given = time.monotonic(), 0
        while True:
            await self.command(given)
            given += 1
            await asyncio.sleep(max(0.0, began + given / pace - time.monotonic()))


async def main(kind: str, store: str, name: str, pace: float) -> None:
    """Be one of the crowd until told to end."""
    member = Member(store, name)
    works = [member.work(pace)]
    if kind == "console":
        works += [member.follow(), Crew(member.desk, member.clock, form="console").run()]
    working, *others = [asyncio.create_task(work) for work in works]
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    sys.stdout.write("done\n")
    sys.stdout.flush()
    same = False
    last = int(await asyncio.to_thread(sys.stdin.readline))
    if kind == "console":
        same = await member.agrees(last)
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await member.desk.close()
    told = {
        "tried": member.tried,
        "refused": member.refused,
        "failed": member.failed,
        "differed": member.differed,
        "answered": member.answered,
        "same": same,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
