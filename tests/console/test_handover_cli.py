"""A shift handed over in the shell, by people and by scripts."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from data.domain.on_call import OnCallShift
from data.store.commands import calendars as commands
from data.store.store import open_store
from tests.console.cli_room import ROOM, Shell, new_shell

AWHILE = timedelta(hours=8)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


def change_shift(shell: Shell, folder: Path) -> None:
    """Give the first level a calendar in which lin has just followed ada."""
    file = folder / "room.toml"
    file.write_text(
        ROOM.replace('name = "On-call engineer"', 'name = "On-call engineer"\ncalendar = "env:ICS"')
    )
    shell.done("apply", str(file))
    store = open_store(str(shell.store), lambda: datetime.now(UTC))
    now = datetime.now(UTC)
    shifts = (OnCallShift(now - AWHILE, now, ("ada",)), OnCallShift(now, now + AWHILE, ("Lin Chen",)))
    store.work(partial(commands.sync_calendars, levels=("on-call",)))
    (claim,) = store.work(
        partial(commands.claim_calendars, holder="x", levels=("on-call",), lease=timedelta(minutes=1))
    )
    keep = partial(commands.keep_calendar, claim=claim, shifts=shifts, until=now + 9 * AWHILE)
    assert store.work(partial(keep, again=timedelta(minutes=10)))
    store.close()


def test_an_incident_changes_hands(shell: Shell, tmp_path: Path) -> None:
    shell.done("declare", "Checkout returns 503", "-s", "P1")
    shell.done("ack", "INC-1")
    change_shift(shell, tmp_path)
    said = shell("handover")
    assert said.code == 0
    assert "ada, whose shift ended" in said.out
    assert "Lin Chen has to accept it" in said.out
    assert "warroom handover --accept INC-1" in said.out
    taken = shell("handover", "--accept", "INC-1", "--as", "lin")
    assert (taken.code, taken.out) == (0, "INC-1: lin takes over from ada\n")
    assert "whose shift ended" not in shell("handover").out


def test_scripts_get_one_object(shell: Shell, tmp_path: Path) -> None:
    for title in ("Checkout returns 503", "Search slow"):
        shell.done("declare", title, "-s", "P1")
    shell.done("ack", "INC-1")
    change_shift(shell, tmp_path)
    found = shell.done("handover")
    assert found.keys() == {"at", "on_call", "incidents"}
    assert found["on_call"][0]["now"][0]["name"] == "Lin Chen"
    assert [item["handover"] and item["handover"]["to"] for item in found["incidents"]] in (
        [["Lin Chen"], None],
        [None, ["Lin Chen"]],
    )
    shell.done("ack", "INC-2")
    after = shell.done(
        "handover", "--as", "lin", "--accept", "INC-1", "--accept", "INC-2", "--command-id", "x"
    )
    assert {item["id"]: item["holder"] for item in after["incidents"]} == {"INC-1": "lin", "INC-2": "lin"}
    assert "INC-2: lin takes over from ada" in after["answer"]
    events = shell.events()
    again = shell.done(
        "handover", "--as", "lin", "--accept", "INC-1", "--accept", "INC-2", "--command-id", "x"
    )
    assert (again["answer"], shell.events()) == (after["answer"], events)


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("--accept", "INC-1"), 1, "INC-1 is already yours"),
        (("--accept", "INC-1", "--accept", "INC-2", "--as", "lin"), 1, "nobody has acknowledged INC-2 yet"),
        (("--accept", "INC-9"), 4, "there is no incident INC-9"),
        (("--accept",), 2, "requires an argument"),
        (("INC-1",), 2, "unexpected extra argument"),
    ],
)
def test_it_is_refused_in_a_sentence(shell: Shell, words: tuple[str, ...], code: int, reason: str) -> None:
    for title in ("Checkout returns 503", "Search slow"):
        shell.done("declare", title, "-s", "P1")
    shell.done("ack", "INC-1")
    events = shell.events()
    said = shell("handover", *words)
    assert (said.code, said.out) == (code, "")
    assert reason in said.err
    assert shell.events() == events


def test_an_empty_room_says_so(shell: Shell) -> None:
    said = shell("handover", terminal=True)
    assert said.code == 0
    assert "none: there is nothing to hand over" in said.out
    assert "1 On-call engineer" in said.out
    assert shell.done("handover")["incidents"] == []


def test_looking_is_not_doing(shell: Shell) -> None:
    shell.done("declare", "Checkout returns 503", "-s", "P1")
    events = shell.events()
    shell("handover")
    shell.done("handover")
    assert shell.events() == events
