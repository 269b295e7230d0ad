"""Post-mortems and action items in the shell, for people and scripts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.console.cli_room import Shell, new_shell

WORDS = {
    "impact": "1 200 customers could not pay for 20 minutes",
    "factors": "Nobody watched the pool",
    "went-badly": "The alert came late",
    "lucky": "It was night",
}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


@pytest.fixture
def over(shell: Shell) -> Shell:
    """A room whose only incident is resolved."""
    shell.done("declare", "Checkout returns 503", "-s", "P1", "--service", "checkout")
    shell.done("ack", "INC-1")
    shell.done("note", "INC-1", "root cause: the pool was too small")
    shell.done("resolve", "INC-1", "--how", "fixed", "--why", "pool raised")
    return shell


def test_from_the_record_to_final_to_closed(over: Shell, tmp_path: Path) -> None:
    first = over("postmortem", "INC-1")
    assert first.code == 0
    assert first.out.startswith("# Post-mortem INC-1: Checkout returns 503\n")
    assert "TODO: say who was affected" in first.out
    assert "the pool was too small" in first.out
    refused = over("postmortem", "INC-1", "--final")
    assert (refused.code, refused.out) == (1, "")
    assert "2 of 6 complete; still to do: Incident summary" in refused.err
    for part, text in WORDS.items():
        assert over("postmortem", "INC-1", "--part", part, "--text", text).out.startswith("INC-1: ")
    over.done("action", "INC-1", "Alert at 80 %", "--owner", "lin", "--due", "14d", "--type", "detect")
    assert over("status", "INC-1", "closed").code == 1
    assert over("postmortem", "INC-1", "--final").out == "the post-mortem of INC-1 is final\n"
    assert over("status", "INC-1", "closed").code == 0
    locked = over("postmortem", "INC-1", "--part", "lucky", "--text", "no")
    assert (locked.code, "is final" in locked.err) == (1, True)
    assert "--why TEXT" in over("postmortem", "INC-1", "--reopen").err
    assert over("postmortem", "INC-1", "--reopen", "--why", "a typo").code == 0
    page = tmp_path / "INC-1.html"
    said = over("postmortem", "INC-1", "--out", str(page))
    assert (said.code, said.out, said.err) == (0, "", f"written to {page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_scripts_get_one_object_with_either_option(over: Shell) -> None:
    by_format = json.loads(over("postmortem", "INC-1", "--format", "json").out)
    by_option = over.done("postmortem", "INC-1")
    assert by_option["id"] == "INC-1"
    assert by_option.keys() == by_format.keys()
    assert by_option["complete"]["missing"] == ["summary", "cause", "lessons", "actions"]
    assert [part["id"] for part in by_option["sections"][2]["parts"]] == ["cause", "factors"]


def test_without_blame(over: Shell) -> None:
    for form in ("md", "html", "json"):
        said = over("postmortem", "INC-1", "--format", form, "--blameless")
        assert said.code == 0
        assert "ada" not in said.out.lower()
        assert "on-call engineer" in said.out


def test_a_part_comes_through_a_pipe(over: Shell) -> None:
    assert over("postmortem", "1", "--part", "cause", "--text", "-", typed="- a\n- b\n").code == 0
    assert "- a\n- b\n" in over("postmortem", "1").out


def test_none_is_needed(over: Shell) -> None:
    assert "--why TEXT" in over("postmortem", "INC-1", "--not-needed").err
    assert over("postmortem", "INC-1", "--not-needed", "--why", "it was planned").code == 0
    assert over.done("postmortem", "INC-1")["state"] == "not needed"
    assert over("status", "INC-1", "closed").code == 0


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("postmortem", "INC-9"), 4, "there is no incident INC-9"),
        (("postmortem", "INC-1", "--format", "pdf"), 2, "no format"),
        (("postmortem", "INC-1", "--part", "cause"), 2, "belong together"),
        (("postmortem", "INC-1", "--final", "--reopen"), 2, "one change at a time"),
        (("postmortem", "INC-1", "--part", "blame", "--text", "x"), 4, "no part blame"),
        (("postmortem", "INC-1", "--part", "timeline", "--text", "a deploy"), 1, "line 1 has no time"),
        (("postmortem", "INC-1", "--out", "/nowhere/at/all.md"), 70, "could not be written"),
        (("action", "INC-1"), 2, "needs an incident and a title"),
        (("action", "INC-9", "Add an alert"), 4, "there is no incident INC-9"),
        (("action", "INC-1", "Add an alert", "--due", "soon"), 1, "is no date"),
        (("action", "INC-1", "Add an alert", "--type", "blame"), 2, "no type of action item"),
        (("action", "INC-1", "Add an alert", "--runbook", "none"), 4, "there is no runbook none"),
        (("action", "done", "INC-1"), 2, "takes an incident and a number"),
        (("action", "done", "INC-1", "x"), 2, "is no number"),
        (("action", "done", "INC-1", "7"), 4, "has no action item 7"),
    ],
)
def test_it_is_refused_in_a_sentence(over: Shell, words: tuple[str, ...], code: int, reason: str) -> None:
    events = over.events()
    said = over(*words)
    assert (said.code, said.out) == (code, "")
    assert reason in said.err
    assert over.events() == events


def test_action_items_over_all_incidents(over: Shell) -> None:
    assert over("actions").out == "no open action items\n"
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    over.done("declare", "Search slow", "-s", "P2")
    over.done("action", "INC-1", "Raise", "the", "pool", "--owner", "lin", "--due", yesterday)
    over.done("action", "INC-2", "Describe it", "--type", "update runbooks", "--runbook", "database-issues")
    lines = over("actions").out.splitlines()
    assert ("INC-1/1" in lines[1], "OVERDUE 2d" in lines[1], "Raise the pool" in lines[1]) == (True,) * 3
    assert "INC-2/1" in lines[2]
    (late,) = over.done("actions", "--overdue")
    assert (late["id"], late["overdue"], late["owner"], late["type"]) == ("INC-1/1", True, "lin", "prevent")
    assert over.done("action", "INC-1", "1", "--due", "14d", "--title", "Raise it")["answer"] == (
        "INC-1/1 changed: Raise it"
    )
    assert over("actions", "--overdue").out == "nothing is overdue\n"
    over.done("action", "done", "INC-1", "1")
    over.done("action", "drop", "INC-2", "1", "--why", "the service goes")
    assert over.done("actions") == []
    assert {item["state"]: item["why"] for item in over.done("actions", "--all")} == {
        "done": None,
        "dropped": "the service goes",
    }
    assert over("action", "done", "INC-1", "1").code == 1


def test_a_retry_adds_nothing(over: Shell) -> None:
    first = over.done("action", "INC-1", "Add an alert", "--command-id", "x")
    events = over.events()
    again = over.done("action", "INC-1", "Add an alert", "--command-id", "x")
    assert (again["answer"], over.events()) == (first["answer"], events)


def test_looking_is_not_doing(over: Shell) -> None:
    events = over.events()
    over("postmortem", "INC-1")
    over("actions")
    assert over.events() == events
