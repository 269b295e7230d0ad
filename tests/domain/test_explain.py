"""How each deadline came about (design 1, promise 2; design 3.2)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings

from data.domain.change import fold
from data.domain.explain import explain
from data.domain.incident import Status
from data.domain.policy import Audience, Hours
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, done, down, minutes
from tests.domain.stories import Moment, play, rooms, stories, unhurried

P0, P1, P2, P3 = Severity


def opened(severity: Severity = P0) -> Room:
    room = Room()
    done(room.declare("Checkout returns 503", severity))
    return room


def told(room: Room) -> list[str]:
    """Return the explanation without the evaluation at its end."""
    return [line.text for line in explain(room.history(), room.now) if not line.text.startswith("now: ")]


def now(room: Room) -> list[str]:
    """Return the evaluation alone."""
    return [
        line.text.removeprefix("now: ")
        for line in explain(room.history(), room.now)
        if line.text.startswith("now: ")
    ]


def test_a_declaration_sets_every_clock_and_the_ladder() -> None:
    assert told(opened(P0)) == [
        "response due 13:51:11Z = detected 13:46:11Z + 5m (P0, met only before it)",
        "ladder: turn of On-call engineer, lead due 13:51:11Z = turn + 5m",
        "update to engineering, product, support, executives: due 14:16:11Z = detected 13:46:11Z + 30m",
    ]


def test_the_story_of_a_night() -> None:
    room = opened(P2)
    done(room.at(30).severity(P0))
    room.at(36).keeper()
    done(room.at(37).acknowledge("lin"))
    done(room.update())
    done(room.at(66).snooze(15, "vendor on the phone"))
    done(room.at(70).severity(P1))
    assert told(room) == [
        "response due 14:46:11Z = detected 13:46:11Z + 1h (P2)",
        "ladder: turn of On-call engineer, lead due 14:46:11Z = turn + 1h",
        "update to engineering, product, support: due 17:46:11Z = detected 13:46:11Z + 4h",
        "severity raised P2 → P0: response due 14:21:11Z = changed 14:16:11Z + 5m, sooner than 14:46:11Z,"
        " met only before it",
        "ladder: lead due 14:21:11Z (was 14:46:11Z)",
        "update to engineering, product, support: due 14:46:11Z = changed 14:16:11Z + 30m,"
        " sooner than 17:46:11Z",
        "update to executives: told from now on, due 14:46:11Z = switched on 14:16:11Z + 30m",
        "response due 14:21:11Z passed unacknowledged: breach, recorded 1m later",
        "ladder: turn of Team lead 1m late, manager due 14:27:11Z = turn + 5m",
        "acknowledged by lin: response breached after 37:00, due was 14:21:11Z",
        "ladder stopped",
        "update to engineering, product, support, executives: sent,"
        " next due 14:53:11Z = sent 14:23:11Z + 30m",
        "update to engineering, product, support, executives: snoozed to 15:07:11Z: vendor on the phone",
        "severity lowered P0 → P1: the response result stands",
        "update to engineering, product, support, executives: due 15:23:11Z = sent 14:23:11Z + 1h"
        " (was 15:07:11Z)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        (
            P1,
            P0,
            12,
            "severity raised P1 → P0: response stays due 14:01:11Z, sooner than counted from the change,"
            " met only before it",
        ),
        (P0, P1, 2, "severity lowered P0 → P1: response due 14:01:11Z = detected 13:46:11Z + 15m"),
        (P1, P3, 20, "severity lowered P1 → P3: response due 14:01:11Z had passed and stays missed"),
        (P1, P0, 20, "severity raised P1 → P0: response due 14:01:11Z had passed and stays missed"),
    ],
)
def test_which_rule_a_severity_change_followed(old: Severity, new: Severity, at: float, words: str) -> None:
    room = opened(old).at(at)
    done(room.severity(new))
    assert words in told(room)


def test_an_update_that_an_upgrade_leaves_alone_is_said_to_stay() -> None:
    room = opened(P1).at(45)
    done(room.severity(P0))
    assert "update to engineering, product, support, executives: stays due 14:46:11Z" in told(room)


def test_an_acknowledgement_in_time() -> None:
    room = opened(P0).at(2)
    done(room.acknowledge("ada"))
    assert "acknowledged by ada: response met after 02:00, due was 13:51:11Z" in told(room)


def test_customers_switched_on_and_executives_gone() -> None:
    room = opened(P1).at(10)
    done(room.switch("customers", on=True))
    done(room.at(20).severity(P2))
    lines = told(room)
    assert "update to customers: told from now on, due 14:56:11Z = switched on 13:56:11Z + 1h" in lines
    assert "update to executives: not told any more" in lines


def test_opening_hours_say_what_they_moved() -> None:
    office = Hours((0, 1, 2, 3, 4), time(9), time(18), "Europe/Berlin")
    room = Room(
        replace(GUIDE, audiences=(Audience("support", "Customer support", hours=office),)),
        datetime(2026, 11, 24, 16, 50, tzinfo=UTC),
    )
    done(room.declare("Export queue grows", P1))
    moved = "due 2026-11-25 08:00:00Z, their next opening after 17:50:00Z = {} + 1h"
    assert f"update to support: {moved.format('detected 16:50:00Z')}" in told(room)
    done(room.update())
    assert f"update to support: sent, next {moved.format('sent 16:50:00Z')}" in told(room)


def test_a_ladder_that_reached_its_end_was_held_or_never_had_anybody() -> None:
    room = Room(replace(GUIDE, ladder_repeats=0))
    done(room.declare("Export queue grows", P3))
    room.at(240).keeper()
    assert told(room)[-1] == "ladder: turn of Team lead, nobody is left after it"
    room = Room(replace(GUIDE, contacts=()))
    done(room.declare("Export queue grows", P3))
    assert "ladder stands still: no one can be paged" in told(room)
    room = Room()
    done(room.declare("api DOWN", P1, "check:api", confirmed=False, causes=(down(),)))
    done(room.at(5).cause("check:api", clear=True))
    done(room.at(20).cause("check:api", clear=False))
    assert told(room)[-2:] == [
        "ladder held: every cause is clear, nobody has confirmed",
        "ladder climbs on: lead due 14:01:11Z",
    ]


def test_reopened_everything_counts_anew() -> None:
    room = opened(P1)
    done(room.at(10).resolve())
    done(room.at(100).status(Status.DETECTED, why="it is back"))
    assert told(room)[-3:] == [
        "response due 15:41:11Z = reopened 15:26:11Z + 15m (P1)",
        "ladder: turn of On-call engineer, lead due 15:41:11Z = turn + 15m",
        "update to engineering, product, support, executives: due 16:26:11Z = reopened 15:26:11Z + 1h",
    ]


def test_a_merge_that_asks_for_the_acknowledgement_anew() -> None:
    room = opened(P2)
    done(room.at(1).acknowledge("lin"))
    done(room.at(4).declare("Payments fail", P0))
    done(room.at(6).merge(2, 1))
    lines = told(room)
    due = "response due 13:57:11Z = merged 13:52:11Z + 5m"
    assert f"merged INC-2: raised to P0, acknowledgement asked anew, {due}" in lines
    everybody = "engineering, product, support, executives"
    assert f"update to {everybody}: due 14:20:11Z, taken over by the merge" in lines


def test_a_lapse_and_what_was_taken_back() -> None:
    room = opened(P0).at(2)
    done(room.acknowledge("ada"))
    room.at(60).keeper()
    assert (
        "acknowledgement lapsed: the update was overdue by a whole cadence, and nobody did anything"
        in told(room)
    )
    room = opened(P0).at(1)
    done(room.severity(P1))
    done(room.undo())
    assert "taken back: response due 13:51:11Z again, met only before it" in told(room)
    assert "update to executives, support, product, engineering: taken back, due 14:16:11Z again" in told(
        room
    )


def test_a_day_later_instants_carry_their_date() -> None:
    room = Room(now=datetime(2026, 11, 24, 23, 50, tzinfo=UTC))
    done(room.declare("Export queue grows", P1))
    assert told(room)[0] == "response due 2026-11-25 00:05:00Z = detected 23:50:00Z + 15m (P1)"
    done(room.later(12).acknowledge())
    assert told(room)[-2] == "acknowledged by ada: response met after 12:00, due was 00:05:00Z"


def test_a_breach_stands_where_it_happened_however_late_it_was_written() -> None:
    room = opened(P0)
    room.at(90).keeper()
    lines = explain(room.history(), room.now)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    (breach,) = [line for line in lines if "breach" in line.text]
    assert breach.at == START + minutes(5)
    assert breach.text.endswith("recorded 1h25m later")


@pytest.mark.parametrize(
    ("at", "response", "update"),
    [
        (1, "response running, due 13:51:11Z (in 04:00)", "running, due 14:16:11Z (in 29:00)"),
        (4, "response warning, due 13:51:11Z (in 01:00)", "running, due 14:16:11Z (in 26:00)"),
        (31, "response late, due 13:51:11Z (26:00 ago)", "overdue, due 14:16:11Z (01:00 ago)"),
    ],
)
def test_last_comes_how_it_stands(at: float, response: str, update: str) -> None:
    room = opened(P0).at(at)
    lines = now(room)
    assert lines[0] == response
    assert lines[1] == f"update to engineering, product, support, executives: {update}"
    assert lines[2].startswith("ladder running, lead due 13:51:11Z")


def test_the_future_can_be_asked_about() -> None:
    room = opened(P0)
    lines = explain(room.history(), room.now + timedelta(days=1))
    assert lines[-3].text == "now: response late, due 2026-11-24 13:51:11Z (23:55:00 ago)"


def test_once_resolved_the_clocks_have_stopped() -> None:
    room = opened(P0).at(3)
    done(room.resolve())
    assert now(room) == ["response met after 03:00", "update clock stopped", "ladder stopped"]


def test_a_past_incident_has_no_deadline_to_explain() -> None:
    room = Room()
    done(room.declare("Last month", P0, detected_at=START - timedelta(days=30), backfilled=True))
    assert told(room) == ["recorded afterwards: no clock runs"]
    assert now(room) == ["no response clock", "update clock stopped"]


def test_nothing_happened_nothing_to_explain() -> None:
    assert explain((), START) == []


@settings(unhurried, max_examples=50)
@given(rooms(), stories)
def test_any_day_can_be_explained_up_to_any_event(room: Room, story: list[Moment]) -> None:
    play(room, story)
    history = room.history()
    for count in range(1, len(history) + 1):
        lines = explain(history[:count], room.now)
        state = fold(history[:count])
        assert state is not None
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert any(line.text.startswith("now: ") for line in lines)
        if state.response is not None:
            due = f"{state.response.due:%H:%M:%S}Z"
            assert any(due in line.text for line in lines), (due, lines)
