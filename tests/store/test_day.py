"""A day in the room: what people do to incidents, on both databases, the record held against the rows."""

from datetime import timedelta

from data.domain.clocks import ResponseState, read_response
from data.domain.incident import Disposition, LadderState, Role, Status, StepState
from data.domain.undo import Undo
from data.store.commands import incidents, linking, merges, people, steps, telling, undoing
from data.store.queries.incidents import incident_at
from tests.store.room import P0, P1, P2, START, Room, done, refused


def test_an_incident_from_the_first_call_to_the_last_word(room: Room) -> None:
    answer = done(room.do(incidents.declare, "Checkout returns 503", P1, services=["checkout"]))
    assert answer.key == "INC-1"
    assert room.kinds("INC-1")[:2] == ["declared", "escalation"], "level 1 is told in the same breath"
    assert room.row("INC-1").response_due == START + timedelta(minutes=15)

    room.clock.later(minutes=2, seconds=10)
    done(room.do(incidents.acknowledge, "INC-1", "looking"))
    row = room.row("INC-1")
    assert row.response_took == timedelta(minutes=2, seconds=10)
    assert not row.response_breached
    ticked = [step for step in room.incident("INC-1").steps if step.by == "warroom"]
    assert {step.auto for step in ticked} == {"acknowledged", "severity"}, "it ticks what it knows itself"

    room.clock.later(seconds=30)
    assert "already acknowledged 30 s ago by ada" in refused(
        room.do(incidents.acknowledge, "INC-1", by="lin")
    )
    done(room.do(people.take_role, "INC-1", Role.IC, "ada"))
    assert room.row("INC-1").ic == "ada"

    first = next(step.id for step in room.incident("INC-1").steps if step.state is StepState.TODO)
    done(room.do(steps.set_steps, "INC-1", [first], StepState.DONE))
    seq = room.seq
    again = done(room.do(steps.set_steps, "INC-1", [first], StepState.DONE, by="lin"))
    assert again.facts["already"] == {first: "ada"}, "a tick is set done, and the second hears who was first"
    assert room.seq == seq, "ticking a done step writes no event"

    done(room.do(incidents.set_severity, "INC-1", P0, "data is being lost"))
    assert room.row("INC-1").update_due == room.clock.now + timedelta(minutes=30)
    room.clock.later(minutes=5)
    done(room.do(telling.send_update, "INC-1", "Payments fail. We are failing over. Next update 14:25."))
    assert room.row("INC-1").update_due == room.clock.now + timedelta(minutes=30)
    done(room.do(telling.escalate, "INC-1"))
    done(room.do(telling.record_call, "INC-1", "lin", "left-message"))
    done(room.do(incidents.note, "INC-1", "pool at 100 %", by="lin"))
    done(room.do(linking.add_link, "INC-1", "ticket", "https://tracker.example/OPS-7"))
    done(room.do(steps.attach, "INC-1", "api-failures"))

    for status in (Status.INVESTIGATING, Status.FIXING, Status.MONITORING):
        room.clock.later(minutes=3)
        done(room.do(incidents.set_status, "INC-1", status))
    assert "needs a reason" in refused(room.do(incidents.set_status, "INC-1", Status.FIXING))
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED, why="failed over"))
    assert room.board.rows == (), "done incidents leave the board"
    assert "already resolved" in refused(room.do(incidents.acknowledge, "INC-1", by="lin"))
    words = refused(room.do(incidents.resolve, "INC-1", Disposition.FIXED, by="lin"))
    assert words.startswith("INC-1 was already resolved ")
    assert words.endswith(" ago by ada")

    assert "post-mortem" in refused(room.do(incidents.set_status, "INC-1", Status.CLOSED))
    done(room.do(incidents.set_status, "INC-1", Status.CLOSED, "written in the wiki"))
    assert "closed" in refused(room.do(incidents.set_status, "INC-1", Status.FIXING, "again"))


def test_a_resolved_incident_comes_back_with_new_clocks(room: Room) -> None:
    done(room.do(incidents.declare, "Search p99 above 4 s", P1))
    done(room.do(incidents.acknowledge, "INC-1"))
    done(room.do(incidents.resolve, "INC-1", Disposition.WORKAROUND))
    room.clock.later(hours=2)
    assert "reason" in refused(room.do(incidents.set_status, "INC-1", Status.DETECTED))
    done(room.do(incidents.set_status, "INC-1", Status.DETECTED, "slow again"))
    row = room.row("INC-1")
    assert row.response_due == room.clock.now + timedelta(minutes=15)
    assert row.response_took is None
    ladder = room.incident("INC-1").ladder
    assert ladder is not None
    assert (ladder.state, ladder.level) == (LadderState.RUNNING, "on-call")


