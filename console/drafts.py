"""What is typed and not yet sent: kept in the store for whoever typed it, so that nothing is lost."""

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from data.store.errors import StoreError
from widgets.times import wall

if TYPE_CHECKING:
    from console.app import WarRoom

PAUSE = 1.0  # seconds after which what is typed is written
AGAIN = 5.0  # seconds after which a store that could not be written is tried again
SEEN = ":seen"  # of a draft: what stood there when it was begun
_KEPT = ("update:", "post-mortem:", "note:")  # the others are gone with the console

Name = tuple[str, str]  # operator and key


class Drafts(MutableMapping[str, str]):
    """The texts of the operator of the moment, by key. An empty text is none.

    What is set is in the store a second later, and once more at the end; `recall` brings back what a
    console that was left, or killed, had kept.
    """

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._texts: dict[Name, str] = {}
        self._at: dict[Name, datetime] = {}
        self._changed: set[Name] = set()
        self._wake = asyncio.Event()

    def _name(self, key: str) -> Name:
        return self._room.operator, key

    def __getitem__(self, key: str) -> str:
        """Return a draft. Raises KeyError where there is none."""
        return self._texts[self._name(key)]

    def __setitem__(self, key: str, text: str) -> None:
        """Keep a draft."""
        name = self._name(key)
        if self._texts.get(name, "") != text:
            self._texts[name] = text
            self._at[name] = self._room.clock()
            self._change(name)

    def __delitem__(self, key: str) -> None:
        """Forget a draft. Raises KeyError where there is none."""
        name = self._name(key)
        del self._texts[name]
        self._at.pop(name, None)
        self._change(name)

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of the operator's drafts."""
        return iter([key for operator, key in self._texts if operator == self._room.operator])

    def __len__(self) -> int:
        """Return how many there are."""
        return len(list(iter(self)))

    def begin(self, key: str, text: str) -> None:
        """Put a text where a draft would be, unless there is one: nobody has typed it, so it is not kept."""
        self._texts.setdefault(self._name(key), text)

    def since(self, key: str) -> str:
        """Return ``your draft from 14:02Z``; empty where nothing was typed."""
        at = self._at.get(self._name(key))
        zone = self._room.board.zone if self._room.local_times else "UTC"
        return f"your draft from {wall(at, zone, seconds=False)}" if at and self.get(key) else ""

    async def recall(self, key: str) -> None:
        """Bring back what was kept, unless there is something newer here."""
        name = self._name(key)
        if name in self._texts:
            return
        from data.store.queries.drafts import draft

        found = await self._room.look(partial(draft, operator=name[0], key=key))
        if found is None or name in self._texts:
            return
        self._texts[name], self._at[name] = found.text, found.at
        if SEEN in found.data:
            self._texts[name[0], key + SEEN] = str(found.data[SEEN])

    def _change(self, name: Name) -> None:
        key = name[1]
        if key.startswith(_KEPT) and not key.endswith(SEEN) and not self._room.read_only:
            self._changed.add(name)
            self._wake.set()

    async def stay(self) -> None:
        """Write what changes until the console is left, and then what is left to write."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await asyncio.sleep(PAUSE)
                try:
                    await self._write()
                except StoreError:
                    self._wake.set()  # the first line says what is wrong
                    await asyncio.sleep(AGAIN)
        finally:
            with suppress(StoreError):
                await self._write()

    async def _write(self) -> None:
        from data.store.commands import drafts

        while self._changed:
            name = self._changed.pop()
            operator, key = name
            text = self._texts.get(name, "")
            data = {SEEN: self._texts[operator, key + SEEN]} if (operator, key + SEEN) in self._texts else {}
            try:
                if text.strip():
                    await self._room.desk.work(
                        partial(drafts.keep, operator=operator, key=key, text=text, data=data)
                    )
                else:
                    await self._room.desk.work(partial(drafts.drop, operator=operator, key=key))
            except StoreError:
                self._changed.add(name)
                raise
