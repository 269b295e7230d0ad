"""Copies of a SQLite store, made in one step while it is in use (design 6)."""

import os
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from data.store import sqlite
from data.store.errors import RESTORE, StoreError

KEEP = 7
FOLDER = "backups"
_DAILY = re.compile(r".+-daily-\d{8}\.db")


class NoBackup(StoreError):
    """No copy was made; the store itself is not to blame."""


def folder(store: Path) -> Path:
    """Return where a store's backups lie: beside it."""
    return store.parent / FOLDER


def make(store: Path, now: datetime, target: Path | None = None) -> Path:
    """Copy a store to ``target``, or into its backups folder named by ``now`` (UTC); return the copy's path.

    Nothing that exists is overwritten. The copy is private to its owner. Raises NoBackup where it
    cannot be made, StoreError where the store cannot be read.
    """
    sqlite.inspect(store)
    made = target.expanduser() if target else folder(store) / f"{store.stem}-{now:%Y%m%dT%H%M%SZ}.db"
    return _copy(store, made, private=target is None)


def rotate(store: Path, now: datetime, keep: int = KEEP) -> Path | None:
    """Make today's daily copy and drop all but the newest ``keep``; None where today's is there already.

    Copies made by hand are never dropped.
    """
    today = folder(store) / f"{store.stem}-daily-{now:%Y%m%d}.db"
    if today.exists():
        return None
    made = _copy(store, today, private=True)
    prefix = f"{store.stem}-daily-"
    daily = sorted(
        path
        for path in today.parent.iterdir()
        if path.name.startswith(prefix) and _DAILY.fullmatch(path.name) and path.is_file()
    )
    for path in daily[: max(0, len(daily) - max(1, keep))]:
        path.unlink(missing_ok=True)
    return made


def _copy(store: Path, made: Path, *, private: bool) -> Path:
    begun = False
    try:
        if private:
            made.parent.mkdir(mode=0o700, exist_ok=True)
        # a copy under its final name is whole: whoever finds it may trust it
        draft = made.with_name(f".{made.name}.part")
        draft.unlink(missing_ok=True)
        if made.exists() or made.is_symlink():
            raise FileExistsError
        begun = True
        sqlite.copy(store, draft)
        flaw = _flaw(draft)
        if flaw:
            raise StoreError(f"{store}: the store is damaged ({flaw})", RESTORE)
        made.hardlink_to(draft)
    except FileExistsError:
        raise NoBackup(
            f"there already is something at {made}", "name another file: nothing is overwritten"
        ) from None
    except OSError as error:
        raise NoBackup(f"no backup can be made at {made}: {error.strerror}", "name another file") from error
    except sqlite3.Error as error:
        raise StoreError(f"{store} cannot be copied: {error}", "check the disk and its free space") from error
    finally:
        if begun:
            draft.unlink(missing_ok=True)
    return made


def _flaw(copy: Path) -> str:
    """Return what is wrong with a copy, or an empty string: a backup that cannot be restored is none."""
    flaw = sqlite.quick_check(copy)
    if flaw:
        return flaw
    with closing(sqlite3.connect(copy)) as connection:
        try:
            found = connection.execute("SELECT count(*) FROM counter").fetchone()
        except sqlite3.Error as error:
            return str(error)
    return "" if found == (1,) else "it has lost its counter"


def restore(copy: Path, store: Path, now: datetime) -> Path | None:
    """Make a copy the store again; return where the store that was there has been moved, if one was.

    The copy stays. Programs that have the old store open notice, and write nothing more to it. Raises
    StoreError where the copy is no sound store, NoBackup where the files cannot be moved.
    """
    copy, store = copy.expanduser(), store.expanduser()
    sqlite.inspect(copy)
    draft = store.with_name(f".{store.name}.part")
    aside = store.with_name(f"{store.stem}-replaced-{now:%Y%m%dT%H%M%SZ}{store.suffix}")
    try:
        draft.unlink(missing_ok=True)
        sqlite.copy(copy, draft)
        flaw = _flaw(draft)
        if flaw:
            raise StoreError(f"{copy}: the copy is damaged ({flaw})", "restore an earlier one")
        was_there = store.exists()
        if was_there:
            if aside.exists():
                raise FileExistsError(f"there already is something at {aside}")
            store.rename(aside)
        # its journal belongs to the old file: left here, it would be played into the new one
        for end in ("-journal", "-wal", "-shm"):
            left = store.with_name(store.name + end)
            if left.exists():
                left.rename(aside.with_name(aside.name + end))
        store.hardlink_to(draft)
    except OSError as error:
        if aside.exists() and not os.path.lexists(store):
            aside.rename(store)
        raise NoBackup(f"{store} cannot be put back: {error.strerror or error}", "try again") from error
    except sqlite3.Error as error:
        raise StoreError(f"{copy} cannot be copied: {error}", "check the disk and its free space") from error
    finally:
        draft.unlink(missing_ok=True)
    return aside if was_there else None
