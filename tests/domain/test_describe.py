"""The timeline's words, kind by kind (design 4: the important word first)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import checklist, lapse, lifecycle
from data.domain.change import Change, Event
from data.domain.describe import describe
from data.domain.incident import Disposition, Role, Status, Step, StepState
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, contacts_without, done, down, minutes
from tests.domain.stories import Moment, play, rooms, stories, unhurried

P0, P1, P2, P3 = Severity


def opened(severity: Severity = P1, **known: Any) -> Room:
    room = Room()
    done(room.declare("Search p99 above 4 s", severity, **known))
    return room


def told(room: Room) -> list[str]:
    """Return the timeline as a screen shows it."""
    return [words for words in map(describe, room.history()) if words]


def event(kind: str, subject: str = "", **data: Any) -> Event:
    return Event(1, None, subject, START, START, "ada", "laptop", kind, 1, data)


def test_the_timeline_of_a_night() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", P1))
    done(room.at(2).acknowledge("ada", text="looking"))
    done(room.status(Status.INVESTIGATING))
    done(room.role(Role.IC, "ada"))
    done(room.severity(P0, why="orders are lost"))
    done(room.step("af2", StepState.DONE))
    done(room.note("pool at\n100%"))
    done(room.at(20).role(Role.IC, "lin", by="lin"))
    done(room.update(text="We know of failing checkouts."))
    done(room.update("executives", text="Fix is going out."))
    done(room.switch("customers", on=True))
    done(room.at(49).snooze(20, "vendor on the phone"))
    done(room.link("ticket", "https://tickets.example/7"))
    done(room.at(60).resolve(Disposition.WORKAROUND, why="old release is back"))
    done(room.at(90).status(Status.CLOSED, why="a drill"))
    assert told(room) == [
        "P1 declared: Checkout returns 503",
        "turn of On-call engineer: Ada Lovelace",
        "acknowledged: looking",
        "[x] Acknowledge incident (ticked by itself)",
        "status → investigating (was acknowledged)",
        "IC → ada",
        "severity P1 → P0: orders are lost",
        "[x] Review error logs",
        "pool at 100%",
        "IC → lin, command taken from ada",
        "update → 4 audiences: We know of failing checkouts.",
        "[x] Notify stakeholders (ticked by itself)",
        "update → executives: Fix is going out.",
        "audience customers: switched on",
        "snoozed update to engineering for 20m: vendor on the phone",
        "snoozed update to product for 20m: vendor on the phone",
        "snoozed update to support for 20m: vendor on the phone",
        "snoozed update to executives for 20m: vendor on the phone",
        "snoozed update to customers for 20m: vendor on the phone",
        "ticket linked: https://tickets.example/7",
        "resolved: workaround: old release is back",
        "closed without post-mortem: a drill",
    ]


class TestEscalation:
    def test_late_by_hand_skipped_and_round_after_round(self) -> None:
        room = Room(contacts_without("lin"))
        done(room.declare("Checkout returns 503", P0))
        room.at(7).keeper()
        done(room.escalate(to="ceo"))
        room.at(12).keeper()
        assert [words for words in told(room) if "turn of" in words or "escalated" in words] == [
            "turn of On-call engineer: Ada Lovelace",
            "turn of Engineering manager: Sam Okafor, 2m late; nobody reachable at lead",
            "escalated to CEO: Carla Osei",
            "turn of On-call engineer: Ada Lovelace, round 2",
        ]

    def test_nobody_at_all(self) -> None:
        room = Room(replace(GUIDE, contacts=()))
        done(room.declare("Checkout returns 503", P3))
        assert told(room)[1] == "NOBODY can be paged: no contact for on-call, lead"


def test_a_breach_a_warning_and_a_lapse() -> None:
    room = opened(P0)
    room.at(6).keeper()
    done(room.acknowledge("ada"))
    room.at(50).keeper()
    room.at(60).keeper()
    done(room.at(61).acknowledge("lin"))
    lines = told(room)
    assert "BREACHED: no response in time" in lines
    assert "acknowledgement LAPSES in 10m unless somebody acts" in lines
    assert "LAPSED: acknowledgement of ada, no update and no action" in lines
    assert lines[-1] == "acknowledged again"
    done(room.do(lapse.keep, "lin"))
    assert told(room)[-1] == "kept: still on it"


def test_what_machines_open_is_marked_and_its_causes_come_and_go() -> None:
    room = opened(P1, by="check:api", severity_by="check:api", confirmed=False, causes=(down(),))
    done(room.at(3).cause("check:api", clear=True))
    done(room.at(4).cause("check:api", clear=False))
    assert told(room) == [
        "P1 opened, unconfirmed: Search p99 above 4 s",
        "turn of On-call engineer: Ada Lovelace",
        "clear: api",
        "ladder held: every cause is clear, nobody has confirmed",
        "DOWN: api is DOWN",
        "ladder climbs on: a cause is back",
    ]
    done(room.severity(P1, "sam"))
    assert told(room)[-1] == "severity P1 confirmed"


def test_steps_in_every_state() -> None:
    failover = Step("df1", "db-failover", "Resolution", "Fail over", second=True)
    room = opened(steps=(failover, Step("x", "r", "p", "Look around")))
    done(room.do(lambda it: checklist.attach(it, (Step("y", "more", "p", "Look again"),), "more")))
    done(room.step("x", StepState.DOING))
    done(room.step("x", StepState.SKIPPED, why="nothing to see"))
    done(room.step("x", StepState.TODO))
    done(room.step("df1", StepState.DONE, by="ada"))
    done(room.step("df1", StepState.DONE, by="lin"))
    assert told(room)[2:] == [
        "runbook more attached, 1 step",
        "[>] Look around: started",
        "[-] Look around: nothing to see",
        "[ ] Look around: taken back",
        "[>] Fail over: needs a second pair of eyes",
        "[x] Fail over: second pair of eyes after ada",
    ]


def test_a_step_given_to_somebody() -> None:
    room = opened()
    change = checklist.set_step(room.incident, "af2", StepState.DOING, "lin", room.now)
    assert isinstance(change, Change)
    room.record({1: (change,)}, "ada")
    assert told(room)[-1] == "[>] Review error logs: given to lin"


def test_audiences_that_come_and_go_with_the_severity() -> None:
    room = opened(P2)
    done(room.severity(P1))
    done(room.severity(P3))
    assert [words for words in told(room) if words.startswith("audience")] == [
        "audience executives: is told from now on",
        "audience product: is told no more",
        "audience support: is told no more",
        "audience executives: is told no more",
    ]


def test_merging_resolving_with_something_down_and_reopening() -> None:
    room = opened(P2)
    done(room.acknowledge("lin"))
    done(room.declare("Payments fail", P0))
    done(room.at(2).merge(2, 1, why="same database"))
    assert "resolved: duplicate of INC-1: same database" in map(describe, room.history(2))
    assert "merged INC-2 into this, severity P2 → P0, acknowledgement asked anew" in told(room)
    answer = room.do(
        lambda it: lifecycle.resolve(
            it, Disposition.FIXED, "ada", room.now, why="check is wrong", still=("api", "DBDown")
        )
    )
    done(answer)
    assert told(room)[-1] == "resolved: fixed: check is wrong; still failing: api, DBDown"
    done(room.status(Status.FIXING, why="it is back"))
    assert "reopened → fixing: it is back" in told(room)


def test_what_was_taken_back() -> None:
    room = opened(P1)
    done(room.step("af2", StepState.DONE))
    done(room.undo())
    done(room.severity(P0))
    done(room.undo())
    done(room.status(Status.FIXING))
    done(room.undo())
    done(room.role(Role.DEPUTY, "lin"))
    done(room.undo())
    assert [words for words in told(room) if words.startswith("undone")] == [
        'undone: tick "Review error logs"',
        "undone: severity, back to P1",
        'undone: tick "Acknowledge incident"',
        "undone: status, back to detected",
        "undone: role",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"result": "reached", "takes": True}, "reached Lin Chen (Team lead): takes it"),
        ({"result": "reached", "takes": False}, "reached Lin Chen (Team lead): informed only"),
        ({"result": "no-answer"}, "no answer: Lin Chen (Team lead)"),
        ({"result": "left-message"}, "left message: Lin Chen (Team lead)"),
    ],
)
def test_calls(data: dict[str, Any], words: str) -> None:
    assert describe(event("call", contact="Lin Chen", level="Team lead", **data)) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {"key": "check:api", "state": "down", "title": "checkout-api is DOWN"},
            "DOWN: checkout-api is DOWN",
        ),
        ({"key": "check:api", "state": "clear", "why": "2 of 2 pass"}, "clear: api: 2 of 2 pass"),
        ({"key": "alert:prod:DBDown/db", "state": "clear"}, "clear: alert DBDown/db of prod"),
        ({"key": "alert:prod:a b~0123456789", "state": "split"}, "split off: alert a b of prod"),
        ({"key": "alert:prod:-", "state": "split"}, "split off: alert of prod"),
        ({"key": "already:prod", "state": "split"}, "split off: what already fired at prod"),
        ({"key": "heartbeat:prod:1f", "state": "clear"}, "clear: silent heartbeat of prod"),
        (
            {"key": "storm:prod:2026-11-24T13:46:11Z, check:api", "state": "elsewhere"},
            "alert storm of prod, api is on another incident now",
        ),
        ({"key": "alert:prod:A", "state": "down", "title": "A: it is"}, "fires again: A: it is"),
        (
            {"key": "alert:prod:A", "state": "grown", "name": "alert A", "joined": 2, "alerts": 3},
            "alert A fires (+2)",
        ),
        (
            {
                "key": "alert:prod:A",
                "state": "grown",
                "name": "alert A",
                "word": "critical",
                "proposes": "P1",
            },
            "alert A is critical now: P1 proposed",
        ),
        (
            {"key": "alert:prod:A", "state": "grown", "name": "alert A", "joined": 2, "word": "page"},
            "alert A fires (+2), page now",
        ),
        (
            {"key": "mass", "state": "attached", "title": "14 of 16 unreachable"},
            "attached: 14 of 16 unreachable",
        ),
        ({"key": "mass", "state": "split"}, "split off: mass failure"),
        ({"key": "check:db"}, "DOWN: db is DOWN"),
    ],
)
def test_causes(data: dict[str, Any], words: str) -> None:
    assert describe(event("cause", **data)) == words


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("proposed", {"why": "3 of 3 failed"}, "proposed PR-3: payments-db DOWN (3 of 3 failed)"),
        ("confirmed", {"incident": "INC-4"}, "confirmed PR-3 as INC-4: payments-db DOWN"),
        ("opened", {"incident": "INC-4"}, "opened PR-3 as INC-4, nobody answered: payments-db DOWN"),
        (
            "opened",
            {"incident": "INC-4", "at_once": True},
            "opened PR-3 as INC-4, at once: payments-db DOWN",
        ),
        ("dismissed", {"why": "planned"}, "dismissed PR-3: planned (payments-db DOWN)"),
        ("withdrawn", {}, "withdrawn PR-3: payments-db DOWN, every cause is clear"),
        ("attached", {}, "attached to PR-3: payments-db DOWN"),
    ],
)
def test_proposals(kind: str, data: dict[str, Any], words: str) -> None:
    assert describe(event(kind, "proposal:PR-3", key="PR-3", title="payments-db DOWN", **data)) == words


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("role", {"role": "ic", "from": "ada", "to": ""}, "IC → nobody (was ada)"),
        ("role", {"role": "expert", "from": "", "to": "sam"}, "expert → sam"),
        ("role", {"role": "comms", "from": "ada", "to": "sam"}, "comms lead → sam, taken from ada"),
        ("configured", {"changes": ["a", "b"]}, "configuration: 2 changes"),
        (
            "maintenance",
            {"service": "checkout", "until": (START + minutes(30)).isoformat(), "why": "upgrade"},
            "maintenance of checkout for 30m: upgrade",
        ),
        ("note", {}, "note"),
        ("teleported", {"text": "to the moon"}, "teleported: to the moon"),
        ("teleported", {}, "teleported"),
    ],
)
def test_the_rest_and_what_a_newer_program_wrote(kind: str, data: dict[str, Any], words: str) -> None:
    assert describe(event(kind, **data)) == words


def test_a_past_incident_is_recorded_afterwards() -> None:
    room = opened(P0, backfilled=True, detected_at=START - timedelta(days=30))
    assert told(room) == ["P0 recorded afterwards: Search p99 above 4 s"]


def test_a_long_note_is_one_line_that_says_it_goes_on() -> None:
    words = describe(event("note", text="all work and no play\n" * 1000))
    assert "\n" not in words
    assert len(words) == 500
    assert words.endswith("…")


@unhurried
@given(rooms(), stories)
def test_every_event_of_any_day_is_one_short_line_without_an_instant(room: Room, story: list[Moment]) -> None:
    play(room, story)
    for item in room.events:
        words = describe(item)
        assert len(words.splitlines()) <= 1
        assert words == words.strip()
        assert "2026-" not in words
        assert item.kind == "clock" or item.kind == "undone" or words


KINDS = st.sampled_from(
    [
        "declared",
        "escalation",
        "severity",
        "status",
        "clock",
        "update",
        "step",
        "role",
        "resolved",
        "call",
        "cause",
    ]
)


@unhurried
@given(
    KINDS, st.dictionaries(st.sampled_from(["key", "title", "contacts", "skipped", "role", "why"]), st.text())
)
def test_thin_data_of_another_version_never_breaks_a_timeline(kind: str, data: dict[str, str]) -> None:
    assert isinstance(describe(event(kind, **data)), str)
