"""What alerts open, attach to and end, from the first poll of a source to the last."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.alert import AlertState
from data.domain.alerting import Sighting
from data.domain.proposal import ProposalState
from data.domain.room import MaintenanceWindow
from data.store import rows
from data.store.commands import incidents, proposals
from data.store.commands.alert_steps import Step, orphan_steps
from data.store.commands.alerts import retire
from data.store.commands.opening import Finding
from data.store.commands.reconcile import Ended, Together
from data.store.queries.alerts import alerts_of
from data.store.queries.watching import spoken_for
from tests.domain.alerting import (
    ACTIVE,
    INHIBITED,
    PROD,
    SILENCED,
    START,
    answer,
    failure,
    restarted,
    sighting,
)
from tests.hostile import HOSTILE, NAMES, forbidden_in
from tests.store.alerting import Watched
from tests.store.room import P0, P1, P2, P3, Room, done

KEY = "alert:prod:DBDown/checkout"
DOWN = sighting(annotations={"summary": "db-1 is down"}, starts_at=START)


@pytest.fixture
def watched(room: Room) -> Watched:
    return Watched(room)


def groups(first: int, last: int, severity: str = "warning") -> tuple[Sighting, ...]:
    return tuple(sighting(f"A{number}", f"s{number}", severity=severity) for number in range(first, last))


def keys(room: Room) -> list[str]:
    return [row.key for row in room.board.rows]


def test_a_group_is_one_proposal_that_says_what_fires(watched: Watched) -> None:
    more = [sighting(instance=f"db-{number}", severity="warning") for number in (2, 3)]
    watched.poll(answer(DOWN, *more))
    proposal = watched.room.proposal("PR-1")
    assert proposal.title == "DBDown: db-1 is down (+2)"
    assert (proposal.severity, proposal.services) == (P1, ("checkout",))
    assert proposal.why == "fires at prod since 2026-11-24T13:00:00Z; instance=db-1"
    assert [cause.key for cause in proposal.causes] == [KEY]
    watched.poll(answer(DOWN, *more))
    assert keys(watched.room) == ["PR-1"]


def test_a_guess_says_that_it_is_one(watched: Watched) -> None:
    watched.poll(answer(sighting(severity="pineapple")))
    proposal = watched.room.proposal("PR-1")
    assert (proposal.title, proposal.severity) == ("DBDown on checkout", P2)
    assert "severity guessed" in proposal.why


def test_nobody_answers_and_it_opens_once(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    watched.room.clock.later(minutes=2)
    watched.room.keep()
    assert not watched.room.incident("INC-1").confirmed
    watched.poll(answer(DOWN, sighting(instance="db-2")))
    assert keys(watched.room) == ["INC-1"]


def test_it_joins_what_its_service_already_has(watched: Watched) -> None:
    done(watched.room.do(incidents.declare, "Checkout is slow", P2, services=["checkout"]))
    watched.poll(answer(DOWN, sighting("Slow", service="", job="ops/search")))
    assert keys(watched.room) == ["PR-1", "INC-1"]
    assert [cause.key for cause in watched.room.incident("INC-1").causes] == [KEY]
    assert watched.room.proposal("PR-1").services == ("search",), "its job is a service of the room"


@pytest.mark.parametrize("state", [SILENCED, INHIBITED])
def test_what_is_muted_opens_nothing_until_it_is_loud(watched: Watched, state: AlertState) -> None:
    muted = replace(DOWN, state=state)
    watched.poll(answer(muted))
    assert keys(watched.room) == []
    watched.poll(answer(DOWN))
    assert keys(watched.room) == ["PR-1"]
    watched.poll(answer(muted))
    assert keys(watched.room) == [], "nobody need answer what was muted meanwhile"
    withdrawn = watched.room.read(rows.load_events)[-1]
    assert (withdrawn.kind, withdrawn.data["why"]) == ("withdrawn", state.value)
    watched.poll(answer(DOWN))
    assert keys(watched.room) == ["PR-2"]


def test_a_silence_does_not_end_what_people_work_on(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    done(watched.room.do(proposals.confirm, "PR-1"))
    watched.poll(answer(replace(DOWN, state=SILENCED)))
    assert not watched.room.incident("INC-1").causes_clear
    watched.gone()
    assert watched.room.incident("INC-1").causes_clear


def test_it_clears_and_comes_back_on_the_same_incident(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    done(watched.room.do(proposals.confirm, "PR-1"))
    watched.gone()
    cleared = watched.room.history("INC-1")[-1]
    assert (cleared.kind, cleared.data["why"]) == ("cause", "its alert has cleared")
    watched.poll(answer(DOWN))
    assert not watched.room.incident("INC-1").causes_clear
    assert keys(watched.room) == ["INC-1"]
    assert [alert.name for alert in watched.room.read(lambda connection: alerts_of(connection, [KEY]))] == [
        "DBDown"
    ]


def test_a_proposal_whose_alerts_cleared_is_withdrawn(watched: Watched) -> None:
    watched.poll(answer(DOWN, sighting(instance="db-2")))
    watched.poll(answer(DOWN))
    watched.poll(answer(DOWN))
    assert keys(watched.room) == ["PR-1"]
    watched.gone()
    assert watched.room.proposal("PR-1").state is ProposalState.WITHDRAWN


def test_what_was_dismissed_stays_so_until_it_clears(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    done(watched.room.do(proposals.dismiss, "PR-1", "a test"))
    watched.poll(answer(DOWN))
    watched.poll(answer(replace(DOWN, state=SILENCED)))
    watched.poll(answer(DOWN))
    assert keys(watched.room) == []
    watched.gone()
    watched.poll(answer(DOWN))
    assert keys(watched.room) == ["PR-2"]


def test_a_source_that_is_down_or_restarted_opens_and_ends_nothing(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    for _ in range(3):
        watched.poll(failure(trouble="it answered a web page"), minutes=10)
    watched.poll(restarted(answer(), watched.room.clock.now))
    assert keys(watched.room) == ["PR-1"]


def test_what_already_fires_waits_for_a_person(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout is slow", P2, services=["checkout"]))
    watched = Watched(room, quiet=False)
    watched.poll(answer(DOWN, sighting(instance="db-2"), *groups(0, 20), sighting("Known", state=SILENCED)))
    proposal = room.proposal("PR-1")
    assert proposal.title == "already firing at prod: 22 alerts in 21 groups"
    assert (proposal.severity, proposal.opens_at, proposal.services) == (P1, None, ())
    assert proposal.why == "DBDown (2), A0 (1), A1 (1), A10 (1) and 17 more"
    assert room.incident("INC-1").causes == (), "it is no part of what people already work on"
    watched.poll(answer(DOWN, sighting("New", "search"), *groups(0, 20)))
    assert keys(room) == ["PR-2", "PR-1", "INC-1"]
    watched.gone()
    assert keys(room) == ["INC-1"]


def test_a_storm_is_one_proposal_at_the_worst_severity_among_it(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(*groups(0, 8)))
    assert len(keys(room)) == 8
    watched.poll(answer(*groups(0, 36), sighting("Fire", "s99", severity="fatal")))
    (row,) = room.board.rows
    storm = room.proposal(row.key)
    assert (storm.title, storm.severity) == ("alert storm: 37 groups from prod", P0)
    assert len(storm.causes) == 9, "itself, and what was proposed singly"
    assert storm.why.startswith("A0 (1), A1 (1)")
    found = room.read(lambda connection: alerts_of(connection, [storm.causes[0].key]))
    assert len(found) == 37
    assert found[0].name == "Fire"
    watched.poll(answer(*groups(0, 40), sighting("Fire", "s99", severity="fatal")))
    assert room.proposal(row.key).title == "alert storm: 41 groups from prod", "its title follows"
    seq = room.seq
    for _ in range(10):
        watched.poll(answer(*groups(0, 40), sighting("Fire", "s99", severity="fatal")))
    assert room.seq == seq
    room.keep()
    assert keys(room) == ["INC-1"], "nobody answered: it opened, and nothing beside it"
    watched.gone()
    assert room.incident("INC-1").causes_clear


def test_a_storm_that_was_dismissed_stays_so_with_all_its_members(watched: Watched) -> None:
    watched.poll(answer(*groups(0, 20)))
    done(watched.room.do(proposals.dismiss, "PR-1", "a deploy"))
    watched.poll(answer(*groups(0, 25)))
    assert keys(watched.room) == []
    watched.poll(answer(*groups(0, 25), DOWN), minutes=5)
    assert keys(watched.room) == ["PR-2"]


def test_a_storm_that_is_open_goes_on_taking_its_members_along(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(*groups(0, 12)))
    done(room.do(proposals.confirm, "PR-1"))
    watched.poll(answer(*groups(0, 20)))
    assert keys(room) == ["INC-1"]
    watched.poll(answer(*groups(5, 20)))
    watched.poll(answer(*groups(5, 20)))
    watched.poll(answer(*groups(0, 20)), minutes=5)
    assert keys(room) == ["INC-1"], "one that flaps stays with it"
    watched.gone()
    assert room.incident("INC-1").causes_clear
    watched.poll(answer(*groups(0, 20)), minutes=5)
    assert not room.incident("INC-1").causes_clear, "it is the same storm again"
    assert keys(room) == ["INC-1"]


def test_a_heartbeat_that_falls_silent_alarms_and_one_that_is_muted_does_not(watched: Watched) -> None:
    room = watched.room
    beat = sighting("Watchdog", service="", severity="none")
    watched.poll(answer(beat))
    watched.poll(answer(replace(beat, state=SILENCED)))
    assert keys(room) == []
    watched.gone()
    proposal = room.proposal("PR-1")
    assert proposal.title == "Watchdog of prod is silent: alerts may not reach us"
    assert (proposal.severity, proposal.services) == (P1, ())
    assert [cause.key for cause in proposal.causes] == ["heartbeat:prod:Watchdog--db-1"]
    watched.poll(answer(), days=2)
    room.keep()
    assert keys(room) == ["INC-1"]
    watched.poll(answer(beat))
    assert room.incident("INC-1").causes_clear
    assert room.history("INC-1")[-2].data["why"] == "Watchdog is back"


def test_a_heartbeat_nobody_waits_for_any_more_is_over(watched: Watched) -> None:
    watched.poll(answer(sighting("Watchdog", severity="none")))
    watched.gone()
    assert keys(watched.room) == ["PR-1"]
    watched.source = replace(PROD, heartbeats=())
    watched.poll(answer())
    assert keys(watched.room) == []


def test_maintenance_holds_opening_and_what_still_fires_then_is_announced_once(watched: Watched) -> None:
    room = watched.room
    begins = room.clock.now
    watched.windows = (MaintenanceWindow("w", "checkout", begins, begins + timedelta(minutes=30)),)
    watched.poll(answer(DOWN, sighting("Errors", "search")))
    assert [row.title for row in room.board.rows] == ["Errors on search"]
    watched.poll(answer(DOWN), minutes=29)
    watched.poll(answer(DOWN))
    assert keys(room) == []
    watched.poll(answer(DOWN), minutes=1)
    watched.poll(answer(DOWN))
    assert [row.title for row in room.board.rows] == ["DBDown: db-1 is down"]


def test_a_source_that_is_no_more_withdraws_what_it_proposed(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(DOWN, sighting("Watchdog", severity="none")))
    watched.poll(answer(DOWN))
    watched.poll(answer(DOWN))
    assert len(keys(room)) == 2
    room.store.work(lambda connection, now: retire(connection, now, ["prod"]))
    spoken = room.read(spoken_for)
    assert orphan_steps(spoken, ["prod"]) == []
    steps = orphan_steps(spoken, [])
    assert {step.why for step in steps if isinstance(step, Ended)} == {"the source prod is no more"}
    watched.settle(steps)
    assert keys(room) == []


def test_what_another_worker_has_seen_since_is_not_undone(watched: Watched) -> None:
    room = watched.room
    watched.take(answer(DOWN, *groups(0, 11)))
    opens = watched.steps()
    assert [type(step) for step in opens] == [Together]
    watched.take(answer(*(replace(item, state=SILENCED) for item in (DOWN, *groups(0, 11)))))
    watched.settle(opens)
    assert keys(room) == [], "all of it was silenced meanwhile"
    watched.poll(answer(DOWN, *groups(0, 11)))
    assert len(keys(room)) == 1
    storm = room.proposal(keys(room)[0]).causes[0].key
    watched.settle([Ended(storm, "all alerts have cleared")])
    assert len(keys(room)) == 1, "it fires again by now"
    done(room.do(proposals.confirm, keys(room)[0]))
    watched.take(answer(*(replace(item, state=SILENCED) for item in (DOWN, *groups(0, 11)))))
    watched.settle([Ended(storm, "silenced")])
    assert not room.incident("INC-1").causes_clear, "it was opened by then"


@pytest.mark.parametrize(
    "step",
    [
        Finding(KEY, "DBDown", P1, "fires"),
        Finding("storm:prod:2026-11-24T13:46:11Z", "a storm", P1, "fires"),
        Finding("already:prod", "already", P1, "fires", waits=True),
        Finding("heartbeat:prod:f1", "silent", P1, "silent"),
        Together(Finding("storm:prod:x", "a storm", P1, "fires"), (KEY,)),
    ],
)
def test_what_the_store_knows_nothing_of_is_not_opened(room: Room, step: Step) -> None:
    Watched(room).settle([step])
    assert keys(room) == []


@pytest.mark.parametrize("text", [text[:50_000] for _, text in HOSTILE], ids=NAMES)
@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_hostile_words_are_harmless_on_the_board(watched: Watched, text: str) -> None:
    # the boundary cleans; here even what it would have cleaned comes through the store's own
    told = sighting("x" + text[:40], annotations={"summary": text})
    clean = replace(told, fingerprint="f1", labels=dict.fromkeys(told.labels, "x"))
    watched.poll(answer(clean))
    (row,) = watched.room.board.rows
    assert not forbidden_in(row.title)
    assert len(row.title) <= 200


def test_low_severities_wait_for_a_person(watched: Watched) -> None:
    watched.poll(
        answer(sighting("Disk", "search", severity="info"), sighting("Slow", "payments", severity="warning"))
    )
    assert [(row.severity, row.title) for row in watched.room.board.rows] == [
        (P2, "Slow on payments"),
        (P3, "Disk on search"),
    ]
    watched.room.clock.later(hours=5)
    watched.room.keep()
    assert all(key.startswith("PR-") for key in keys(watched.room))
    assert ACTIVE is watched.kept()["Disk"].state


def test_a_proposal_grows_as_severe_as_what_fires_and_then_somebody_is_woken(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(replace(DOWN, labels={**DOWN.labels, "severity": "warning"})))
    watched.poll(answer(replace(DOWN, labels={**DOWN.labels, "severity": "warning"})), hours=3)
    assert room.proposal("PR-1").opens_at is None
    watched.poll(answer(DOWN))
    proposal = room.proposal("PR-1")
    assert (proposal.severity, proposal.opens_at) == (P1, room.clock.now + timedelta(minutes=2))
    assert room.read(rows.load_events)[-1].data["title"] == "now P1: DBDown: db-1 is down"
    seq = room.seq
    watched.poll(answer(DOWN))
    assert room.seq == seq
    watched.poll(answer(replace(DOWN, labels={**DOWN.labels, "severity": "info"})))
    assert room.proposal("PR-1").severity is P1, "in doubt the higher one"
    room.clock.later(minutes=2)
    room.keep()
    assert room.incident("INC-1").severity is P1


def test_a_storm_grows_as_severe_as_its_worst_alert(watched: Watched) -> None:
    watched.poll(answer(*groups(0, 12)))
    assert watched.room.proposal("PR-1").severity is P2
    watched.poll(answer(*groups(0, 11), *groups(11, 12, "fatal")), minutes=30)
    proposal = watched.room.proposal("PR-1")
    assert (proposal.severity, proposal.opens_at) == (P0, watched.room.clock.now + timedelta(minutes=2))
    assert proposal.title == "alert storm: 12 groups from prod"


def test_what_already_fired_may_grow_worse_and_still_waits(room: Room) -> None:
    watched = Watched(room, quiet=False)
    watched.poll(answer(*groups(0, 3)))
    watched.poll(answer(*groups(0, 2), *groups(2, 3, "critical")))
    assert (room.proposal("PR-1").severity, room.proposal("PR-1").opens_at) == (P1, None)
