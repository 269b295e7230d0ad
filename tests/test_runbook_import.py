"""A team brings its folder of Markdown runbooks into the room, again and again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.console.cli_room import Shell, new_shell

RUNBOOK = """# KubeJobFailed

## Meaning

A job has failed.

## Mitigation

1. Find its pods:

   ```console
   $ kubectl get pods -l job-name=$JOB
   ```

2. Review the logs.
"""
KEYS = ["file", "title", "class", "steps"]
STEP_KEYS = ["phase", "title", "detail", "command", "language", "confidence"]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return new_shell(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "runbooks"
    (found / "deep").mkdir(parents=True)
    (found / "KubeJobFailed.md").write_text(RUNBOOK)
    (found / "deep" / "Disk.md").write_text("# Disk full\n- [ ] Remove old logs\n")
    (found / "moved.md").write_text("# Pager\nThis page has moved to [the handbook](https://h.example).\n")
    (found / "notes.txt").write_text("1. Check\n")
    return found


def stored(shell: Shell) -> dict[str, Any]:
    """The runbooks of the room, as a file would hold them."""
    import tomllib

    tables = tomllib.loads(shell.done("export")["toml"]).get("runbook", [])
    return {table["id"]: table for table in tables}


def test_a_dry_run_shows_each_file_and_keeps_nothing(shell: Shell, folder: Path) -> None:
    before = shell.events()
    found = shell.done("import-runbook", str(folder), "--dry-run")
    assert [list(item) for item in found] == [KEYS] * 3
    assert {Path(item["file"]).name: item["class"] for item in found} == {
        "KubeJobFailed.md": "checklist",
        "Disk.md": "checklist",
        "moved.md": "stub",
    }
    job = next(item for item in found if item["title"] == "KubeJobFailed")
    assert [list(step) for step in job["steps"]] == [STEP_KEYS] * 2
    assert job["steps"][0] == {
        "phase": "Mitigation",
        "title": "Find its pods",
        "detail": "",
        "command": "kubectl get pods -l job-name=$JOB",
        "language": "console",
        "confidence": "high",
    }
    assert shell.events() == before
    assert not stored(shell)


def test_a_dry_run_needs_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    shell = new_shell(tmp_path / "nowhere", monkeypatch, empty=True)
    said = shell("import-runbook", str(folder), "--dry-run", named=False)
    assert said.code == 0, said.err
    assert not (tmp_path / "nowhere").exists()
    assert "3 files: 2 checklists, 1 stub; 3 steps" in said.out
    assert "nothing was kept" in said.out


def test_runbooks_come_into_the_room_and_onto_an_incident(shell: Shell, folder: Path) -> None:
    said = shell("import-runbook", str(folder))
    assert said.code == 0, said.err
    assert "+ runbook kubejobfailed: 2 steps" in said.out
    assert "runbooks: 2 new" in said.out
    found = stored(shell)
    assert set(found) == {"kubejobfailed", "disk"}
    assert found["kubejobfailed"]["step"][0]["command"] == "kubectl get pods -l job-name=$JOB"
    assert found["kubejobfailed"]["words"][0] == "kubejobfailed"


def test_what_came_in_can_be_applied_as_a_file(shell: Shell, folder: Path, tmp_path: Path) -> None:
    """Every limit a configuration has holds for what is imported."""
    for forms in (Path(__file__).parent / "runbooks" / "forms").glob("*.md"):
        (folder / forms.name).write_bytes(forms.read_bytes())
    assert shell("import-runbook", str(folder)).code == 0
    other = new_other(shell, tmp_path)
    alone = tmp_path / "elsewhere"  # beside the file they would be its own
    alone.mkdir()
    (alone / "room.toml").write_text(shell.done("export")["toml"])
    other.done("apply", str(alone / "room.toml"))
    assert stored(other) == stored(shell)


def new_other(shell: Shell, tmp_path: Path) -> Shell:
    other = Shell(tmp_path / "other.db")
    other.done("init")
    return other


def test_a_new_import_says_what_changed_and_incidents_keep_their_copy(shell: Shell, folder: Path) -> None:
    file = folder / "KubeJobFailed.md"
    shell.done("import-runbook", str(file))
    assert "runbooks: 1 as before" in shell("import-runbook", str(file)).out
    before = shell.events()
    shell.done("import-runbook", str(file))
    assert shell.events() == before
    text = RUNBOOK.replace("kubectl get pods", "oc get pods").replace("Review the logs", "Delete the job")
    file.write_text(text + "3. Tell the team.\n")
    said = shell("import-runbook", str(file))
    assert (
        "~ runbook kubejobfailed: 2 added (Delete the job; Tell the team), 1 removed (Review the logs),"
        " 1 changed (Find its pods)"
    ) in said.out
    assert [step["title"] for step in stored(shell)["kubejobfailed"]["step"]] == [
        "Find its pods",
        "Delete the job",
        "Tell the team",
    ]
    assert shell.events() == before + 1


def test_what_the_configuration_owns_stays_as_it_is(shell: Shell, folder: Path, tmp_path: Path) -> None:
    from tests.console.cli_room import ROOM

    owned = '[[runbook]]\nid = "disk"\ntitle = "Ours"\nstep = [{ title = "Call storage" }]\n'
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    (alone / "room.toml").write_text(f"{ROOM}\n{owned}")
    shell.done("apply", str(alone / "room.toml"))
    said = shell("import-runbook", str(folder))
    assert said.code == 0
    assert "! runbook disk: the configuration file owns it" in said.out
    assert "+ runbook kubejobfailed" in said.out
    assert stored(shell)["disk"]["title"] == "Ours"
    deep = shell("import-runbook", str(folder / "deep"))
    assert deep.code == 1
    assert "the configuration file owns disk" in deep.err


def test_one_taken_for_each_incident_stays_so(shell: Shell, tmp_path: Path) -> None:
    """Importing the guide's own process again changes its steps, not that each incident gets it."""
    (tmp_path / "incident-response.md").write_text(
        "# Ours\n## Steps\n1. Acknowledge incident\n2. Call everybody\n"
    )
    said = shell("import-runbook", "incident-response.md")
    assert "~ runbook incident-response: takes the guide's place" in said.out
    assert stored(shell)["incident-response"]["always"] is True
    steps = shell.done("show", shell.done("declare", "Checkout down", "-s", "P1")["id"])["checklist"]
    assert [step["title"] for step in steps] == ["Acknowledge incident", "Call everybody"]


