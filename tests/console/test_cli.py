"""A night at the shell: from an empty folder to a resolved incident, in plain text and in JSON."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.domain.incident import Step
from data.store import rows
from data.store.store import open_store
from tests.console.cli_room import Shell, new_shell

KEYS = [
    "id",
    "title",
    "severity",
    "status",
    "services",
    "detected_at",
    "acknowledged_at",
    "resolved_at",
    "response",
    "update",
    "roles",
    "steps",
    "escalation",
]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


def instants(value: Any) -> list[str]:
    """Return everything in a JSON value that looks like an instant."""
    if isinstance(value, dict):
        return [found for item in value.values() for found in instants(item)]
    if isinstance(value, list):
        return [found for item in value for found in instants(item)]
    return [value] if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value) else []


def test_a_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = new_shell(tmp_path, monkeypatch, empty=True)
    assert shell("init").out.startswith("made a room at ")

    declared = shell.done("declare", "Checkout returns 503", "-s", "P1")
    assert list(declared)[: len(KEYS)] == KEYS
    assert declared["id"] == "INC-1"
    assert declared["status"] == "detected"
    assert declared["acknowledged_at"] is None
    assert declared["response"]["state"] == "running"
    assert declared["answer"] == "INC-1 declared as P1 high"

    assert shell("ack", "INC-1", "looking at the pool").out == "INC-1 acknowledged by ada\n"
    assert shell.done("severity", "INC-1", "P0", "--why", "nobody can pay")["severity"] == "P0"
    ticked = shell.done("tick", "INC-1", "ir8")
    assert ticked["ticked"] == [
        {
            "id": "ir8",
            "title": "Gather information about the incident",
            "state": "done",
            "by": "ada",
            "at": ticked["ticked"][0]["at"],
            "already": False,
        }
    ]
    assert shell.done("status", "INC-1", "fixing")["status"] == "fixing"
    assert shell("note", "INC-1", "rolled back 4f2c").out == "noted on INC-1\n"
    told = shell.done("update", "INC-1", "Checkout is failing; we roll back.", "--yes")
    assert told["audiences"] == ["engineering", "product", "support", "executives"]
    assert "recorded as sent by other means" in told["answer"]
    resolved = shell.done("resolve", "INC-1", "--how", "fixed")
    assert resolved["status"] == "resolved"
    assert resolved["update"] == {"due": None, "state": "stopped"}

    explained = shell("explain", "INC-1")
    assert "severity raised P1 → P0: the response result stands" in explained.out
    shown = shell.done("show", "INC-1")
    assert list(shown) == [*KEYS, "timeline", "checklist", "deliveries", "alerts"]
    assert [line["text"] for line in shown["timeline"] if line["kind"] == "acknowledged"] == [
        "acknowledged: looking at the pool"
    ]
    assert [line["seq"] for line in shown["timeline"]] == sorted(line["seq"] for line in shown["timeline"])
    step = next(step for step in shown["checklist"] if step["id"] == "ir8")
    assert (step["phase"], step["state"], step["by"]) == ("Investigation", "done", "ada")
    untouched = next(step for step in shown["checklist"] if step["state"] == "todo")
    assert (untouched["by"], untouched["at"]) == (None, None)
    assert [(item["audience"], item["channel"], item["state"]) for item in shown["deliveries"]] == [
        (audience, None, "recorded") for audience in ("engineering", "product", "support", "executives")
    ]
    assert all(INSTANT.fullmatch(found) for found in instants(shown))
    assert shell.done("list") == []
    assert [item["id"] for item in shell.done("list", "--all")] == ["INC-1"]


def test_a_proposal_is_listed_confirmed_and_becomes_the_incident(shell: Shell) -> None:
    key = shell.finds("checkout")
    other = shell.finds("payments", "check:payments-db")
    listed = shell.done("list")
    assert [(item["id"], item["status"], item["why"]) for item in listed] == [
        (key, "proposed", "refused, 3 of 3"),
        (other, "proposed", "refused, 3 of 3"),
    ]
    assert re.search(r"P1 \?  PR-1      checkout is DOWN \(refused, 3 of 3\)  proposed", shell("list").out)
    assert re.search(r"^opens +in 0[12]:\d\d$", shell("show", key).out, re.MULTILINE)
    incident = shell.done("confirm", key, "-s", "p0")
    assert (incident["id"], incident["severity"], incident["status"]) == ("INC-1", "P0", "detected")
    assert shell.done("show", key)["incident"] == "INC-1"
    dismissed = shell.done("dismiss", other, "--why", "a test host")
    assert (dismissed["id"], dismissed["status"]) == (other, "dismissed")
    assert [item["id"] for item in shell.done("list")] == ["INC-1"]
    again = shell("confirm", key)
    assert (again.code, again.out) == (1, "")
    assert "already confirmed as INC-1 by ada" in again.err


def test_a_tick_is_set_never_toggled_and_says_who_was_first(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    shell("tick", "INC-1", "ir8", "--as", "lin")
    before = shell.events()
    again = shell("tick", "INC-1", "ir8")
    assert (again.code, again.out) == (0, "ir8 was already done by lin\n")
    assert shell.done("tick", "INC-1", "ir8")["ticked"][0]["by"] == "lin"
    assert shell.done("tick", "INC-1", "ir8")["ticked"][0]["already"] is True
    assert shell.events() == before
    assert shell.done("tick", "INC-1", "ir9", "--start")["ticked"][0]["state"] == "doing"
    skipped = shell("tick", "INC-1", "ir10", "--skip")
    assert (skipped.code, "--why TEXT" in skipped.err) == (1, True)
    assert shell.done("tick", "INC-1", "ir10", "--skip", "--why", "known")["ticked"][0]["state"] == "skipped"


def test_what_was_done_is_taken_back_by_its_doer(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P2")
    shell("severity", "INC-1", "P1")
    shell("note", "INC-1", "it is only the export", "--as", "lin")
    assert shell.done("undo", "INC-1")["severity"] == "P2"
    shell("ack", "INC-1", "--as", "lin")
    assert "acknowledgement" in shell("undo", "INC-1", "--as", "lin").out
    assert shell("undo", "INC-1", "--as", "sam").code == 1


def test_a_duplicate_goes_into_its_original(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P2", "--service", "checkout")
    shell("declare", "Payments time out", "-s", "P1", "--service", "payments")
    shell("declare", "Cards are refused", "-s", "P1")
    ended = shell.done("resolve", "INC-2", "--how", "duplicate", "--of", "INC-1")
    assert (ended["id"], ended["status"]) == ("INC-2", "resolved")
    survivor = shell.done("merge", "INC-3", "--into", "INC-1")
    assert (survivor["id"], survivor["severity"]) == ("INC-1", "P1")
    assert survivor["services"] == ["checkout", "payments"]


def test_escalation_names_levels_by_id_or_number_and_refuses_what_moved(shell: Shell) -> None:
    assert shell.done("declare", "Checkout returns 503", "-s", "P1")["escalation"]["level"] == 1
    assert shell.done("escalate", "INC-1", "--seen", "1")["escalation"]["level"] == 2
    moved = shell("escalate", "INC-1", "--seen", "on-call")
    assert (moved.code, "since you looked" in moved.err) == (1, True)
    assert shell.done("escalate", "INC-1", "--to", "1")["escalation"]["level"] == 1
    by_hand = shell("escalate", "INC-1")
    assert by_hand.out == "INC-1 escalated to Team lead\n"
    assert by_hand.err == "nothing was sent: call Lin Chen, +1 555 0102\n"
    assert shell("escalate", "INC-1", "--to", "pope").code == 4


def test_a_past_incident_is_recorded_without_clocks(shell: Shell) -> None:
    words = ("--detected-at", "2026-01-02T03:04:05+01:00", "--began-at", "2026-01-02T02:00:00Z", "--backfill")
    past = shell.done("declare", "Certificates ran out", "-s", "P0", *words)
    assert past["detected_at"] == "2026-01-02T02:04:05Z"
    assert past["response"] is None
    assert past["update"] == {"due": None, "state": "stopped"}
    assert past["escalation"] == {"level": None, "next_at": None}


def test_maintenance_says_until_when(shell: Shell) -> None:
    assert re.fullmatch(
        r"checkout in maintenance until \d{4}-.*Z\n", shell("maintenance", "checkout", "30m").out
    )
    assert set(shell.done("maintenance", "payments", "1h30m", "--why", "upgrade")) == {
        "service",
        "until",
        "answer",
    }


def test_severity_is_asked_for_at_a_terminal(shell: Shell) -> None:
    said = shell("declare", "Checkout returns 503", terminal=True, typed="no\nbadly\n2\nall\n1\n\n")
    assert said.code == 0, said.err
    assert said.out == "INC-1 declared as P1 high\n"
    assert "Is the service down?" in said.err
    assert "proposed: P1 high (Is the service down? badly degraded)" in said.err
    assert "a number from 1 to" in said.err
    shown = shell("show", "INC-1").out
    assert "severity   P1 high, by ada: Is the service down? badly degraded" in shown
    ended = shell("declare", "Checkout returns 503", terminal=True, typed="no\n")
    assert ended.code == 1
    assert len(shell.done("list")) == 1


def test_an_update_is_shown_and_asked_about_at_a_terminal(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    before = shell.events()
    no = shell("update", "INC-1", "We roll back.", terminal=True, typed="\n")
    assert (no.code, no.out) == (1, "")
    for words in ("We roll back.", "Engineering teams", "by other means"):
        assert words in no.err
    assert shell("update", "INC-1", "We roll back.").code == 2
    assert shell.events() == before
    yes = shell("update", "INC-1", "Sorry.", "--audience", "customers", terminal=True, typed="y\n")
    assert yes.code == 0
    assert "External customers (outside the company)" in yes.err
    assert "update to customers recorded as sent by other means" in yes.out


@pytest.mark.parametrize(
    "words",
    [
        ("ack", "INC-1", "mine"),
        ("note", "INC-1", "twice?"),
        ("severity", "INC-1", "P0"),
        ("status", "INC-1", "fixing"),
        ("tick", "INC-1", "ir8", "ir9"),
        ("step", "INC-1", "Call the vendor", "--new", "--due", "10m"),
        ("escalate", "INC-1"),
        ("update", "INC-1", "We roll back.", "--yes"),
        ("resolve", "INC-1", "--how", "workaround"),
        ("merge", "INC-1", "--into", "INC-2"),
        ("declare", "Again?", "-s", "P2"),
        ("confirm", "PR-1"),
        ("dismiss", "PR-1", "--why", "a test host"),
        ("maintenance", "checkout", "30m"),
        ("undo", "INC-1"),
    ],
)
def test_a_repeated_command_id_gives_the_first_answer_and_no_second_event(
    shell: Shell, words: tuple[str, ...]
) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    shell("declare", "Payments time out", "-s", "P1")
    shell("tick", "INC-1", "ir1")
    shell.finds()
    first = shell.done(*words, "--command-id", "deploy-17")
    events = shell.events()
    second = shell.done(*words, "--command-id", "deploy-17")
    assert second["answer"] == first["answer"]
    assert second.get("id") == first.get("id")
    assert shell.events() == events


def test_a_step_gets_an_owner_and_a_time_and_one_of_our_own_is_added(shell: Shell) -> None:
    def of(step_id: str) -> Step:
        with closing(open_store(str(shell.store), lambda: datetime.now(UTC))) as store:
            incident = store.read(lambda connection: rows.load_incident(connection, 1))
        found = incident.step(step_id) if incident else None
        assert found is not None
        return found

    shell("declare", "Checkout returns 503", "-s", "P1")
    said = shell("step", "INC-1", "ir10", "--owner", "lin", "--due", "2999-01-01T00:00:00Z")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith(": lin's, due at 2999-01-01T00:00:00Z\n")
    assert of("ir10").owner == "lin"
    assert shell("step", "INC-1", "ir10", "--owner", "none", "--due", "none").out.endswith(
        ": nobody's, no deadline any more\n"
    )
    assert (of("ir10").owner, of("ir10").due) == ("", None)
    said = shell("step", "INC-1", "Call the vendor", "--new", "--due", "10m")
    added = said.out.split()[0]
    assert said.out == f"{added} added to INC-1: Call the vendor\n"
    due = of(added).due
    assert of(added).owner == "ada"
    assert due is not None
    assert due > datetime.now(UTC) + timedelta(minutes=9)


def test_a_command_id_that_was_used_for_something_else_loses_nothing_in_silence(shell: Shell) -> None:
    shell.done("declare", "Checkout returns 503", "-s", "P3", "--command-id", "abc")
    again = shell("note", "INC-1", "pool at 100%", "--command-id", "abc")
    assert again.code == 1
    assert "the command id abc was already used for: declare title=Checkout returns 503" in again.err
    assert shell("note", "INC-1", "pool at 100%", "--command-id", "abd").code == 0
