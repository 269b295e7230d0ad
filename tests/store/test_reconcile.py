"""What workers hand in about checks: only what still holds is opened, and many at once are one."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from data.domain.alert import Alert, SourceState
from data.domain.alerting import Absorbed
from data.domain.change import Event
from data.domain.check import Outcome, Reason, Result
from data.domain.incident import LadderState
from data.domain.proposal import ProposalState
from data.domain.room import Kind
from data.store import rows
from data.store.commands import climbing, incidents, proposals, rooms
from data.store.commands.alerts import save
from data.store.commands.checks import Finished, sync_leases, written_since
from data.store.commands.leases import claim, release
from data.store.commands.opening import Finding
from data.store.commands.reconcile import Ended, Together, reconcile
from data.store.commands.turns import Turn, Worker, take_turn
from data.store.definitions import load
from data.store.queries.watching import spoken_for
from data.store.store import Store
from tests.store.room import CHECKS, P0, P1, P2, Room, done

CHECKED = {check.id: check for check in CHECKS}
LEASE = dict.fromkeys(CHECKED, timedelta(seconds=10))
ME, YOU = Worker("me", "laptop"), Worker("you", "another")
DOWN = Finding("check:checkout-api", "checkout-api is down", P1, "HTTP 503", ("checkout",))
SEARCH = Finding("check:search-api", "search-api is down", P2, "refused", ("search",))
MASS = Finding("mass", "2 of 2 checks unreachable", P0, "together", ("checkout", "search"))
MEMBERS = (DOWN.key, SEARCH.key)


@pytest.fixture
def leased(room: Room) -> Room:
    room.store.work(lambda connection, now: sync_leases(connection, CHECKED.values(), now))
    return room


def turn(store: Store, worker: Worker = ME, batch: tuple[Finished, ...] = ()) -> Turn:
    """Take a turn that claims whatever is due within the day."""
    work = partial(
        take_turn,
        worker=worker,
        checks=CHECKED,
        batch=batch,
        known={},
        mine=CHECKED.keys(),
        ahead=timedelta(days=1),
        lease=LEASE,
    )
    return store.work(work)


def look(room: Room, outcome: Outcome, times: int = 3) -> None:
    """Look at every check so many times, all with the same outcome."""
    reason = Reason.OK if outcome is Outcome.PASS else Reason.REFUSED
    for _ in range(times):
        claims = turn(room.store).claims
        room.clock.later(seconds=1)
        turn(
            room.store,
            batch=tuple(Finished(item, Result(room.clock.now, outcome, reason)) for item in claims),
        )
        room.store.work(lambda connection, now: release(connection, ME.holder))


def events(room: Room) -> tuple[Event, ...]:
    return room.store.read(rows.load_events)


def settle(room: Room, *steps: Finding | Together | Ended) -> None:
    done(room.do(reconcile, list(steps), by="keeper"))


def test_a_check_is_opened_only_while_the_store_knows_it_to_be_down(leased: Room) -> None:
    settle(leased, DOWN)
    assert not leased.board.rows, "a worker with an older view opens nothing"
    look(leased, Outcome.FAIL)
    settle(leased, DOWN, SEARCH)
    assert {row.key for row in leased.board.rows} == {"PR-1", "PR-2"}
    settle(leased, DOWN, SEARCH)
    assert len(leased.board.rows) == 2


def test_a_cause_ends_only_once_the_store_knows_it_has(leased: Room) -> None:
    look(leased, Outcome.FAIL)
    settle(leased, DOWN)
    settle(leased, Ended(DOWN.key, "up"))
    assert leased.row("PR-1").title == DOWN.title
    look(leased, Outcome.PASS, 2)
    settle(leased, Ended(DOWN.key, "up"))
    assert leased.proposal("PR-1").state is ProposalState.WITHDRAWN


def test_a_check_that_is_no_more_ends_while_it_was_down(leased: Room) -> None:
    look(leased, Outcome.FAIL)
    settle(leased, DOWN)
    retired = [
        item
        for item in leased.store.read(lambda connection: load(connection, Kind.CHECK))
        if item.id == "checkout-api"
    ]
    done(leased.do(rooms.apply, [], retired, ["check checkout-api retired"]))
    settle(leased, Ended(DOWN.key, "no more"))
    assert not leased.board.rows


def test_a_shift_and_its_note_are_one_write(leased: Room) -> None:
    look(leased, Outcome.FAIL)
    told = [event for event in events(leased) if event.kind == "health"]
    assert [(event.by, event.data["state"], event.data["title"]) for event in told] == [
        ("check:checkout-api", "down", "checkout-api is DOWN"),
        ("check:search-api", "down", "search-api is DOWN"),
    ]


def test_a_late_result_is_refused(leased: Room, another: Callable[[], Store]) -> None:
    late = turn(leased.store).claims
    assert turn(another(), YOU).claims == (), "held until the lease ends"
    leased.clock.later(seconds=11)
    taken = turn(another(), YOU).claims
    assert [item.fence for item in taken] == [item.fence + 1 for item in late]
    results = tuple(Finished(item, Result(leased.clock.now, Outcome.PASS, Reason.OK)) for item in late)
    assert turn(leased.store, batch=results).healths == ()
    results = tuple(Finished(item, Result(leased.clock.now, Outcome.PASS, Reason.OK)) for item in taken)
    assert len(turn(another(), YOU, results).healths) == 2


def test_who_leaves_gives_everything_back(leased: Room, another: Callable[[], Store]) -> None:
    mine = turn(leased.store).claims
    leased.store.work(lambda connection, now: release(connection, "me"))
    assert {item.check for item in turn(another(), YOU).claims} == {item.check for item in mine}


def test_what_others_must_probe_uses_up_nothing(leased: Room) -> None:
    found = leased.store.work(
        lambda connection, now: claim(connection, now, "me", {"search-api"}, ahead=timedelta(days=1), most=1)
    )
    assert [item.check for item in found] == ["search-api"]


def test_results_kept_through_an_outage_are_all_on_record(leased: Room) -> None:
    claims = turn(leased.store).claims
    kept = []
    for number in range(4):
        leased.clock.later(seconds=1)
        outcome = Outcome.FAIL if number else Outcome.PASS
        kept += [Finished(item, Result(leased.clock.now, outcome, Reason.REFUSED)) for item in claims]
    written = turn(leased.store, batch=tuple(kept))
    assert [health.fails for health in written.healths] == [3, 3]
    assert [shift.kind.value for shift in written.shifts] == ["down", "down"]
    read = leased.store.read(lambda connection: written_since(connection, written.at))
    assert read == dict.fromkeys(CHECKED, written.at)


def test_a_mass_failure_takes_along_what_was_proposed_singly(leased: Room) -> None:
    look(leased, Outcome.FAIL)
    settle(leased, DOWN)
    settle(leased, Together(MASS, MEMBERS))
    assert [row.key for row in leased.board.rows] == ["PR-2"]
    assert leased.proposal("PR-1").state is ProposalState.WITHDRAWN
    whole = leased.proposal("PR-2")
    assert [cause.key for cause in whole.causes] == ["mass", DOWN.key]
    assert whole.services == ("checkout", "search")
    assert [event.data["title"] for event in events(leased) if event.kind == "folded"] == ["PR-1 into PR-2"]
    settle(leased, Ended("mass", "most can be reached again"))
    assert [row.key for row in leased.board.rows] == ["PR-2"], "one of them is still down"
    look(leased, Outcome.PASS, 2)
    settle(leased, Ended(DOWN.key, "up"))
    assert not leased.board.rows


def test_its_title_follows_while_nobody_has_answered(leased: Room) -> None:
    settle(leased, Together(MASS, MEMBERS))
    told = len(events(leased))
    settle(leased, Together(MASS, MEMBERS))
    assert len(events(leased)) == told, "said once"
    grown = Finding("mass", "3 of 4 checks unreachable", P0, "together", ("payments",))
    settle(leased, Together(grown, MEMBERS))
    assert leased.row("PR-1").title == "3 of 4 checks unreachable"
    assert leased.proposal("PR-1").services == ("checkout", "search", "payments")
    done(leased.do(proposals.confirm, "PR-1"))
    settle(leased, Together(MASS, MEMBERS))
    assert leased.row("INC-1").title == "3 of 4 checks unreachable", "what people work on keeps its name"


def test_it_joins_no_smaller_incident_and_takes_single_ones_along_when_it_is_open(leased: Room) -> None:
    done(leased.do(incidents.declare, "Search is slow", P2, services=["search"]))
    settle(leased, Together(MASS, MEMBERS))
    done(leased.do(proposals.confirm, "PR-1"))
    look(leased, Outcome.FAIL)
    settle(leased, DOWN)
    settle(leased, Together(MASS, MEMBERS))
    assert {row.key for row in leased.board.rows} == {"INC-1", "INC-2"}
    assert leased.incident("INC-2").severity is P0
    assert {cause.key for cause in leased.incident("INC-2").causes} == {"mass", DOWN.key}


def test_a_single_proposal_with_another_cause_keeps_that(leased: Room) -> None:
    look(leased, Outcome.FAIL)
    settle(leased, DOWN)
    now = leased.clock.now
    fires = Alert("prod", "f1", "Errors", P1, now, "alert:prod:abc", "alert:prod:abc", now, now)
    absorbed = Absorbed(SourceState("prod"), (fires,), {"f1": fires})
    leased.store.work(lambda connection, at: save(connection, at, "prod", absorbed))
    alert = Finding("alert:prod:abc", "Checkout errors", P1, "fires", ("checkout",))
    settle(leased, alert, Together(MASS, MEMBERS))
    assert [cause.key for cause in leased.proposal("PR-1").causes] == ["alert:prod:abc"]
    assert leased.proposal("PR-1").state is ProposalState.PROPOSED


def test_everybody_can_see_which_causes_are_spoken_for(leased: Room) -> None:
    look(leased, Outcome.FAIL)
    settle(leased, DOWN, SEARCH)
    done(leased.do(proposals.confirm, "PR-1"))
    done(leased.do(proposals.dismiss, "PR-2", "a test"))
    spoken = leased.store.read(spoken_for)
    assert (spoken[DOWN.key].incident, spoken[DOWN.key].clear) == (1, False)
    assert spoken[SEARCH.key].muted_until is not None
    look(leased, Outcome.PASS, 2)
    settle(leased, Ended(DOWN.key, "up"), Ended(SEARCH.key, "up"))
    spoken = leased.store.read(spoken_for)
    assert spoken[DOWN.key].clear
    assert SEARCH.key not in spoken


def climb(room: Room) -> None:
    numbers = room.store.read(lambda connection: climbing.due(connection, room.clock.now))
    done(room.do(climbing.climb, numbers, by="escalation"))


def test_nobody_answers_and_the_ladder_climbs_a_step_at_a_time(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P0))
    assert not room.store.read(lambda connection: climbing.due(connection, room.clock.now))
    room.clock.later(minutes=5)
    climb(room)
    assert _ladder(room) == (LadderState.RUNNING, "team-lead")
    climb(room)
    assert _ladder(room) == (LadderState.RUNNING, "team-lead"), "each level has its own time"
    room.clock.later(hours=2)
    climb(room)
    assert _ladder(room) == (LadderState.RUNNING, "engineering-manager")
    late = [event for event in room.history("INC-1") if event.kind == "escalation"][-1]
    assert late.by == "escalation"
    assert late.data["late"] == timedelta(hours=2, minutes=-5).total_seconds()
    done(room.do(incidents.acknowledge, "INC-1"))
    room.clock.later(hours=2)
    climb(room)
    assert _ladder(room) == (LadderState.STOPPED, "engineering-manager")


def _ladder(room: Room) -> tuple[LadderState, str | None]:
    ladder = room.incident("INC-1").ladder
    assert ladder is not None
    return ladder.state, ladder.level
