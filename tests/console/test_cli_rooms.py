"""The room by verbs: configuration in and out, backups, and checks looked at once."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.store import backup as backups
from data.store.queries.runbooks import versions
from data.store.store import open_store
from tests.console.cli_room import ROOM, Shell, new_shell
from tests.console.servers import answer, closed_port, serve
from tests.store.room import Clock

CHECKS = """
[[check]]
id = "checkout-api"
service = "checkout"
url = "{url}healthz"
[[check]]
id = "payments-db"
service = "payments"
url = "tcp://127.0.0.1:{port}"
"""
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "warroom.toml"
    path.write_text(ROOM)
    return path


def test_apply_says_what_changes_and_a_dry_run_changes_nothing(shell: Shell, file: Path) -> None:
    assert shell("apply", str(file)).out == "nothing to change\n"
    file.write_text(ROOM.replace('id = "payments"', 'id = "search"'))
    before = shell.store.read_bytes()
    dry = shell("apply", str(file.parent), "--dry-run")
    assert dry.out.splitlines() == [
        "+ service search",
        "- service payments",
        "2 changes, none made: this was a dry run",
    ]
    assert shell.store.read_bytes() == before
    done = shell.done("apply", str(file))
    assert (done["changes"], done["dry_run"]) == (["+ service search", "- service payments"], False)
    assert shell("declare", "x", "-s", "P1", "--service", "payments").code == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[room]\nname = 7\n", "{file}:2: "),
        ("[[check]]\nid = 'a'\n[[chek]]\n", "{file}:3: "),
        ("[room\n", "{file}:1: "),
    ],
)
def test_a_wrong_file_is_blamed_by_line_and_changes_nothing(
    shell: Shell, file: Path, text: str, told: str
) -> None:
    file.write_text(text)
    before = shell.store.read_bytes()
    for words in (("apply", str(file)), ("apply", str(file), "--dry-run")):
        said = shell(*words)
        assert (said.code, said.out) == (1, "")
        assert any(line.startswith(told.format(file=file)) for line in said.err.splitlines())
        assert "nothing was changed" in said.err
    assert shell.store.read_bytes() == before


STEPS = "# Fail over\n\n## Steps\n\n1. Stop the old one\n2. Start the new one\n"


@pytest.fixture
def markdown(file: Path) -> Path:
    """A runbook in a file of its own beside the configuration."""
    folder = file.parent / "runbooks"
    folder.mkdir()
    (folder / "rb.md").write_text(STEPS)
    file.write_text(ROOM.replace('id = "payments"', 'id = "payments"\nrunbooks = ["rb"]'))
    return folder / "rb.md"


def kept(shell: Shell) -> list[tuple[int, str, str]]:
    """Return the versions of the runbook: number, by whom, from which file."""
    with closing(open_store(str(shell.store), Clock())) as store:
        return [(item.number, item.by, item.file) for item in store.read(lambda c: versions(c, "rb"))]


def test_markdown_beside_the_file_is_applied_with_it(shell: Shell, file: Path, markdown: Path) -> None:
    dry = shell("apply", str(file), "--dry-run")
    assert "+ runbook rb" in dry.out
    assert kept(shell) == []
    assert "+ runbook rb" in shell("apply", str(file.parent)).out
    assert kept(shell) == [(1, "ada", "runbooks/rb.md")]
    assert shell("apply", str(file)).out == "nothing to change\n"
    markdown.write_text(STEPS + "\nIt takes a minute.\n")
    for words, number in ((("apply", str(file), "--dry-run"), 1), (("apply", str(file)), 2)):
        assert "~ runbook rb" in shell(*words).out
        assert kept(shell)[0][0] == number
    refused = shell("import-runbook", str(markdown))
    assert "the configuration file owns rb" in refused.err
    markdown.unlink()
    file.write_text(ROOM)
    assert "- runbook rb" in shell("apply", str(file)).out


def test_a_runbook_made_in_the_console_and_as_a_file_is_refused_by_the_files_name(
    shell: Shell, file: Path, markdown: Path
) -> None:
    shell.done("import-runbook", str(markdown))
    refused = shell("apply", str(file))
    assert refused.code == 1
    assert refused.err.startswith(f'{markdown}: the runbook "rb" was also made in the console')


def test_markdown_goes_out_as_it_came_in(shell: Shell, file: Path, markdown: Path, tmp_path: Path) -> None:
    shell("apply", str(file))
    printed = shell("export")
    assert "# runbooks/rb.md stands beside this file" in printed.out
    assert "[[runbook]]" not in printed.out
    assert "1 of the runbooks are files beside it" in printed.err
    file.write_text(printed.out)
    assert shell("apply", str(file)).out == "nothing to change\n"
    folder = tmp_path / "out"
    told = shell("export", "--to", str(folder)).out.splitlines()
    assert told == [f"{folder}/warroom.toml", f"{folder}/runbooks/rb.md"]
    assert (folder / "runbooks" / "rb.md").read_text() == STEPS
    assert shell("apply", str(folder)).out == "nothing to change\n"
    other = str(tmp_path / "other.db")
    shell("init", "--store", other)
    shell("apply", str(folder), "--store", other)
    assert shell("export", "--store", other).out == printed.out
    again = shell("export", "--to", str(folder))
    assert (again.code, again.out) == (1, "")
    assert "there already is" in again.err


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: (path.unlink(), path.mkdir())])
def test_a_file_that_cannot_be_read_is_refused(
    shell: Shell, file: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(file)
    said = shell("apply", str(file))
    assert (said.code, said.out) == (1, "")
    assert str(file) in said.err


def test_what_is_exported_can_be_applied_to_another_room(shell: Shell, file: Path, tmp_path: Path) -> None:
    file.write_text(shell("export").out)
    assert shell("apply", str(file)).out == "nothing to change\n"
    other = str(tmp_path / "other.db")
    shell("init", "--store", other)
    bare = shell("export", "--store", other)
    assert bare.out == "# the guide's defaults and nothing else\n"
    shell("apply", str(file), "--store", other)
    assert shell("export", "--store", other).out == file.read_text()
    assert shell.done("export")["toml"].strip() == file.read_text().strip()


def test_a_backup_is_a_whole_room_private_and_never_overwrites(shell: Shell, tmp_path: Path) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    made = Path(shell("backup").out.removesuffix("\n"))
    assert made.parent == tmp_path / "backups"
    assert oct(made.stat().st_mode & 0o777) == "0o600"
    assert oct(made.parent.stat().st_mode & 0o777) == "0o700"
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    chosen = tmp_path / "copy.db"
    assert shell.done("backup", str(chosen)) == {"path": str(chosen)}
    for path in (made, chosen):
        assert shell("list", "--json", "--store", str(path)).json[0]["id"] == "INC-1"
    for taken in (chosen, shell.store, tmp_path):
        before = taken.read_bytes() if taken.is_file() else b""
        said = shell("backup", str(taken))
        assert (said.code, said.out) == (1, "")
        assert f"there already is something at {taken}" in said.err
        assert (taken.read_bytes() if taken.is_file() else b"") == before
    assert shell("backup", "/proc/nothing/copy.db").code == 1
    assert shell("backup", str(tmp_path / "no" / "folder" / "copy.db")).code == 1


def test_a_copy_is_put_back_and_what_was_there_is_kept(shell: Shell, tmp_path: Path) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    copy = shell("backup").out.strip()
    shell("resolve", "INC-1", "--how", "fixed")
    said = shell("restore", copy)
    found = re.fullmatch(rf"{shell.store} is {copy} again; what was there is kept as (.+)\n", said.out)
    assert found, said
    assert shell.done("list")[0]["status"] == "detected"
    assert shell("list", "--all", "--json", "--store", found[1]).json[0]["status"] == "resolved"
    shell.store.unlink()
    assert shell("list").code == 3
    assert shell.done("restore", copy) == {"store": str(shell.store), "replaced": None}
    assert shell.done("list")[0]["id"] == "INC-1"
    before = shell.store.read_bytes()
    (tmp_path / "diary.txt").write_text("dear diary")
    for wrong in (tmp_path / "diary.txt", tmp_path / "nothing.db", tmp_path):
        refused = shell("restore", str(wrong))
        assert (refused.code, refused.out) == (3, "")
        assert str(wrong) in refused.err
        assert "give a copy that warroom backup made" in refused.err
    assert shell.store.read_bytes() == before


def test_a_backup_is_made_while_somebody_writes(shell: Shell, tmp_path: Path) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    with closing(sqlite3.connect(shell.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM event")
        said = shell("backup", str(tmp_path / "copy.db"))
        other.execute("ROLLBACK")
    assert said.code == 0, said.err
    assert shell("show", "INC-1", "--json", "--store", str(tmp_path / "copy.db")).json["timeline"]


def test_the_daily_backup_is_made_once_a_day_and_seven_are_kept(shell: Shell, tmp_path: Path) -> None:
    by_hand = Path(shell("backup").out.strip())
    folder = tmp_path / "backups"
    (folder / "room-daily-notes.txt").write_text("mine")
    made = [backups.rotate(shell.store, NOON + timedelta(days=day)) for day in range(10)]
    assert all(path is not None for path in made)
    assert backups.rotate(shell.store, NOON + timedelta(days=9, hours=3)) is None
    daily = sorted(path.name for path in folder.glob("room-daily-*.db"))
    assert daily == [f"room-daily-2026{day}.db" for day in (1127, 1128, 1129, 1130, 1201, 1202, 1203)]
    assert by_hand.exists()
    assert (folder / "room-daily-notes.txt").exists()
    assert not list(folder.glob(".*"))


async def test_checks_are_probed_once_and_nothing_is_recorded(shell: Shell, file: Path) -> None:
    with closed_port() as port:
        async with serve(answer("fine")) as server:
            await asyncio.to_thread(file.write_text, ROOM + CHECKS.format(url=server.url, port=port))
            shell("apply", str(file))
            before = shell.store.read_bytes()
            good = await asyncio.to_thread(shell, "check", "checkout")
            both = await asyncio.to_thread(shell, "check")
            script = await asyncio.to_thread(shell, "check", "--json")
    assert good.code == 0, good.err
    spans = r" +[\d.]+ ms +— +[\d.]+ ms +[\d.]+ ms +—"
    assert re.search(rf"^ok +checkout-api +200{spans}$", good.out, re.MULTILINE), good.out
    assert (both.code, both.err) == (1, "")
    assert re.search(r"^FAIL +payments-db +— .*refused$", both.out, re.MULTILINE), both.out
    assert script.code == 1
    found = {item["id"]: item for item in script.json["checks"]}
    assert (found["checkout-api"]["outcome"], found["checkout-api"]["status"]) == ("pass", 200)
    assert set(found["checkout-api"]["seconds"]) == {"connect", "tls", "first_byte", "total"}
    assert found["payments-db"]["reason"] == "refused"
    assert shell.store.read_bytes() == before


def test_a_room_without_checks_says_so(shell: Shell) -> None:
    assert shell("check").out == "no check is configured\n"
    assert shell.done("check") == {"checks": []}


def test_files_are_private_whatever_the_umask(shell: Shell, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        shell("init", "--store", str(tmp_path / "new" / "room.db"))
        shell("backup", "--store", str(tmp_path / "new" / "room.db"))
    finally:
        os.umask(old)
    made = [path for path in (tmp_path / "new").rglob("*") if path.is_file() and path.stat().st_size]
    assert len(made) == 2
    assert {
        path.stat().st_mode & 0o077 for path in [*made, tmp_path / "new", tmp_path / "new" / "backups"]
    } == {0}
