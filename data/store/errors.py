"""Why a store cannot be used, as sentences for the person in front of it."""

from typing import TYPE_CHECKING

from data.text import clean_line

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError


class StoreError(Exception):
    """The store cannot be used. ``reason`` says what failed and why, ``hint`` what to do."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(f"{reason}. {hint}" if hint else reason)
        self.reason = reason
        self.hint = hint


class StoreExists(StoreError):
    """No store was made, because something is there already; it was not touched."""


class Conflict(StoreError):
    """Two transactions got in each other's way and the database undid this one: it may run again."""


# what mends a store in a file; one in a database is restored where that runs
OLDER = "open it once without --read-only, or give any verb: that brings it up to date, a copy kept"
RESTORE = "warroom restore FILE puts a copy back: look in the backups folder beside the store"

_SQLITE = {
    "SQLITE_BUSY": ("the store is locked by another program", "wait a moment and try again"),
    "SQLITE_LOCKED": ("the store is locked by another program", "wait a moment and try again"),
    "SQLITE_FULL": ("the disk is full: nothing was written", "free some space and try again"),
    "SQLITE_CORRUPT": ("the store is damaged", RESTORE),
    "SQLITE_NOTADB": ("this file is not a warroom store", "name another with --store"),
    "SQLITE_READONLY": ("the store is read-only here", "check who owns the file and its folder"),
    "SQLITE_CANTOPEN": ("the store cannot be opened", "check the path and who may read it"),
    "SQLITE_IOERR": ("the disk under the store does not answer", "check the disk and its free space"),
}
_POSTGRES = {
    "28": ("the database refused the user or password", "check the store's URL"),
    "3D": ("there is no such database", "create it, or check the store's URL"),
    "08": ("the database cannot be reached", "check host and port in the store's URL"),
    "57": ("the database is shutting down or starting", "try again in a moment"),
    "53": ("the database has no room left", "free some space or connections on it"),
    "55P03": ("the store is held by another program", "wait a moment and try again"),
    "25P03": ("this program was asleep in the middle of a write, which was undone", "try again"),
    "40": ("two programs wrote at once, and this write was undone", "try again"),
    "42501": ("the database user may not do this", "grant it rights on the schema"),
    "42P01": ("this database holds no warroom store", "make one: warroom init --store URL"),
}

_CONNECTING = {
    "authentication failed": "28",
    'role "': "28",
    "no pg_hba.conf entry": "28",
    '" does not exist': "3D",
    "too many clients": "53",
    "the database system is": "57",
}
_PASSWORD = "give it in ~/.pgpass or PGPASSWORD: a URL is shown in process lists"  # noqa: S105 - a hint


def masked(where: str) -> str:
    """Return a store's path or URL without its password."""
    if "://" not in where:
        return where
    # the first frame imports this module, and needs no database library
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(where).difference_update_query(("password", "sslpassword"))
        return url.render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return where.split("://", 1)[0] + "://…"


def from_driver(error: "DBAPIError", where: str) -> StoreError:
    """Classify a driver's error by its code, never by its text."""
    original = error.orig
    name = getattr(original, "sqlite_errorname", None)
    if isinstance(name, str):
        for known, (reason, hint) in _SQLITE.items():
            if name.startswith(known):
                return StoreError(f"{masked(where)}: {reason}", hint)
        return StoreError(f"{masked(where)}: the store failed ({name})", "if it stays so, restore a backup")
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        kind = Conflict if state.startswith("40") else StoreError
        for known, (reason, hint) in _POSTGRES.items():
            if state.startswith(known):
                return kind(f"{masked(where)}: {reason}", hint)
        return StoreError(f"{masked(where)}: the database failed ({state})", "try again in a moment")
    # while connecting there is no code: a few words are known, the others are for the person to read
    said = clean_line(" ".join(str(original).split()), 160)
    for words, code in _CONNECTING.items():
        if words in said:
            reason, hint = _POSTGRES[code]
            return StoreError(f"{masked(where)}: {reason}", hint)
    if getattr(getattr(original, "pgconn", None), "needs_password", False):
        return StoreError(f"{masked(where)}: the database wants a password", _PASSWORD)
    reason, hint = _POSTGRES["08"]
    return StoreError(f"{masked(where)}: {reason} ({said})" if said else f"{masked(where)}: {reason}", hint)