def test_two_incidents_turn_out_to_be_one_and_then_two_again(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout slow", P2, services=["checkout"]))
    room.clock.later(minutes=1)
    done(room.do(incidents.declare, "Payments refused", P0, services=["payments"], by="lin"))
    done(room.do(incidents.acknowledge, "INC-1"))
    done(room.do(merges.merge, "INC-2", into="INC-1", by="lin"))
    merged = room.incident("INC-1")
    assert (merged.severity, merged.acknowledged_at) == (P0, None), "raised: acknowledgement is asked anew"
    assert merged.services == ("checkout", "payments")
    gone = room.incident("INC-2")
    assert (gone.disposition, gone.duplicate_of) == (Disposition.DUPLICATE, 1)
    assert "already resolved" in refused(room.do(merges.merge, "INC-2", into="INC-1"))

    done(room.do(undoing.take_back, "INC-1", by="lin"))
    assert room.incident("INC-2").live
    split = room.incident("INC-1")
    assert (split.severity, split.acknowledged_by, split.services) == (P2, "ada", ("checkout",))


def test_a_duplicate_hands_what_it_knows_to_its_original(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout slow", P2, services=["checkout"]))
    done(room.do(incidents.declare, "Checkout down", P1, services=["payments"]))
    assert "original" in refused(room.do(incidents.resolve, "INC-2", Disposition.DUPLICATE))
    assert "no incident" in refused(room.do(incidents.resolve, "INC-2", Disposition.DUPLICATE, of="INC-9"))
    done(room.do(incidents.resolve, "INC-2", Disposition.DUPLICATE, of="INC-1"))
    original = room.incident("INC-1")
    assert (original.severity, original.services) == (P1, ("checkout", "payments"))
    assert room.incident("INC-2").duplicate_of == 1


def test_undo_takes_back_ones_own_last_change_while_nobody_built_on_it(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout slow", P2))
    done(room.do(people.take_role, "INC-1", Role.IC, "ada"))
    done(room.do(telling.send_update, "INC-1", "We are on it."))
    plan = room.read(lambda connection: undoing.prepare(connection, "INC-1", "ada"))
    assert isinstance(plan, Undo)
    assert plan.prompt == "change of role", "an update that was sent is never taken back"
    done(room.do(undoing.take_back, "INC-1"))
    assert room.row("INC-1").ic == ""
    assert "nothing here" in refused(room.do(undoing.take_back, "INC-1", by="lin"))

    done(room.do(incidents.set_severity, "INC-1", P1))
    done(room.do(incidents.set_severity, "INC-1", P0, by="lin"))
    assert "lin has changed it since" in refused(room.do(undoing.take_back, "INC-1"))


def test_a_call_is_taken_by_the_person_who_was_reached(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    room.clock.later(minutes=1)
    done(room.do(telling.record_call, "INC-1", "ada", "no-answer", by="sam"))
    ladder = room.incident("INC-1").ladder
    assert ladder is not None
    assert ladder.level == "team-lead", "nobody answered on this level: the next one is told"
    room.clock.later(minutes=1)
    done(room.do(telling.record_call, "INC-1", "lin", "reached", by="sam"))
    assert room.incident("INC-1").acknowledged_at is None, "informed only does not acknowledge"
    done(room.do(telling.record_call, "INC-1", "lin", "reached", takes=True, by="sam"))
    assert room.incident("INC-1").acknowledged_by == "Lin Chen"
    room.clock.later(minutes=1)
    late = done(room.do(telling.record_call, "INC-1", "ada", "reached", takes=True, by="sam"))
    assert "already acknowledged" in late.text, "the call is on record all the same"
    assert room.kinds("INC-1").count("call") == 4


def test_escalating_by_hand_is_refused_when_somebody_just_did(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    done(room.do(telling.escalate, "INC-1", seen="on-call"))
    assert "since you looked" in refused(room.do(telling.escalate, "INC-1", seen="on-call", by="lin"))
    done(room.do(telling.escalate, "INC-1", to="cto", by="lin"))
    assert "no level nobody" in refused(room.do(telling.escalate, "INC-1", to="nobody"))


def test_a_due_update_is_put_off_with_a_reason(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    until = START + timedelta(minutes=45)
    assert "reason" in refused(room.do(telling.snooze, "INC-1", until, " "))
    assert "future" in refused(room.do(telling.snooze, "INC-1", START, "vendor call"))
    done(room.do(telling.snooze, "INC-1", until, "vendor call"))
    row = room.row("INC-1")
    assert (row.update_due, row.update_snoozed) == (until, True)
    assert "not told" in refused(room.do(telling.snooze, "INC-1", until, "x", ["customers"]))


def test_customers_hear_of_it_once_somebody_says_so(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    room.clock.later(minutes=10)
    done(room.do(telling.switch_audience, "INC-1", "customers", True))
    clock = room.incident("INC-1").clock("customers")
    assert clock is not None
    assert (clock.applies, clock.due) == (True, room.clock.now + timedelta(hours=1))
    assert "already switched on" in refused(room.do(telling.switch_audience, "INC-1", "customers", True))


def test_a_past_incident_is_written_down_and_pages_nobody(room: Room) -> None:
    began = START - timedelta(days=3)
    done(room.do(incidents.declare, "Old outage", P0, detected_at=began, backfill=True))
    old = room.incident("INC-1")
    assert (old.response, old.ladder, room.row("INC-1").update_due) == (None, None, None)
    assert "future" in refused(
        room.do(incidents.declare, "Not yet", P0, detected_at=START + timedelta(minutes=1))
    )


def test_the_room_as_it_was_at_an_instant(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    room.clock.later(minutes=4)
    done(room.do(incidents.acknowledge, "INC-1"))
    then = room.read(lambda connection: incident_at(connection, 1, START + timedelta(minutes=3)))
    assert then is not None
    assert (then.status, then.acknowledged_at) == (Status.DETECTED, None)
    reading = read_response(then, START + timedelta(minutes=16))
    assert reading is not None
    assert reading.state is ResponseState.LATE
    assert room.read(lambda connection: incident_at(connection, 1, START - timedelta(seconds=1))) is None


def test_what_is_named_wrongly_is_not_found_and_says_what_there_is(room: Room) -> None:
    for key in ("INC-7", "PR-1", "x", "", "INC-99999999999"):
        assert "no incident" in refused(room.do(incidents.acknowledge, key))
    assert "no service nope" in refused(room.do(incidents.declare, "x", P1, services=["nope"]))
    assert "no runbook nope" in refused(room.do(incidents.declare, "x", P1, runbooks=["nope"]))
    assert "title" in refused(room.do(incidents.declare, " ", P1))
    assert done(room.do(incidents.declare, "Checkout down", P1)).key == "INC-1", "no number was lost"
