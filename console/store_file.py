"""The store's file under a running console: SQLite itself notices nothing when it goes (design 6)."""

from pathlib import Path

from data.store import sqlite
from data.store.errors import StoreError
from data.store.store import Store, is_url


class StoreFile:
    """Knows which file was opened. A database that is reached by URL has none, and never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = None if is_url(store.where) else Path(store.where)
        self._opened = self._identity()

    def _identity(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def must_be_ours(self) -> None:
        """Raise StoreError where a write would go to a file that nobody finds again."""
        if self.changed():
            raise StoreError("the store's file was replaced a moment ago", "look again, then repeat it")

    def changed(self) -> bool:
        """Tell whether another file lies at the path now. Raises StoreError while there is none."""
        if self._path is None:
            return False
        found = self._identity()
        if found is None:
            raise StoreError(
                f"{self._store.name}: the store's file was REMOVED", "put it back, or restore a backup"
            )
        return found != self._opened

    def flaw(self) -> str:
        """Return what is damaged in the file, an empty string when nothing is."""
        return "" if self._path is None else sqlite.quick_check(self._path)

    def follow(self) -> None:
        """Go over to the file that is there now. Raises StoreError when it is no store."""
        if self._path is not None:
            found = self._identity()
            sqlite.inspect(self._path)
            self._store.engine.dispose()
            self._opened = found
