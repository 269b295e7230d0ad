"""dump, load and move, as a person types them."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.cli_room import Shell, new_shell, process
from tests.store.postgres import running


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = new_shell(tmp_path, monkeypatch)
    shell.done("declare", "Checkout returns 503", "-s", "P1")
    shell.done("note", "INC-1", "größer als 100 %")
    return shell


def test_a_room_goes_into_a_file_and_becomes_a_room_again(shell: Shell, tmp_path: Path) -> None:
    file, new = tmp_path / "room.jsonl", str(tmp_path / "new.db")
    assert shell("dump", str(file)).out == f"1 incident with 5 events written to {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0]["room"] == "acme"
    assert lines[0]["rows"]["event"] == 5
    assert lines[-1]["end"] == len(lines) - 2
    loaded = shell("load", str(file), "--store", new)
    assert (loaded.code, loaded.out) == (0, f"1 incident with 5 events loaded into {new}\n")
    said = shell("show", "INC-1", "--store", new, "--json").json
    assert said["timeline"] == shell.done("show", "INC-1")["timeline"]
    again = shell("load", str(file), "--store", new)
    assert again.code == 1
    assert "is not empty: it has 1 incident, 5 events" in again.err


def test_the_standard_output_gets_the_same_lines(shell: Shell, tmp_path: Path) -> None:
    shell("dump", str(tmp_path / "room.jsonl"))
    for words in (("dump",), ("dump", "-")):
        printed = shell(*words).out.splitlines()
        assert printed[1:-1] == (tmp_path / "room.jsonl").read_text().splitlines()[1:-1]
    (tmp_path / "printed.jsonl").write_text(shell("dump").out)
    assert shell("load", str(tmp_path / "printed.jsonl"), "--store", str(tmp_path / "new.db")).code == 0


def test_a_file_that_is_there_is_kept_until_somebody_insists(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    file.write_text("dear diary")
    refused = shell("dump", str(file))
    assert (refused.code, file.read_text()) == (1, "dear diary")
    assert "--force" in refused.err
    assert shell("dump", str(file), "--force").code == 0
    assert file.read_text().startswith('{"dump":')
    assert shell("dump", str(tmp_path), "--force").err.startswith(
        f"warroom: {tmp_path} is not a regular file"
    )
    assert "cannot be written" in shell("dump", str(tmp_path / "no" / "room.jsonl")).err
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".warroom-")]


def test_a_reader_that_has_seen_enough_is_no_failure(shell: Shell) -> None:
    done = process("dump", "--store", str(shell.store))
    assert done.returncode == 0
    whole = done.stdout.decode().splitlines()
    piped = process("dump", "--store", str(shell.store), encoding="ascii")
    assert piped.stdout.splitlines()[1:-1] == whole[1:-1]


def test_a_bad_file_is_one_sentence_and_makes_no_store(shell: Shell, tmp_path: Path) -> None:
    file, new = tmp_path / "room.jsonl", tmp_path / "new.db"
    shell("dump", str(file))
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-3]))
    said = shell("load", str(file), "--store", str(new))
    last = len(file.read_text().splitlines()) + 1
    assert said.err == (
        f"warroom: {file}, line {last}: the file was cut off: its last line is missing\n"
        "  nothing was loaded\n"
    )
    assert (said.code, new.exists()) == (1, False)
    assert shell("load", "/nowhere/room.jsonl").err.startswith("warroom: /nowhere/room.jsonl does not exist")
    assert shell("load", "/dev/zero").err.startswith("warroom: /dev/zero is not a regular file")


def test_moving_says_where_to_go_on(shell: Shell, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    said = shell("move", str(shell.store), str(new), named=False)
    assert said.out.splitlines() == [
        f"1 incident with 5 events moved from {shell.store} to {new}: every row was compared",
        f"Point everybody there: set WARROOM_STORE to {new}, or give it with --store.",
        f"{shell.store} was left as it is. Let nobody work in it any more.",
    ]
    assert shell("move", str(shell.store), str(new), named=False).code == 1
    assert shell("move", str(tmp_path / "none.db"), str(tmp_path / "x.db"), named=False).code == 3
    assert shell("move", str(shell.store), str(shell.store), named=False).code == 1


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as server:
        yield server.url(server.create())


@pytest.mark.slow
def test_a_room_moves_into_postgresql_and_back(shell: Shell, url: str, tmp_path: Path) -> None:
    secret = url.replace("postgres@", "postgres:hunter2@")
    said = shell("move", str(shell.store), secret, named=False)
    assert said.code == 0, said.err
    assert "hunter2" not in said.out + said.err
    assert "postgres:***@" in said.out
    assert "with its password" in said.out
    again = shell("move", str(shell.store), secret, named=False)
    assert (again.code, "hunter2" in again.err, "not empty" in again.err) == (1, False, True)
    back = tmp_path / "back.db"
    assert shell("move", url, str(back), "--json", named=False).json["incidents"] == 1
    first, last = (
        shell("dump", "--store", store, named=False).out for store in (str(shell.store), str(back))
    )
    assert first.splitlines()[1:-1] == last.splitlines()[1:-1]
    assert shell("dump", "--store", url, named=False).out.splitlines()[1:-1] == first.splitlines()[1:-1]
    gone = shell("move", str(shell.store), secret.replace("/room1", "/nowhere"), named=False)
    assert gone.code == 3
    assert "hunter2" not in gone.err
