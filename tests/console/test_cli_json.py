"""What scripts get from each verb: one JSON value on stdout, nothing else; errors as one object on stderr."""

import json
from pathlib import Path

import pytest

from console.cli.catalogue import MODULES
from tests.console.cli_room import ROOM, Shell, new_shell
from tests.status_pages import incident, page

INCIDENT = {
    *("id", "title", "severity", "status", "services", "detected_at", "acknowledged_at", "resolved_at"),
    *("response", "update", "roles", "steps", "escalation"),
}
PROPOSAL = INCIDENT | {"why", "opens_at", "incident"}
DONE = INCIDENT | {"answer"}
IMPORTED = {
    *("file", "incidents", "updates", "maintenance", "still_open", "unreadable"),
    *("imported", "first", "last", "here", "refused", "dry_run"),
}
REPORT = {
    *("since", "until", "by", "groups", "all", "hours"),
    *("noisiest", "action_items", "backfilled", "duplicates", "uptimes"),
}

# (what is typed, the keys of the answer), in an order in which each can be done
DAY: tuple[tuple[str, set[str]], ...] = (
    ("init --store {folder}/other.db", {"store"}),
    ("list", INCIDENT),
    ("list --all --at +2h", INCIDENT),
    ("declare Export-grows -s P3", DONE),
    ("show INC-1", INCIDENT | {"timeline", "checklist", "deliveries", "alerts"}),
    ("alerts INC-1", {"id", "alerts", "sources"}),
    ("show PR-1", PROPOSAL),
    ("explain INC-1 --at +1h", {"id", "lines"}),
    ("ack INC-1 mine", DONE),
    ("note INC-1 pool-is-full", DONE),
    ("severity INC-1 P0 --why nobody-can-pay", DONE),
    ("status INC-1 fixing", DONE),
    ("tick INC-1 ir8 ir9", DONE | {"ticked"}),
    ("undo INC-1", DONE),
    ("step INC-1 ir10 --owner lin --due 10m", DONE | {"warning"}),
    ("link INC-1 OPS-7 --kind ticket", DONE | {"link"}),
    ("update INC-1 We-roll-back. --yes", DONE | {"audiences"}),
    ("audience INC-1 customers on", DONE | {"audience", "on"}),
    ("escalate INC-1", DONE),
    ("handover", {"at", "on_call", "incidents"}),
    ("confirm PR-1 -s P1", DONE),
    ("dismiss PR-2 --why a-test-host", PROPOSAL | {"answer"}),
    ("merge INC-2 --into INC-1", DONE),
    ("resolve INC-1 --how fixed --why pool-raised", DONE),
    ("action INC-1 Alarm-on-the-pool --type detect", DONE | {"action_item"}),
    (
        "actions",
        {
            *("id", "incident", "number", "title", "owner", "due", "type", "state", "overdue", "ticket"),
            *("runbook", "created_at", "ended_at", "why"),
        },
    ),
    ("maintenance checkout 30m", {"service", "until", "answer"}),
    ("apply {folder}/warroom.toml --dry-run", {"changes", "dry_run", "warnings", "answer"}),
    ("apply {folder}/warroom.toml", {"changes", "dry_run", "warnings", "answer"}),
    ("export", {"toml", "files"}),
    ("import-runbook {folder}/disk.md", {"file", "title", "class", "steps"}),
    ("check", {"checks"}),
    ("backup {folder}/copy.db", {"path"}),
    ("restore {folder}/copy.db", {"store", "replaced"}),
    ("drill --list", {"id", "title", "lasts"}),
    ("dump {folder}/room.jsonl", {"path", "rows", "sha256"}),
    ("load {folder}/room.jsonl --store {folder}/loaded.db", {"incidents", "events", "rows", "answer"}),
    ("move {folder}/loaded.db {folder}/moved.db", {"incidents", "events", "rows", "answer"}),
    ("import-history {folder}/incidents.json", IMPORTED),
    ("report --since all", REPORT),
    ("keys", {"key", "where", "action", "id"}),
)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = new_shell(tmp_path, monkeypatch)
    shell("declare", "Checkout returns 503", "-s", "P1", "--service", "checkout")
    shell("declare", "Payments time out", "-s", "P2")
    return shell


def test_a_day_of_verbs_answers_one_value_each_and_nothing_else(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "warroom.toml").write_text(ROOM)
    (tmp_path / "disk.md").write_text("# Disk full\n\n1. Remove old exports\n2. Restart the exporter\n")
    (tmp_path / "incidents.json").write_text(json.dumps(page(incident())))
    for words, keys in DAY:
        if words.startswith("show PR-1"):
            shell.finds("payments")
            shell.finds("search", "check:search-api")
        said = shell(*words.format(folder=tmp_path).split(), "--json")
        assert (said.code, said.err) == (0, ""), words
        assert said.out.count("\n") == 1, words
        value = said.json
        assert set(value[0] if isinstance(value, list) else value) == keys, words


def test_no_verb_that_answers_is_left_out() -> None:
    asked = {words.split()[0] for words, _ in DAY}
    assert {name for names in MODULES.values() for name in names} - asked == {
        "demo",
        "watch",
        "silence",
        "doctor",
        "postmortem",
        "completion",
        "tmux",
        "wall",
    }


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ("list --at once", 2, "usage"),
        ("list --store /nowhere/room.db", 3, "store"),
        ("watch --store /nowhere/room.db", 3, "store"),
        ("show INC-9", 4, "not-found"),
        ("explain PR-9", 4, "not-found"),
        ("declare x -s P7", 2, "usage"),
        ("ack INC-2 --as check:disk", 2, "usage"),
        ("severity INC-1 P1", 1, "refused"),
        ("status INC-1 closed", 1, "refused"),
        ("resolve INC-1 --how duplicate", 2, "usage"),
        ("confirm PR-9", 4, "not-found"),
        ("tick INC-1 zz9", 4, "not-found"),
        ("tick INC-1 ir1 --skip", 1, "reason"),
        ("update INC-1 x", 2, "usage"),
        ("escalate INC-1 --to pope", 4, "not-found"),
        ("undo INC-1 --as sam", 1, "refused"),
        ("link INC-1 tracker/7", 1, "refused"),
        ("link INC-9 https://tracker.example/7", 4, "not-found"),
        ("link INC-1 https://tracker.example/7 --kind tiket", 2, "usage"),
        ("merge INC-1 --into INC-1", 1, "refused"),
        ("maintenance teapot 30m", 4, "not-found"),
        ("apply /nowhere/warroom.toml", 1, "configuration"),
        ("check teapot", 4, "not-found"),
        ("backup /nowhere/copy.db", 1, "refused"),
        ("restore /nowhere/copy.db", 3, "store"),
        ("load /nowhere/room.jsonl", 1, "refused"),
        ("dump /nowhere/room.jsonl", 1, "refused"),
        ("move /nowhere/room.db /nowhere/new.db", 3, "store"),
        ("demo", 2, "usage"),
        ("drill database", 2, "usage"),
        ("drill teapot", 4, "not-found"),
        ("no-such-verb", 2, "usage"),
        ("", 2, "usage"),
    ],
)
def test_an_error_is_one_object_on_stderr(shell: Shell, words: str, status: int, code: str) -> None:
    for asked in (("--json", *words.split()), (*words.split(), "--json")):
        said = shell(*asked)
        assert (said.code, said.out) == (status, ""), said.err
        assert said.err.count("\n") == 1
        error = json.loads(said.err)
        assert list(error) == ["error"]
        assert list(error["error"]) == ["code", "reason", "hint"]
        assert error["error"]["code"] == code
        assert error["error"]["reason"]
