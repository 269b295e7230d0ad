"""Looking at a room from the shell: as it is, as it was, and as its clocks will stand."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.console.cli_room import Shell, new_shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


def test_a_person_reads_both_clocks_in_the_list_and_on_the_incident(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1", "--service", "checkout", "--detected-at", "20m ago")
    shell("declare", "Export queue grows", "-s", "P3")
    shell("ack", "2")
    head, first, second = shell("list").out.splitlines()
    assert " ".join(head.split()) == "SEV INCIDENT TITLE STATUS IC RESPOND NEXT UPDATE STEPS AGE"
    assert re.fullmatch(
        r"P1 !  INC-1     Checkout returns 503  detected      —   LATE 0\d:\d\d  in 3\d:\d\d +1/19  2\dm",
        first,
    )
    assert re.fullmatch(
        r"P3 \.  INC-2     Export queue grows    acknowledged  —   met 0\d:\d\d   in 23:5.:\d\d +2/19 +\d+.",
        second,
    )
    shown = shell("show", "inc-1").out
    for line in (
        r"P1 !  INC-1  Checkout returns 503",
        r"severity   P1 high, by ada",
        r"respond    LATE 0\d:\d\d, due .*Z",
        r"update     in 3\d:\d\d, due .*Z, engineering",
        r"services   checkout",
        r"escalation turn of On-call engineer since .*Z \(Ada Lovelace\); next Team lead in 1\d:\d\d, at .*Z",
        r"Checklist 1/19",
        r"    \[x\] ir3   Determine initial severity level  warroom .*Z",
        r"  .*Z  T\+00:00    ada         P1 declared: Checkout returns 503",
    ):
        assert re.search(f"^{line}$", shown, re.MULTILINE), line


def test_the_record_can_be_read_as_it_was_and_as_it_will_be(shell: Shell) -> None:
    shell("declare", "Search is slow", "-s", "P1", "--detected-at", "20m ago")
    shell("ack", "INC-1")
    then = shell.done("show", "INC-1", "--at", "10m ago")
    assert (then["status"], then["response"]["state"]) == ("detected", "running")
    assert [line["kind"] for line in then["timeline"]] == ["declared"]
    assert shell.done("show", "INC-1", "--at", "6m ago")["response"]["state"] == "warning"
    assert shell.done("show", "INC-1", "--at", "2m ago")["response"]["state"] == "late"
    assert shell.done("show", "INC-1")["response"]["state"] == "breached"
    assert shell.done("list", "--at", "+2h")[0]["update"]["state"] == "overdue"
    assert shell.done("list", "--at", "21m ago") == []
    early = shell("show", "INC-1", "--at", "21m ago", "--json")
    assert (early.code, early.error["code"]) == (4, "not-found")
    assert "now: response running" in shell("explain", "INC-1", "--at", "10m ago").out
    assert shell.done("explain", "INC-1")["lines"][-1]["text"].startswith("now: ")


def test_a_proposal_too_can_be_read_as_it_was_and_as_it_will_be(shell: Shell) -> None:
    key = shell.finds("checkout")
    between = datetime.now(UTC).isoformat()
    shell("confirm", key)
    assert shell("show", key).out.splitlines()[1] == "status     confirmed as INC-1 by ada"
    then = shell.done("show", key, "--at", between)
    assert (then["status"], then["incident"]) == ("proposed", None)
    assert [item["id"] for item in shell.done("list", "--at", between)] == ["INC-1"]  # once, not twice
    assert shell("show", key, "--at", "+1h").out.splitlines()[1] == "status     confirmed as INC-1 by ada"
    early = shell("show", key, "--at", "1m ago")
    assert (early.code, early.out) == (4, "")
    assert re.fullmatch(r"warroom: PR-1 was not known at .*Z\n  it was proposed at .*Z\n", early.err)
    other = shell.finds("payments", "check:payments-db")
    assert re.search("^opens +now$", shell("show", other, "--at", "+1h").out, re.MULTILINE)
    assert shell("explain", other).err.splitlines() == [
        f"warroom: {other} is a proposal, not an incident",
        f"  warroom show {other}",
    ]


def test_before_anybody_knew_nothing_is_claimed(shell: Shell) -> None:
    shell("declare", "Search is slow", "-s", "P1", "--detected-at", "20m ago")
    then = shell("show", "INC-1", "--at", "19m ago").out
    assert re.search("^escalation not begun$", then, re.MULTILINE)
    for words in (("list",), ("list", "--all")):
        nothing = shell(*words, "--at", "2026-01-02T03:04:05+01:00").out
        assert nothing.endswith(" and no proposal at 2026-01-02T02:04:05Z\n")
    for verb in ("show", "explain"):
        early = shell(verb, "INC-1", "--at", "21m ago")
        assert early.code == 4
        assert re.fullmatch(r"warroom: INC-1 was not known at .*Z\n  it was detected at .*Z\n", early.err)
