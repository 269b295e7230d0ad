"""SQLite as a store: how a connection is made, and what a file must be before it is trusted."""

import os
import random
import re
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path
from shlex import quote as in_shell
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from data.store.errors import RESTORE, StoreError
from data.store.tables import SCHEMA_VERSION

APPLICATION_ID = 0x57524D31  # "WRM1"
BUSY_SECONDS = 5.0
MOUNTS = Path("/proc/mounts")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "beegfs"}
    | {"fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph-fuse"}
)
_OCTAL = re.compile(r"\\([0-7]{3})")  # how a blank in a mount point is written
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


def identity(path: Path) -> tuple[int, int] | None:
    """Return which file lies at a path; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def make_engine(path: Path, busy: float | None = None) -> Engine:
    """Return an engine for an existing file; it never creates one.

    ``busy`` is how many seconds a connection waits for another program's lock.
    """
    patience = BUSY_SECONDS if busy is None else busy

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            _uri(path, "rw"),
            uri=True,
            isolation_level=None,
            timeout=patience,
            check_same_thread=False,
        )
        try:
            for pragma in (
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "synchronous=FULL",
                f"journal_mode={'WAL' if wal_is_safe() else 'TRUNCATE'}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=4, pool_timeout=10
    )

    @event.listens_for(engine, "connect")
    def remember(_: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = identity(path)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            _begin_write(connection, patience)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_write(connection: Connection, patience: float) -> None:
    """Begin a write, waiting for other writers up to ``patience`` seconds.

    SQLite's own waiting sleeps ever longer, so among many writers one may never get its turn; short
    sleeps of random length are fair.
    """
    deadline = time.monotonic() + patience
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                name = getattr(error.orig, "sqlite_errorname", "")
                if not name.startswith("SQLITE_BUSY") or time.monotonic() >= deadline:
                    raise
                time.sleep(random.uniform(0.001, 0.01))  # noqa: S311 - spreads writers, guards nothing
            else:
                return
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(patience * 1000)}")


def replaced(connection: Connection, path: Path) -> bool:
    """Tell whether a connection's file is no longer the one at its path: what it writes nobody finds."""
    return connection.info.get("file") != identity(path)


def inspect(path: Path, mounts: Path = MOUNTS) -> int:
    """Return the version of the store at a path; nothing is written.

    Raises StoreError, saying why, where it is no store that this program can use.
    """
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
    refuse_network(path, mounts)
    if not _may(path, os.R_OK):
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
        raise StoreError(f"{path} is damaged: it ends in its first bytes", RESTORE)
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is another program's database", "name another with --store")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer warroom: it has store version {version}, "
            f"this program knows {SCHEMA_VERSION}",
            "update warroom; the store was not touched",
        )
    if not mode & 0o222:  # root could write it all the same, and somebody meant that nobody does
        raise StoreError(f"{path} is read-only for everybody", f"allow it: chmod u+w {quoted(path)}")
    if not _may(path, os.W_OK) or not _may(path.parent, os.W_OK):
        raise StoreError(f"{path} is read-only for you", "check who owns the file and its folder")
    return version


def _may(path: Path, mode: int) -> bool:
    """Tell whether this process may do something, as the user it acts for."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Raise StoreError where a path lies on a network filesystem; ``mounts`` lists what is mounted."""
    if not mounts.exists():
        return
    resolved, best, kind = str(path.resolve()), "", ""
    for line in mounts.read_text(errors="surrogateescape").splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = _OCTAL.sub(lambda match: chr(int(match[1], 8)), parts[1])
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
