"""Exactly once: whoever retries, races or is refused, each thing happened one time and in order."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from data.domain.change import Refused
from data.domain.incident import StepState
from data.store.commands import incidents, steps
from data.store.commands.findings import Finding, found
from data.store.store import Store
from data.store.unit import Answer, Write
from tests.store import writer
from tests.store.room import P1, P2, Room, done, refused


def test_a_retry_answers_what_the_first_try_answered(room: Room) -> None:
    first = done(room.do(incidents.declare, "Checkout down", P1, command_id="7f3a"))
    room.clock.later(minutes=1)
    again = done(room.do(incidents.declare, "Checkout down", P1, command_id="7f3a"))
    assert again == first
    assert room.read(lambda connection: len(incidents_of(room))) == 1
    later = done(room.do(incidents.note, "INC-1", "x", command_id="7f3b"))
    assert done(room.do(incidents.note, "INC-1", "x", command_id="7f3b")) == later
    assert room.kinds("INC-1").count("note") == 1


def incidents_of(room: Room) -> list[str]:
    """Return what is on the board."""
    return [row.key for row in room.board.rows]


def test_a_refused_command_may_be_given_again_under_its_id(room: Room) -> None:
    assert "no incident" in refused(room.do(incidents.acknowledge, "INC-1", command_id="a"))
    done(room.do(incidents.declare, "Checkout down", P1))
    done(room.do(incidents.acknowledge, "INC-1", command_id="a"))


def test_refusals_and_failures_give_their_numbers_back(room: Room) -> None:
    def declare_then(fail: Callable[[], Answer | Refused], write: Write) -> Answer | Refused:
        incidents.declare(write, "never was", P1)
        found(write, Finding("check:x", "x is down", P2, "refused"))
        return fail()

    def broken() -> Answer | Refused:
        raise ZeroDivisionError

    done(room.do(incidents.declare, "first", P1))
    assert room.store.write(partial(declare_then, lambda: Refused("no")), by="ada") == Refused("no")
    with pytest.raises(ZeroDivisionError):
        room.store.write(partial(declare_then, broken), by="ada")
    room.look()
    assert done(room.do(incidents.declare, "second", P1)).key == "INC-2"
    assert room.found(Finding("check:x", "x is down", P2, "refused")).key == "PR-1"


def test_another_console_sees_it_and_hears_who_was_first(room: Room, another: Callable[[], Store]) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    other = Room(another(), room.clock)
    assert other.seq == room.seq
    done(other.do(steps.set_steps, "INC-1", ["ir2"], StepState.DONE, by="lin"))
    answer = done(room.do(steps.set_steps, "INC-1", ["ir2"], StepState.DONE))
    assert answer.facts["already"] == {"ir2": "lin"}
    done(other.do(incidents.acknowledge, "INC-1", by="lin"))
    assert "acknowledged 0 s ago by lin" in refused(room.do(incidents.acknowledge, "INC-1"))


@pytest.mark.slow
@pytest.mark.parametrize("job", ["acknowledge", "escalate", "tick"])
def test_two_people_doing_the_same_thing_at_once_do_it_once(room: Room, where: str, job: str) -> None:
    for number in range(20):
        done(room.do(incidents.declare, f"outage {number}", P1))
    room.store.close()
    said = writer.together([writer.start(where, job, by, 20) for by in ("ada", "lin", "sam")])
    room.look()
    kinds = [kind for row in room.board.rows for kind in room.kinds(row.key)]
    if job == "tick":
        ticked = [event for event in room.history("INC-1") if event.kind == "step" and event.by != "warroom"]
        assert len({event.subject for event in ticked}) == len(ticked), "one tick each"
        return
    winners = [item for item in said if "refused" not in item]
    losers = [item for item in said if "refused" in item]
    assert (len(winners), len(losers)) == (20, 40)
    assert sorted(item["number"] for item in winners) == list(range(20))
    assert kinds.count("acknowledged" if job == "acknowledge" else "escalation") == 20 + 20 * (
        job != "acknowledge"
    )
    wanted = "was already acknowledged" if job == "acknowledge" else "since you looked"
    assert all(wanted in item["refused"] for item in losers), "the loser is told who was first"


@pytest.mark.slow
def test_eight_processes_write_at_once_and_nothing_fails(room: Room, where: str) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    before = room.seq
    room.store.close()
    said = writer.together([writer.start(where, "note", f"p{number}", 100) for number in range(8)])
    assert sorted(item["seq"] for item in said) == list(range(before + 1, before + 801))
    room.look()
    notes = [event for event in room.history("INC-1") if event.kind == "note"]
    assert {event.data["text"] for event in notes} == {f"p{p} {n}" for p in range(8) for n in range(100)}
    for p in range(8):
        mine = [int(event.data["text"].split()[1]) for event in notes if event.by == f"p{p}"]
        assert mine == list(range(100)), "each writer's notes in the order it wrote them"


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill(room: Room, where: str) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    room.store.close()
    told = set()
    for attempt in range(5):
        process = writer.start(where, "note", f"p{attempt}", 10_000)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        for _ in range(20 + attempt):
            told.add(process.stdout.readline())
        process.kill()
        rest, _ = process.communicate()
        told |= set(rest.splitlines(keepends=True))
    room.look()
    kept = {(event.by, event.seq) for event in room.history("INC-1")}
    said = [json.loads(line) for line in told]
    assert len(said) >= 100
    assert {(item["by"], item["seq"]) for item in said} <= kept
    assert done(room.do(incidents.note, "INC-1", "and it goes on")).seq == room.seq
