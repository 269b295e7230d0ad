"""Commands of a checklist on the record, on both databases: before they run, and how they ended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.change import Refused
from data.domain.codec import decode, encode
from data.domain.incident import Role, Step, StepKind, StepState
from data.domain.room import Definition, Kind, Origin, RoomSettings, Runbook, RunbookStep
from data.domain.running import Ended, How
from data.store.commands import people, presence, runs, steps
from data.store.commands.incidents import declare
from data.store.commands.undoing import prepare, take_back
from data.store.definitions import load, upsert
from data.store.queries.incidents import incident_view
from data.store.queries.runs import record_view, run_view
from data.store.unit import Answer, Write
from tests.hostile import HOSTILE, forbidden_in
from tests.store.room import P1, Room, done, refused

RUNBOOK = Runbook(
    "db-failover",
    "Fail over",
    (
        RunbookStep("Look at the lag", kind=StepKind.COMMAND, command="echo <pod>"),
        RunbookStep("Promote", kind=StepKind.COMMAND, command="promote", second=True),
        RunbookStep("Count orders", kind=StepKind.COMMAND, command="select count(*) from orders"),
    ),
)
WELL = Ended(How.EXIT, 3.2, 0, output="all is well\n")


def furnish(write: Write, *trusted: str) -> Answer:
    """Bring the runbook in, trusted or not."""
    (room, *_) = load(write.connection, Kind.ROOM) or (Definition(Kind.ROOM, "room", {}),)
    settings: RoomSettings = replace(decode(RoomSettings, room.spec), trusted=trusted)
    definitions = [
        Definition(Kind.ROOM, "room", encode(settings)),
        Definition(Kind.RUNBOOK, RUNBOOK.id, encode(RUNBOOK), Origin.CONSOLE),
    ]
    upsert(write.connection, definitions)
    return Answer()


@pytest.fixture
def key(room: Room) -> str:
    """An incident with a trusted runbook attached."""
    done(room.store.write(lambda write: furnish(write, "db-failover"), by="warroom"))
    return done(room.do(declare, "Replica lags", P1, runbooks=["db-failover"])).key


def step(room: Room, key: str, step_id: str) -> Step:
    found = room.incident(key).step(step_id)
    assert found is not None
    return found


def test_a_run_is_on_the_record_before_it_begins_and_when_it_has_ended(room: Room, key: str) -> None:
    done(room.do(runs.start, key, "df1", "echo db-1", "r1"))
    room.clock.later(seconds=3.2)
    assert room.kinds(key)[-1] == "run started"
    done(room.do(runs.end, key, "df1", "echo db-1", "r1", WELL))
    event = room.history(key)[-1]
    assert (event.kind, event.subject, event.by) == ("ran", "step:df1", "ada")
    assert event.data["command"] == "echo db-1"
    assert (event.data["code"], event.data["seconds"]) == (0, 3.2)
    seen = room.store.read(lambda connection: record_view(connection, key))
    assert [line.text for line in seen][-2:] == [
        "run started: Look at the lag: $ echo db-1",
        "exit 0 after 3.2 s: Look at the lag: $ echo db-1",
    ]
    assert step(room, key, "df1").state is StepState.TODO


def test_a_start_without_an_end_says_so(room: Room, key: str) -> None:
    done(room.do(runs.start, key, "df1", "echo db-1", "r1"))
    seen = room.store.read(lambda connection: record_view(connection, key))
    assert seen[-1].text == "run started: Look at the lag: $ echo db-1 (not known how it ended)"


def test_it_runs_while_the_console_that_started_it_is_there(room: Room, key: str) -> None:
    def sits(holder: str) -> None:
        seen = {"operator": "lin", "host": "db1", "view": "incident", "incident": 1, "writing": ""}
        at = {"since": room.clock.now, "key_at": None}
        room.store.work(lambda connection, now: presence.here(connection, now, holder=holder, **seen, **at))  # type: ignore[arg-type]

    def told() -> tuple[str, str]:
        line = room.store.read(lambda connection: record_view(connection, key))[-1].text
        view = room.store.read(lambda connection: run_view(connection, key, "df1"))
        shown = room.store.read(lambda connection: incident_view(connection, key))
        assert view is not None
        assert shown is not None
        assert shown.timeline[-1].text == line
        return line.partition("$ echo db-1")[2], view.standing

    sits("c1")
    done(room.do(runs.start, key, "df1", "echo db-1", "r1", console="c1", by="lin"))
    running = "running on laptop since 13:46Z"
    assert told() == (f" ({running})", running)
    room.clock.later(minutes=30)  # its console is silent, another is there
    sits("c2")
    doubt = "not known how it ended"
    assert told() == (f" ({doubt})", doubt)
    sits("c1")
    assert told() == (f" ({running})", running)
    done(room.do(runs.end, key, "df1", "echo db-1", "r1", WELL, by="lin"))
    assert told() == ("", "")


def test_an_end_that_is_told_twice_is_written_once(room: Room, key: str) -> None:
    done(room.do(runs.start, key, "df1", "echo db-1", "r1"))
    for _ in range(2):
        done(room.do(runs.end, key, "df1", "echo db-1", "r1", WELL))
    assert room.kinds(key).count("ran") == 1


def test_two_people_who_start_it_at_once_are_one_run_and_the_second_is_told(room: Room, key: str) -> None:
    done(room.do(runs.start, key, "df1", "echo db-1", "r1", by="lin"))
    assert "lin has just started it on laptop" in refused(room.do(runs.start, key, "df1", "echo db-1", "r2"))
    view = room.store.read(lambda connection: run_view(connection, key, "df1"))
    assert view is not None
    assert view.before is not None
    assert (view.before.by, view.before.ended) == ("lin", None)
    done(room.do(runs.start, key, "df1", "echo db-1", "r2", seen=view.before.seq))  # knowingly


def test_what_is_not_trusted_does_not_run_whatever_a_screen_believed(room: Room, key: str) -> None:
    done(room.store.write(furnish, by="warroom"))
    assert refused(room.do(runs.start, key, "df1", "echo db-1", "r1")) == (
        "runbook db-failover is not trusted: add it to [runbooks] trusted"
    )
    assert refused(room.do(runs.start, key, "ir1", "echo", "r1")) == "this step has no command"
    assert isinstance(room.do(runs.start, key, "zz9", "echo", "r1"), Refused)


def test_what_the_screen_needs_to_ask(room: Room, key: str) -> None:
    view = room.store.read(lambda connection: run_view(connection, key, "df1"))
    assert view is not None
    assert (view.step.command, view.why_not, view.before) == ("echo <pod>", "", None)
    assert view.known["incident"] == key
    query = room.store.read(lambda connection: run_view(connection, key, "df3"))
    assert query is not None
    assert query.why_not.startswith("this is SQL")
    assert room.store.read(lambda connection: run_view(connection, key, "zz9")) is None


def test_what_ran_is_not_taken_back(room: Room, key: str) -> None:
    done(room.do(steps.set_steps, key, ["ir7"], StepState.DONE))
    done(room.do(runs.start, key, "df1", "echo db-1", "r1"))
    done(room.do(runs.end, key, "df1", "echo db-1", "r1", WELL))
    plan = room.store.read(lambda connection: prepare(connection, key, "ada"))
    assert not isinstance(plan, Refused)
    assert plan.prompt.startswith("tick")  # the change before it is what can be undone
    done(room.do(take_back, key))
    assert room.kinds(key).count("ran") == 1


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_output_is_kept_harmless(room: Room, key: str, text: str) -> None:
    done(room.do(runs.start, key, "df1", "echo db-1", "r1"))
    done(room.do(runs.end, key, "df1", "echo db-1", "r1", replace(WELL, output=text)))
    kept = room.history(key)[-1].data["output"]
    assert len(kept) <= 65_536
    assert not [mark for mark in forbidden_in(kept) if mark != "U+000A"]


class TestOwnersAndDeadlines:
    def test_a_step_is_somebodys_until_it_is_nobodys(self, room: Room, key: str) -> None:
        done(room.do(steps.give, key, "df1", "lin"))
        assert step(room, key, "df1").owner == "lin"
        assert refused(room.do(steps.give, key, "df1", "lin")).endswith("is already lin's")
        done(room.do(steps.give, key, "df1", ""))
        assert step(room, key, "df1").owner == ""

    def test_who_takes_one_has_begun_it_but_not_where_two_are_needed(self, room: Room, key: str) -> None:
        done(room.do(steps.give, key, "df1", "ada"))
        done(room.do(steps.give, key, "df2", "ada"))
        found = [(item.owner, item.state) for item in (step(room, key, "df1"), step(room, key, "df2"))]
        assert found == [("ada", StepState.DOING), ("ada", StepState.TODO)]
        done(room.do(take_back, key))
        assert step(room, key, "df2").owner == ""

    def test_the_commander_with_a_step_is_warned(self, room: Room, key: str) -> None:
        done(room.do(people.take_role, key, Role.IC, "lin"))
        answer = done(room.do(steps.give, key, "df1", "lin"))
        assert answer.facts["warning"] == "lin is commander and has a step: hand one of them over"

    def test_a_deadline_comes_and_goes(self, room: Room, key: str) -> None:
        due = room.clock.now + timedelta(minutes=10)
        done(room.do(steps.set_deadline, key, "df1", due))
        assert step(room, key, "df1").due == due
        seen = room.store.read(lambda connection: record_view(connection, key))
        assert seen[-1].text == "Look at the lag: due in 10m"
        done(room.do(take_back, key))
        assert step(room, key, "df1").due is None

    def test_a_reminder_is_a_step_of_our_own(self, room: Room, key: str) -> None:
        due = room.clock.now + timedelta(minutes=10)
        done(room.do(steps.add, key, "Call the vendor back", owner="lin", due=due))
        done(room.do(steps.add, key, "Watch the queue"))
        own = [item for item in room.incident(key).steps if item.phase == "Our own"]
        assert [(item.id, item.owner, item.due) for item in own] == [("own1", "lin", due), ("own2", "", None)]
        assert refused(room.do(steps.add, key, "  ")) == "a step needs some words"
        done(room.do(steps.set_steps, key, ["own1"], StepState.DONE))
        assert refused(room.do(steps.set_deadline, key, "own1", due)).endswith("no deadline any more")
