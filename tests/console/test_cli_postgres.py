"""The same verbs on a PostgreSQL room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.cli_room import new_shell
from tests.store.postgres import running

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
