"""What the keeper does, whoever runs it and however late."""

from datetime import timedelta

from data.configuration.values import identifier
from data.domain.incident import LadderState
from data.domain.maintenance import in_maintenance
from data.store.commands import duties, incidents, people, rooms, telling
from data.store.definitions import load_windows
from tests.store.room import P0, P1, P2, START, Room, done, refused


def test_a_missed_response_is_told_once_at_its_due(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    done(room.do(incidents.declare, "Search slow", P1))
    room.clock.later(minutes=5)
    assert room.waits(), "P0 is missed at the very instant"
    room.keep()
    assert [event.at for event in room.history("INC-1") if event.kind == "breach"] == [room.clock.now]
    room.clock.later(minutes=10)
    assert not room.waits(), "the others are met at their due"
    room.clock.later(days=2)
    room.keep()
    breach = next(event for event in room.history("INC-2") if event.kind == "breach")
    assert breach.at == START + timedelta(minutes=15)
    room.do(duties.keep, by="keeper")
    assert room.kinds("INC-1").count("breach") == 1


def test_a_silent_acknowledgement_is_warned_of_then_lapses(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    done(room.do(incidents.acknowledge, "INC-1"))
    room.clock.later(minutes=49)
    assert not room.waits()
    room.clock.later(minutes=1)  # ten minutes before one full cadence past the overdue update
    room.keep()
    assert room.kinds("INC-1")[-1] == "lapse warning"
    room.clock.later(minutes=9)
    assert not room.waits(), "warned once"
    room.clock.later(minutes=1)
    room.keep()
    assert room.kinds("INC-1")[-2:] == ["lapsed", "escalation"]
    lapsed = room.incident("INC-1")
    assert lapsed.ladder is not None
    assert (lapsed.ladder.state, lapsed.ladder.level) == (LadderState.RUNNING, "team-lead")
    assert room.row("INC-1").lapsed
    assert not room.waits()
    done(room.do(incidents.acknowledge, "INC-1", by="lin"))
    assert room.incident("INC-1").held


def test_anything_an_operator_does_keeps_the_acknowledgement(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    done(room.do(incidents.acknowledge, "INC-1"))
    room.clock.later(minutes=55)
    room.keep()
    done(room.do(people.keep, "INC-1"))
    room.clock.later(minutes=29)
    room.keep()
    assert "lapsed" not in room.kinds("INC-1")
    room.clock.later(minutes=1)
    room.keep()
    assert "lapsed" in room.kinds("INC-1")


def test_a_snoozed_update_puts_the_lapse_off(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    done(room.do(incidents.acknowledge, "INC-1"))
    done(room.do(telling.snooze, "INC-1", START + timedelta(hours=3), "vendor call"))
    room.clock.later(hours=3, minutes=19)
    assert not room.waits()
    room.clock.later(minutes=11)
    room.keep()
    assert "lapsed" in room.kinds("INC-1")


def test_lower_severities_never_lapse(room: Room) -> None:
    done(room.do(incidents.declare, "Export slow", P2))
    done(room.do(incidents.acknowledge, "INC-1"))
    room.clock.later(days=30)
    assert not room.waits()


def test_maintenance_begins_now_and_ends_by_itself(room: Room) -> None:
    assert "no service nope" in refused(room.do(rooms.maintain, "nope", timedelta(minutes=30)))
    for lasting in (timedelta(), timedelta(minutes=-1), timedelta(days=8)):
        assert "lasts up to" in refused(room.do(rooms.maintain, "checkout", lasting))
    answer = done(room.do(rooms.maintain, "checkout", timedelta(minutes=30), "upgrade"))
    assert answer.facts["until"] == "2026-11-24T14:16:11Z"
    windows = room.read(load_windows)
    assert [identifier(window.id) for window in windows] == [window.id for window in windows]
    assert in_maintenance(windows, "checkout", START + timedelta(minutes=29)) is not None
    assert in_maintenance(windows, "checkout", START + timedelta(minutes=30)) is None
    assert in_maintenance(windows, "search", START) is None
    assert room.board.latest[0].kind == "maintenance"
