"""The store itself: whether it is sound, how old its newest copy is, and whose clock it counts by."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.doctor.rounds import Try
from console.threads import in_thread
from data.domain.diagnosis import Diagnosis, Grade
from data.domain.durations import age, spoken
from data.store import backup
from data.store.sqlite import quick_check
from data.store.store import Store, is_url
from data.store.tables import SCHEMA_VERSION

STORE, BACKUP, CLOCK = "store", "backup", "clock"
OLD = timedelta(days=2)  # a copy is made each day
SKEW = timedelta(seconds=2)
FREE = 200 * 1024 * 1024  # bytes that should be left beside a file


def tries(store: Store, skew: timedelta) -> list[Try]:
    """Return what is looked at; ``skew`` is how far this machine's clock is from the store's."""

    async def of_file() -> list[Diagnosis]:
        return await in_thread(lambda: list(_file(Path(store.where))))

    async def of_copies() -> list[Diagnosis]:
        return await in_thread(lambda: [copies(Path(store.where), store.now())])

    async def of_database() -> list[Diagnosis]:
        # opening it has looked at its version already; this asks whether it still answers
        await in_thread(store.server_offset)
        return [Diagnosis(STORE, "", Grade.OK, f"reachable: {store.name}, version {SCHEMA_VERSION}")]

    async def of_clock() -> list[Diagnosis]:
        return [clock(skew)]

    if is_url(store.where):
        return [Try(STORE, "", of_database), Try(CLOCK, "", of_clock)]
    return [Try(STORE, "", of_file), Try(BACKUP, "", of_copies)]


def _file(path: Path) -> Iterator[Diagnosis]:
    flaw = quick_check(path)
    if flaw:
        hint = "stop every console, then put a copy back: warroom restore FILE"
        yield Diagnosis(STORE, "", Grade.FAILURE, f"damaged: {flaw}", hint)
    else:  # opening it has refused a network filesystem
        yield Diagnosis(STORE, "", Grade.OK, f"sound, version {SCHEMA_VERSION}, on a local disk: {path}")
    free = shutil.disk_usage(path.parent).free
    if free < FREE:
        words = f"only {free // 1024 // 1024} MB are free on its disk: soon nothing can be written"
        yield Diagnosis(STORE, "", Grade.WARNING, words, "free some space")


def copies(store: Path, now: datetime) -> Diagnosis:
    """Return how old the newest copy of a file is. Raises OSError."""
    folder = backup.folder(store)
    found = folder.glob(f"{store.stem}-*.db") if folder.is_dir() else ()
    newest = max((path.stat().st_mtime for path in found if path.is_file()), default=None)
    hint = "a console or warroom watch makes one each day; by hand: warroom backup"
    if newest is None:
        return Diagnosis(BACKUP, "", Grade.NOTE, "there is no copy of the store yet", hint)
    old = now - datetime.fromtimestamp(newest, UTC)
    grade = Grade.WARNING if old > OLD else Grade.OK
    return Diagnosis(BACKUP, "", grade, f"the newest copy is {age(old)} old", hint)


def clock(skew: timedelta) -> Diagnosis:
    """Return whether this machine's clock is that of the store (design 3.2)."""
    words = f"{spoken(abs(skew))} {'behind' if skew > timedelta() else 'ahead of'} the store's"
    if abs(skew) > SKEW:
        hint = "deadlines count by the store's clock; set this machine's by NTP"
        return Diagnosis(CLOCK, "", Grade.WARNING, f"this machine's clock is {words}", hint)
    return Diagnosis(CLOCK, "", Grade.OK, f"this machine's clock is {words}")
