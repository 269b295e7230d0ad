"""The store is away: since when, what is still known, and the notes that wait for it (design 6)."""

import asyncio
import uuid
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from console.journal import Entry, Journal, journal_file
from console.remembered import Remembered
from data.domain.change import Refused
from data.store.errors import StoreError, masked
from data.views import TimelineLine

if TYPE_CHECKING:
    from console.app import WarRoom
    from data.store.unit import Answer

LOOK = 1.0  # seconds between looks for notes that wait
PATIENCE = 3.0  # seconds a note may wait for the store before it is kept here
WAITS, REFUSED = "NOT IN THE ROOM YET", "NOT TAKEN"


class Away:
    """Keeps a console useful while its store cannot be reached, and brings its notes in afterwards."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._journal: Journal | None = None
        self._mark = (0, 0)
        self._late: set[asyncio.Task[Answer | Refused]] = set()
        self.remembered = Remembered(room)
        self.since: datetime | None = None

    def start(self) -> None:
        """Follow whether the store is there."""
        self._room.watch(self._room, "trouble", self._told, init=False)
        self._room.run_worker(self.remembered.run(), name="remembered", group="feed")
        if not self._room.read_only:
            self._room.run_worker(self._deliver(), name="journal", group="feed")

    def _told(self) -> None:
        if not self._room.trouble:
            self.since = None
        elif self.since is None:
            self.since = self._room.clock()

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """The notes that are not in the room yet."""
        return tuple(entry for entry in self._room.unsent if not entry.refused)

    def lines(self, key: str, after: int) -> tuple[TimelineLine, ...]:
        """Return an incident's notes that are not in the room, as lines behind the event ``after``."""
        mine = [entry for entry in self._room.unsent if entry.incident == key]
        return tuple(
            TimelineLine(after + number, entry.at, entry.by, "unsent", _marked(entry), key)
            for number, entry in enumerate(mine, start=1)
        )

    async def note(self, key: str, text: str) -> bool:
        """Write a note on an incident, here when the store is away; False when it was refused, and said."""
        from data.store.commands.incidents import note

        room = self._room
        entry = Entry(uuid.uuid4().hex, key, text, room.clock(), room.operator, self._detected(key))
        work = partial(note, key=key, text=text)
        asked = asyncio.create_task(room.attempt(work, by=entry.by, command=entry.id))
        self._late.add(asked)
        asked.add_done_callback(self._late.discard)
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE)
        answer = asked.result() if done else Refused("the store does not answer", code="store")
        if not isinstance(answer, Refused):
            await room.answered(answer)
            return True
        if answer.code == "store" and await self._keep(entry):
            return True
        room.refused(answer)
        return False

    def _detected(self, key: str) -> datetime | None:
        return next((row.detected_at for row in self._room.board.rows if row.key == key), None)

    def _file(self) -> Journal | None:
        """Return the store's journal; None before it is known which store this is."""
        if self._journal is None:
            try:
                self._journal = Journal(journal_file(masked(self._room.desk.store.where)))
            except StoreError:
                return None
        return self._journal

    async def _keep(self, entry: Entry) -> bool:
        journal = self._file()
        if journal is None:
            return False
        try:
            await asyncio.to_thread(journal.keep, entry)
        except OSError as error:
            self._room.say(f"The note cannot be kept here either: {error.strerror}.", severity="error")
            return False
        await self._look(journal)
        self._room.say(
            f"The store is away: the note on {entry.incident} is kept on this machine, "
            "and goes into the room by itself when it is back.",
            severity="warning",
        )
        return True

    async def _look(self, journal: Journal) -> None:
        mark = journal.mark()
        if mark != self._mark:
            self._room.unsent = await asyncio.to_thread(journal.entries)
            self._mark = mark

    async def _deliver(self) -> None:
        """Bring in what waits whenever the store is there, also what an earlier console left."""
        await self._room.desk.opened()
        while True:
            journal = self._file()
            if journal is not None:
                try:
                    await self._look(journal)
                    if self.waiting and not self._room.trouble:
                        await self._bring_in(journal)
                except OSError as error:
                    self._room.say(f"Notes kept in {journal.path} cannot be read: {error.strerror}.", "error")
                    await asyncio.sleep(60 * LOOK)
            await asyncio.sleep(LOOK)

    async def _bring_in(self, journal: Journal) -> None:
        from data.store.commands.late_notes import note

        room, came = self._room, 0
        not_taken: list[str] = []
        for entry in self.waiting:
            work = partial(
                note, key=entry.incident, text=entry.text, at=entry.at, detected_at=entry.detected_at
            )
            try:
                if room.feed.file is not None:
                    room.feed.file.must_be_ours()
                answer = await room.desk.command(work, by=entry.by, command=entry.id)
            except StoreError as error:
                room.trouble = room.in_words(error)
                break
            if isinstance(answer, Refused):
                await asyncio.to_thread(journal.refused, entry, answer.reason)
                not_taken.append(f"A note on {entry.incident} was not taken: {answer.reason}.")
            else:
                await asyncio.to_thread(journal.delivered, entry)
                came += 1
        await self._look(journal)
        told = [f"{counted(came)} written while the store was away: in the room now."] if came else []
        if not_taken:
            told += [*not_taken[:2], f"What was not taken stays in {journal.path}."]
        if told:
            room.say(" ".join(told), severity="warning" if not_taken else "information")

    def left(self) -> str:
        """Say what is still not in the room when the console ends; empty when nothing is."""
        count = len(self.waiting)
        return f"{counted(count)} not in the room yet: the next console here brings it in" if count else ""


def counted(count: int) -> str:
    """Return so many notes in words."""
    return "1 note" if count == 1 else f"{count} notes"


def _marked(entry: Entry) -> str:
    words = " ".join(entry.text.split())
    return f"{REFUSED}: {entry.refused}: {words}" if entry.refused else f"{WAITS}: {words}"
