"""Bringing an older store to this program's schema: all of it or nothing (design 6)."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text

from data.store import backup, postgres
from data.store.errors import RESTORE, StoreError
from data.store.store import Store
from data.store.tables import SCHEMA_VERSION

REVISIONS = Path(__file__).with_name("migrations")


def migrate(store: Store) -> Path | None:
    """Bring a store up to this program's version, under a lock; return the copy made before.

    There is no copy of a database reached by URL, and none where another program was faster. Whatever
    goes wrong, the store is what it was. Raises StoreError.
    """
    with store._connection(writes=True) as connection:
        if connection.dialect.name == "sqlite":
            # within a transaction it would be ignored, and a rebuilt table would take its children along
            raw = connection.connection.dbapi_connection
            if raw is None:
                raise StoreError(f"{store.name} cannot be migrated", "try again")
            raw.cursor().execute("PRAGMA foreign_keys=OFF")
            connection.detach()
        with connection.begin():
            return _migrate(store, connection, SCHEMA_VERSION, REVISIONS)


def _migrate(store: Store, connection: Connection, target: int, revisions: Path) -> Path | None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(postgres.LOCK_KEY)))
    found = connection.execute(text("SELECT schema_version FROM counter WHERE id = 1")).scalar()
    if found is None:
        hint = RESTORE if connection.dialect.name == "sqlite" else "restore a backup"
        raise StoreError(f"{store.name}: the store is damaged, it has lost its counter", hint)
    if found >= target:
        return None
    steps = revisions_between(revisions, found, target)
    copy = _copy(store, target) if connection.dialect.name == "sqlite" else None
    try:
        upgrade(connection, steps)
    except StoreError:
        raise
    except Exception as error:
        kept = f"; a copy lies at {copy}" if copy else ""
        raise StoreError(
            f"{store.name} could not be migrated from version {found} to {target} and is as it was{kept}",
            "open it with the warroom that wrote it",
        ) from error
    connection.execute(text("UPDATE counter SET schema_version = :version"), {"version": target})
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise StoreError(
                f"{store.name}: migrating it would tear {broken[0]} apart; it is as it was",
                "open it with the warroom that wrote it",
            )
        connection.exec_driver_sql(f"PRAGMA user_version={int(target)}")
    return copy


def revisions_between(folder: Path, found: int, target: int) -> Sequence[ModuleType]:
    """Return the revisions that lead from a version to another, in order. Raises StoreError."""
    known = {int(item.revision): item.module for item in ScriptDirectory(str(folder)).walk_revisions()}
    wanted = range(found + 1, target + 1)
    missing = [version for version in wanted if version not in known]
    if missing:
        raise StoreError(f"this program does not know how to make store version {missing[0]}")
    return [known[version] for version in wanted]


def upgrade(connection: Connection, steps: Sequence[ModuleType]) -> None:
    """Run revisions on a connection, in the transaction it has."""
    with Operations.context(MigrationContext.configure(connection)):
        for step in steps:
            step.upgrade()


def _copy(store: Store, target: int) -> Path:
    path = Path(store.where)
    now = store.now()
    name = f"{path.stem}-before-v{target}-{now:%Y%m%dT%H%M%SZ}"
    folder = backup.folder(path)
    for again in ("", *(f"-{number}" for number in range(2, 100))):
        copy = folder / f"{name}{again}.db"
        if not copy.exists():
            break
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise backup.NoBackup(
            f"no backup can be made at {folder}: {error.strerror}", "free its name, then try again"
        ) from error
    return backup.make(path, now, copy)