def test_a_heading_of_a_file_is_a_runbook_of_its_own(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "alerts.md").write_text(
        "# Alerts\n## DiskFull\n- Remove logs\n## NodeDown\n- Call the site\n"
    )
    found = shell.done("import-runbook", "alerts.md#diskfull")
    assert [(item["file"], item["title"], len(item["steps"])) for item in found] == [
        ("alerts.md#diskfull", "DiskFull", 1)
    ]
    assert set(stored(shell)) == {"alerts-diskfull"}
    said = shell("import-runbook", "alerts.md#cpu")
    assert said.code == 1
    assert "alerts.md#cpu: there is no heading #cpu; it has #alerts, #diskfull, #nodedown" in said.err


def test_files_of_one_name_get_their_folders_before_it(shell: Shell, tmp_path: Path) -> None:
    for team in ("search", "checkout"):
        (tmp_path / "teams" / team).mkdir(parents=True)
        (tmp_path / "teams" / team / "disk.md").write_text(f"# Disk of {team}\n1. Check it\n")
        (tmp_path / "teams" / team / "README.md").write_text(f"# How {team} works\n## Steps\n1. Look at it\n")
    shell.done("import-runbook", "teams")
    assert set(stored(shell)) == {"checkout-disk", "checkout-readme", "search-disk", "search-readme"}


