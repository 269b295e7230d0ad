"""The store of one run: opened for a verb, its failures told in sentences."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from console.cli import output
from console.cli.failures import STORE, Failure, refused, usage
from console.cli.options import Options
from data.text import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from console.clock import Clock
    from data.domain.change import Refused
    from data.store.store import Store
    from data.store.unit import Answer, Write

T = TypeVar("T")
asked: ContextVar[str] = ContextVar("asked", default="")  # the verb and its arguments, as they were given


class Room:
    """An open store and who is asking. Every method raises Failure."""

    def __init__(self, store: "Store", options: Options) -> None:
        self.store = store
        self.options = options

    def now(self) -> datetime:
        """Return the present instant by the store's clock."""
        return self.store.now()

    def write(self, work: "Callable[[Write], Answer | Refused]", command: str | None) -> "Answer":
        """Run a command; refused, that is the failure."""
        from data.domain.change import Refused

        if command is not None and (not command or clean_line(command) != command):
            raise usage("--command-id is no id", "up to 200 plain characters, none of them at its ends blank")
        found = self.store.write(work, by=self.options.operator, command=command, asked=asked.get())
        if isinstance(found, Refused):
            raise refused(found)
        return found

    def read(self, query: "Callable[[Connection], T]") -> T:
        """Run a query."""
        return self.store.read(query)


@contextmanager
def opened(options: Options) -> Iterator[Room]:
    """Open the store; the default one is made when missing, a named one is not. Raises Failure."""
    from data.store.errors import StoreError

    try:
        store = open_for(options)
        try:
            yield Room(store, options)
        finally:
            store.close()
    except StoreError as error:
        raise unusable(error) from error


def unusable(error: Exception) -> Failure:
    """Return a StoreError as a failure."""
    return Failure(getattr(error, "reason", ""), getattr(error, "hint", ""), code="store", status=STORE)


def open_for(options: Options, clock: "Clock | None" = None, *, migrates: bool = True) -> "Store":
    """Open the store, its clock set; the default one is made when missing. Raises StoreError.

    An older one is migrated, unless ``migrates`` is false: then it is refused.
    """
    from console.clock import Clock
    from console.identity import host
    from data.store.errors import StoreExists
    from data.store.store import create_store, is_url, open_store

    clock = clock or Clock()
    if not options.named and not os.path.lexists(options.store):
        from data.defaults import defaults

        try:
            made = create_store(options.store, clock, host(), defaults().definitions)
        except StoreExists:
            pass  # another run made it meanwhile
        else:
            if not options.json:
                output.warn(f"warroom: made a new room at {options.store}")
            return made
    store = open_store(options.store, clock, host(), migrates=migrates)
    if is_url(options.store):
        clock.offset += store.server_offset()  # everybody counts by the same clock (design 3.2)
    return store


def instant(text: str, now: datetime, zone: str, option: str) -> datetime:
    """Read an instant from the command line; a time of day is the last such one in the room's zone."""
    from data.domain.instants import parse_instant

    try:
        known = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise usage(
            f"the room's time zone {zone} is not known on this machine", f"give {option} with a Z at its end"
        ) from None
    try:
        return parse_instant(text, now, known, past=True)
    except ValueError as error:
        raise usage(f"{option}: {error}") from None
