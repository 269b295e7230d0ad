"""SQLite as a store: how a connection is made, and what a file must be before it is trusted."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from shlex import quote as in_shell
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from data.store.errors import StoreError
from data.store.tables import SCHEMA_VERSION

APPLICATION_ID = 0x57524D31  # "WRM1"
BUSY_SECONDS = 5.0
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"})
_MAGIC = b"SQLite format 3\x00"


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """True on a library with the WAL-reset fix; older ones may corrupt a file several processes write."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def quoted(path: Path) -> str:
    """Return a path as it can be typed into a shell."""
    return in_shell(str(path))


def _uri(path: Path, mode: str) -> str:
    """Return what SQLite opens; the path's own bytes, whatever encoding they are in."""
    return f"file:{quote(os.fsencode(path))}?mode={mode}"


def make_engine(path: Path) -> Engine:
    """Return an engine for an existing file; it never creates one."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            _uri(path, "rw"),
            uri=True,
            isolation_level=None,
            timeout=BUSY_SECONDS,
            check_same_thread=False,
        )
        for pragma in (
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "synchronous=FULL",
            f"journal_mode={'WAL' if wal_is_safe() else 'TRUNCATE'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=4)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def inspect(path: Path) -> None:
    """Refuse a path that is not a store this program can use, saying why; nothing is written."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(
            f"there is no store at {path}", f"make one: warroom init --store {quoted(path)}"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be a path"
        raise StoreError(f"{path} cannot be looked at: {reason}", "check the path and its folder") from error
    if stat.S_ISDIR(mode):
        raise StoreError(f"{path} is a folder, not a store", "name a file in it with --store")
    if not stat.S_ISREG(mode):  # reading a pipe or a device would wait for ever
        raise StoreError(f"{path} is not a regular file", "name another with --store")
    _refuse_network(path)
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path} may not be read by you", "check who owns the file")
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}", "check the disk") from error
    if not head:
        raise StoreError(
            f"{path} is an empty file, not a store", "remove it and run warroom init, or name another"
        )
    if not head.startswith(_MAGIC):
        raise StoreError(f"{path} is not a warroom store", "name another with --store")
    application, version = int.from_bytes(head[68:72]), int.from_bytes(head[60:64])
    if len(head) < 100:
        raise StoreError(f"{path} is damaged: it ends in its first bytes", "restore a backup")
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is another program's database", "name another with --store")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer warroom: it has store version {version}, "
            f"this program knows {SCHEMA_VERSION}",
            "update warroom; the store was not touched",
        )
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreError(f"{path} is read-only for you", "check who owns the file and its folder")


def _refuse_network(path: Path) -> None:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    resolved, best, kind = str(path.resolve()), "", ""
    for line in mounts.read_text(errors="replace").splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        inside = resolved == point or resolved.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    if kind in _NETWORK:
        raise StoreError(
            f"{path} lies on a network filesystem ({kind}), where SQLite loses data",
            "keep the file on a local disk, or share a PostgreSQL: --store postgresql://…",
        )


def quick_check(path: Path) -> str:
    """Return what SQLite finds wrong with the file, or an empty string."""
    with closing(sqlite3.connect(_uri(path, "ro"), uri=True, timeout=BUSY_SECONDS)) as db:
        try:
            rows = db.execute("PRAGMA quick_check(3)").fetchall()
        except sqlite3.DatabaseError as error:
            return str(error)
    found = "; ".join(str(row[0]) for row in rows)
    return "" if found == "ok" else found


def copy(source: Path, target: Path) -> None:
    """Copy a store in one step by SQLite's backup API into a new private file."""
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    os.close(descriptor)
    with (
        closing(sqlite3.connect(_uri(source, "ro"), uri=True, timeout=BUSY_SECONDS)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