@pytest.fixture
def bad(tmp_path: Path) -> dict[str, str]:
    """Files that give nothing, with what is said of each."""
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "binary.md").write_bytes(b"\x7fELF\x00\x01\x02" * 100)
    (folder / "latin.md").write_bytes(bytes(range(128, 256)) * 20)
    (folder / "empty.md").write_text(" \n\n")
    with (folder / "huge.md").open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    os.mkfifo(folder / "pipe.md")
    (folder / "gone.md").symlink_to(folder / "nothing.md")
    return {
        "binary.md": "is not text",
        "latin.md": "is not text",
        "empty.md": "is empty",
        "huge.md": "is larger than 10 MB",
        "pipe.md": "is not a regular file",
        "gone.md": "cannot be read",
    }


def test_bad_files_are_told_one_by_one_and_the_good_come_in(
    shell: Shell, bad: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "bad" / "good.md").write_text(RUNBOOK)
    said = shell("import-runbook", "bad", "missing.md")
    assert said.code == 0
    assert "+ runbook good: 2 steps" in said.out
    told = dict(line.split(": ", 1) for line in said.err.splitlines())
    assert set(told) == {f"bad/{name}" for name in bad} | {"missing.md"}
    for name, reason in bad.items():
        assert reason in told[f"bad/{name}"]
    assert told["missing.md"].startswith("cannot be read")


def test_where_nothing_can_be_imported_the_exit_code_says_so(
    shell: Shell, bad: dict[str, str], tmp_path: Path
) -> None:
    said = shell("import-runbook", "bad", "--dry-run")
    assert said.code == 1
    assert said.out == ""
    assert len(said.err.splitlines()) > len(bad)
    said = shell("import-runbook", "bad", "--dry-run", "--json")
    assert said.code == 1
    assert "is not text" in said.error["reason"]
    (tmp_path / "moved.md").write_text("# Pager\nSee [the handbook](https://h.example).\n")
    assert shell("import-runbook", "moved.md").code == 1
    assert shell("import-runbook", "moved.md", "--dry-run").code == 0
    (tmp_path / "nothing").mkdir()
    assert "no Markdown files" in shell("import-runbook", "nothing").err


def test_scripts_learn_what_was_left_out(shell: Shell, bad: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bad" / "good.md").write_text(RUNBOOK)
    said = shell("import-runbook", "bad", "--json")
    assert [item["title"] for item in said.json] == ["KubeJobFailed"]
    skipped = {item["file"]: item["reason"] for item in json.loads(said.err)["skipped"]}
    assert set(skipped) == {f"bad/{name}" for name in bad}


def test_links_that_lead_out_of_the_folder_are_left_alone(shell: Shell, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(RUNBOOK)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.md").write_text(RUNBOOK)
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "away").symlink_to(tmp_path / "elsewhere")
    (folder / "again.md").symlink_to(folder / "deep" / "Disk.md")
    (folder / "loop").symlink_to(folder)
    (folder / ".git").mkdir()
    (folder / ".git" / "hidden.md").write_text(RUNBOOK)
    found = shell.done("import-runbook", str(folder), "--dry-run")
    assert len(found) == 3  # the link inside is the same file


def test_a_repeated_command_is_done_once(shell: Shell, folder: Path) -> None:
    shell.done("import-runbook", str(folder), "--command-id", "once")
    before = shell.events()
    assert shell("import-runbook", str(folder), "--command-id", "once").code == 0
    assert shell.events() == before


def test_one_file_is_shown_with_its_steps(shell: Shell, folder: Path) -> None:
    said = shell("import-runbook", str(folder / "KubeJobFailed.md"), "--dry-run")
    lines = said.out.splitlines()
    assert lines[0] == "KubeJobFailed  checklist"
    assert lines[1] == "Mitigation"
    assert "[ ] Find its pods" in lines[2]
    assert "$ kubectl get pods" in lines[3]
