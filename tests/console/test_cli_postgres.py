"""The same verbs on a PostgreSQL room."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text

from data.store.queries.board import live_rows
from data.store.store import create_store, open_store
from tests.console.cli_room import new_shell
from tests.store.postgres import Postgres, running

pytestmark = pytest.mark.slow


@pytest.fixture
def url() -> Iterator[str]:
    with running() as server:
        yield server.url(server.create())


def test_a_team_works_in_a_database(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = new_shell(tmp_path, monkeypatch, empty=True)
    monkeypatch.setenv("WARROOM_STORE", url)
    none = shell("list", named=False)
    assert (none.code, "holds no store" in none.err, "warroom init" in none.err) == (3, True, True)
    assert shell("init", named=False).code == 0
    assert shell("init", named=False).code == 1
    declared = shell("declare", "Checkout returns 503", "-s", "P1", "--json", named=False)
    assert declared.json["id"] == "INC-1"
    again = [
        shell("ack", "INC-1", "--command-id", "x", "--json", named=False).json["answer"] for _ in range(2)
    ]
    assert again == ["INC-1 acknowledged by ada"] * 2
    assert shell("list", "--json", named=False).json[0]["status"] == "acknowledged"
    assert shell("show", "INC-1", "--at", "1h ago", named=False).code == 4
    assert shell("escalate", "INC-9", named=False).code == 4
    refused = shell("backup", "--json", named=False)
    assert (refused.code, refused.error["hint"]) == (1, "use pg_dump")
    refused = shell("restore", "copy.db", "--json", named=False)
    assert (refused.code, refused.error["hint"]) == (1, "use pg_restore")


@pytest.fixture
def server() -> Iterator[Postgres]:
    with running() as made:
        made.run("CREATE ROLE guest LOGIN PASSWORD 'hunter2'")
        made.wants_passwords("guest")
        yield made


def test_what_is_wrong_with_a_url_is_a_sentence_without_its_password(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = new_shell(tmp_path, monkeypatch, empty=True)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    name = server.create()
    good = server.url(name)

    def said(url: str, *words: str) -> str:
        monkeypatch.setenv("WARROOM_STORE", url)
        found = shell(*(words or ("list",)), named=False)
        assert found.code == 3, found.err
        for secret in ("hunter2", "s3cret"):
            assert secret not in found.err
        assert len(found.err.strip().splitlines()) <= 2
        return found.err

    guest = good.replace("postgres@", "guest@")
    assert "holds no store" in said(good)
    assert "the database wants a password" in said(guest)
    assert "refused the user or password" in said(guest.replace("guest@", "guest:s3cret@"))
    assert "there is no such database" in said(good.replace(f"/{name}?", "/nowhere?"))
    assert "there is no such database" not in said(good.replace("host=", "host=/nowhere"))
    assert "cannot be reached" in said("postgresql://ada:s3cret@127.0.0.1:1/room")
    assert "cannot be reached" in said("postgresql://ada:s3cret@no.such.host.invalid/room")
    monkeypatch.setenv("WARROOM_STORE", good)
    assert shell("init", named=False).code == 0
    with_password = guest.replace("guest@", "guest:hunter2@")
    assert "may not do this" in said(with_password)
    assert "may not do this" in said(with_password, "declare", "Checkout returns 503", "-s", "P1")


@pytest.mark.parametrize(("version", "words"), [(99, "a newer warroom"), (None, "has lost its counter")])
def test_a_store_of_another_program_is_told_and_not_touched(
    url: str, version: int | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = new_shell(tmp_path, monkeypatch, empty=True)
    monkeypatch.setenv("WARROOM_STORE", url)
    assert shell("init", named=False).code == 0
    with psycopg.connect(url) as connection:
        if version is None:
            connection.execute("DELETE FROM counter")
        else:
            connection.execute("UPDATE counter SET schema_version = %s", [version])
    for verb in (("list",), ("declare", "Checkout returns 503", "-s", "P1")):
        found = shell(*verb, named=False)
        assert found.code == 3
        assert words in found.err or "holds no store" in found.err


def test_a_pooler_finds_no_prepared_statements(url: str) -> None:
    create_store(url, lambda: datetime.now(UTC)).close()
    store = open_store(url, lambda: datetime.now(UTC))
    counted = text("SELECT count(*) FROM pg_prepared_statements")

    def often(connection: Connection) -> int:
        for _ in range(20):
            live_rows(connection)
        return int(connection.execute(counted).scalar_one())

    assert store.read(often) == 0
    store.close()
