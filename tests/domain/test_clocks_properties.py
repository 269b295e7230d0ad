"""What holds of the clocks whatever happens, and however often somebody looks (design 1, 3.2)."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain import clocks, lifecycle
from data.domain.incident import LadderState
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, done, minutes
from tests.domain.stories import Moment, play, rooms, stories, unhurried

severities = st.sampled_from(Severity)
spans = st.integers(0, 10 * 86_400_000_000).map(lambda count: timedelta(microseconds=count))


@unhurried
@given(rooms(), stories, severities)
def test_an_upgrade_never_gives_anybody_more_time(room: Room, story: list[Moment], new: Severity) -> None:
    play(room, story)
    before = room.incident
    if not before.live or new >= before.severity:
        return
    done(room.severity(new))
    after = room.incident
    if before.response is not None and after.response is not None:
        assert after.response.due <= before.response.due
    for clock in before.updates:
        now = after.clock(clock.audience)
        if clock.applies and now is not None:
            assert now.applies or clock.by_hand is False
            assert now.due <= clock.due
            assert clocks.effective_due(now) <= clocks.effective_due(clock)
            assert clocks.effective_due(now) <= max(room.now + GUIDE.cadence(new, clock.audience), clock.due)
    if before.ladder and before.ladder.next_at and after.ladder and after.ladder.next_at:
        assert after.ladder.next_at <= before.ladder.next_at


@unhurried
@given(severities, st.lists(st.tuples(spans, severities), max_size=6), spans)
def test_a_missed_response_is_missed_whatever_the_severity_becomes(
    first: Severity, changes: list[tuple[timedelta, Severity]], last: timedelta
) -> None:
    room = Room()
    done(room.declare("Checkout returns 503", first))
    late = False
    for wait, severity in changes:
        room.now += wait
        late = late or room.response.state == clocks.ResponseState.LATE
        room.severity(severity)
        assert (room.response.state == clocks.ResponseState.LATE) >= late
    room.now += last
    late = late or room.response.state == clocks.ResponseState.LATE
    done(room.acknowledge())
    assert (room.response.state == clocks.ResponseState.BREACHED) is late


@unhurried
@given(severities, spans)
def test_met_or_breached_is_one_comparison(severity: Severity, wait: timedelta) -> None:
    room = Room()
    done(room.declare("Checkout returns 503", severity))
    room.now += wait
    done(room.acknowledge())
    allowed = GUIDE.response(severity)
    met = wait < allowed if severity is Severity.P0 else wait <= allowed
    assert (room.response.state == clocks.ResponseState.MET) is met
    assert room.incident.breached is not met


@unhurried
@given(rooms(), stories, st.lists(st.integers(-3000, 3000), max_size=5))
def test_reading_changes_nothing_and_any_order_reads_the_same(
    room: Room, story: list[Moment], looks: list[int]
) -> None:
    play(room, story)
    before, count = room.incident, len(room.events)

    def read(look: int) -> tuple[object, ...]:
        now = room.now + minutes(look)
        each = tuple(clocks.read_audience(before, clock, now) for clock in before.updates)
        return clocks.read_response(before, now), clocks.read_update(before, now), each

    assert [read(look) for look in looks] == [read(look) for look in reversed(looks)][::-1]
    assert room.incident is before
    assert len(room.events) == count


@unhurried
@given(severities, st.lists(st.integers(1, 4000), max_size=12))
def test_a_breach_is_recorded_once_at_its_due_however_often_and_late_the_keeper_runs(
    severity: Severity, runs: list[int]
) -> None:
    room = Room()
    done(room.declare("Checkout returns 503", severity))
    for minute in sorted(runs):
        room.at(minute)
        changes = lifecycle.breach(room.incident, room.now)
        if changes:
            room.record({1: changes}, "keeper")
    room.at(5000)
    done(room.acknowledge())
    due = START + GUIDE.response(severity)
    assert [event.at for event in room.history() if event.kind == "breach"] == [due]


@unhurried
@given(severities, st.sets(st.integers(1, 400), max_size=40))
def test_ticks_before_anything_is_due_change_nothing(severity: Severity, ticks: set[int]) -> None:
    watched, alone = Room(), Room()
    for room in (watched, alone):
        done(room.declare("Checkout returns 503", severity))
    for minute in sorted(ticks):
        ladder = watched.incident.ladder
        response = watched.incident.response
        assert ladder is not None
        assert response is not None
        watched.at(minute)
        if (ladder.next_at is None or watched.now < ladder.next_at) and watched.now < response.due:
            assert watched.keeper() == ()
    assert watched.incident == alone.incident
    watched.at(401)
    alone.at(401)
    assert [event.kind for event in watched.keeper()] == [event.kind for event in alone.keeper()]
    assert watched.incident == alone.incident


@settings(unhurried, max_examples=60)
@given(severities, st.lists(st.integers(1, 600), max_size=30, unique=True))
def test_the_ladder_never_hurries_and_never_skips_a_level(severity: Severity, runs: list[int]) -> None:
    room = Room()
    done(room.declare("Checkout returns 503", severity))
    for minute in sorted(runs):
        room.at(minute).keeper()
    told = [(event.at, event.data["level"]) for event in room.history() if event.kind == "escalation"]
    path = [level.id for level in GUIDE.levels if severity in level.severities]
    rounds = path * (GUIDE.ladder_repeats + 1)
    assert [level for _, level in told] == rounds[: len(told)]
    for (earlier, _), (later, _) in pairwise(told):
        assert later - earlier >= GUIDE.response(severity)


@unhurried
@given(rooms(), stories)
def test_the_ladder_runs_exactly_while_nobody_has_it(room: Room, story: list[Moment]) -> None:
    play(room, story)
    ladder = room.incident.ladder
    assert ladder is not None
    if room.incident.held or not room.incident.live:
        assert ladder.state is LadderState.STOPPED
        assert ladder.next_at is None
    else:
        assert ladder.state is not LadderState.STOPPED
        if ladder.state is LadderState.RUNNING:
            assert ladder.next_at is not None
            assert ladder.next_level is not None


@unhurried
@given(rooms(), stories)
def test_a_breach_on_the_timeline_is_a_breach_on_the_clock(room: Room, story: list[Moment]) -> None:
    play(room, story)
    incident = room.incident
    if incident.acknowledged_at is None and incident.live:
        room.keeper()
        incident = room.incident
    reading = clocks.read_response(incident, room.now)
    assert reading is not None
    if reading.state in (clocks.ResponseState.LATE, clocks.ResponseState.BREACHED):
        assert incident.breached
