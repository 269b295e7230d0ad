"""Bringing a status page's past into a room from the shell."""

import json
from pathlib import Path

import pytest

from tests.console.cli_room import Shell, new_shell
from tests.status_pages import incident, page


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "incidents.json"
    entries = [incident(number) for number in range(1, 104)]
    entries += [incident(200, impact="maintenance"), incident(201, status="monitoring", resolved_at=None)]
    made.write_text(json.dumps(page(*entries)))
    return made


def test_a_file_is_looked_at_imported_and_imported_again(shell: Shell, file: Path) -> None:
    left_out = "1 of maintenance left out; 1 still open, left out"
    looked = shell("import-history", str(file), "--dry-run")
    assert looked.out == f"{file}: 103 incidents with 412 updates; {left_out}; nothing was written\n"
    assert shell.events() == 1
    first = shell("import-history", str(file))
    assert first.out == f"{file}: 103 incidents imported (INC-1 to INC-103) with 412 updates; {left_out}\n"
    events = shell.events()
    again = shell("import-history", str(file))
    assert again.out == f"{file}: 0 incidents imported with 0 updates; 103 already here; {left_out}\n"
    assert shell.events() == events
    assert shell.done("report", "--since", "all")["backfilled"] == 103
    assert "update → status page: We are looking into it." in shell("show", "INC-7").out


def test_a_script_gets_a_value_for_each_file(shell: Shell, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(page(incident(500))))
    first, second = shell.done("import-history", str(file), str(other))
    assert (first["imported"], first["maintenance"], first["still_open"]) == (103, 1, 1)
    assert (second["imported"], second["first"], second["last"]) == (1, "INC-104", "INC-104")


@pytest.mark.parametrize(
    ("content", "said"),
    [("<html>", "it is not JSON, line 1"), ("{}", 'it has no list of "incidents"'), (None, "No such")],
)
def test_a_file_that_holds_no_history_says_why(
    shell: Shell, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "page.json"
    if content is not None:
        file.write_text(content)
    refused = shell("import-history", str(file), "--json")
    assert refused.code == 1
    assert said in refused.error["reason"]
    assert "nothing was imported" in refused.error["hint"]


def test_a_table_comes_in_too_and_once(shell: Shell, tmp_path: Path) -> None:
    table = tmp_path / "past.CSV"
    table.write_text(
        "id,title,severity,detected_at,resolved_at\n"
        "1,Mail late,P1,2025-04-01T09:30:00Z,2025-04-01T10:30:00Z\n"
    )
    first, again = (shell.done("import-history", str(table))[0] for _ in range(2))
    assert (first["imported"], first["first"], again["imported"], again["here"]) == (1, "INC-1", 0, 1)
    assert shell.done("show", "INC-1")["severity"] == "P1"
