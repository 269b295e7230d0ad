"""Looking back: every instant is the fold of what had happened by then; times are as people say them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import replay
from data.domain.change import Event, fold
from data.domain.replay import Record, parse_moment
from tests.domain.room import Room
from tests.domain.stories import Moment, play, rooms, stories

START = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
NOW = START + timedelta(hours=1)


def folded(events: list[Event], at: datetime) -> object:
    """What ``--at`` shows."""
    return fold([event for event in events if event.at <= at]) if events[0].at <= at else None


@pytest.mark.parametrize("every", [1, 3, 64])
@given(room=rooms(), story=stories, late=st.lists(st.integers(0, 900), max_size=6))
def test_every_instant_is_the_fold_of_what_had_happened_by_then(
    every: int, room: Room, story: list[Moment], late: list[int]
) -> None:
    play(room, story)
    events = room.history()
    for place, minutes in zip(range(len(events) - 1, 0, -2), late, strict=False):
        # written late: a breach tells of the instant of the due
        events[place] = replace(events[place], at=events[place].at - timedelta(minutes=minutes))
    before, replay.EVERY = replay.EVERY, every
    try:
        record = Record(events, {event.seq for event in events})
    finally:
        replay.EVERY = before
    instants = {event.at + timedelta(seconds=aside) for event in events for aside in (-1, 0, 1)}
    for at in sorted(instants, reverse=True):
        assert record.state(at) == folded(events, at)
        if record.state(at) is not None:
            assert record.happened(at) == tuple(event for event in events if event.at <= at)


@given(room=rooms(), story=stories)
def test_stepping_back_and_forth_meets_every_instant_once(room: Room, story: list[Moment]) -> None:
    play(room, story)
    events = room.history()
    told = {event.seq for event in events if event.kind != "clock"}
    record = Record(events, told)
    wanted = sorted({event.at for event in events if event.seq in told} | {events[0].at})
    back, at = [], record.before(NOW + timedelta(days=99))
    while at is not None:
        back.append(at)
        at = record.before(at)
    assert back == wanted[::-1]
    there, at = [], record.after(events[0].at - timedelta(seconds=1))
    while at is not None:
        there.append(at)
        at = record.after(at)
    assert there == wanted
    assert [record.place(at) for at in wanted] == [(n, len(wanted)) for n in range(1, len(wanted) + 1)]


@pytest.mark.parametrize(
    ("typed", "shown", "found"),
    [
        ("T+5m", "14:00:00", "13:51:11"),
        ("t + 1h", "14:00:00", "14:46:11"),
        ("T+03:51", "14:00:00", "13:50:02"),
        ("T+0:10:00", "14:00:00", "13:56:11"),
        ("-10m", "14:00:00", "13:50:00"),
        ("10m ago", "14:00:00", "13:50:00"),
        ("+2m", "14:00:00", "14:02:00"),
        ("13:50", "14:00:00", "13:50:00"),
        ("14:30:05", "14:00:00", "14:30:05"),
        ("15:30", "14:00:00", "14:30:00"),  # in the room's zone
        ("13:46Z", "14:00:00", "13:46:11"),  # the minute it began
        ("2026-11-24T14:46:11+01:00", "14:00:00", "13:46:11"),
    ],
)
def test_a_time_is_found_as_people_say_it(typed: str, shown: str, found: str) -> None:
    zone = ZoneInfo("Europe/Berlin") if typed == "15:30" else UTC
    at = parse_moment(typed, on_the_day(shown), START, NOW, zone, START)
    assert at == on_the_day(found)


def on_the_day(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}+00:00")


def test_over_several_days_a_time_of_day_is_the_nearest_to_what_is_shown() -> None:
    now = START + timedelta(days=3)
    for days in (1, 2):
        shown = START + timedelta(days=days)
        assert parse_moment("13:50", shown, START, now, UTC, START) - shown == timedelta(
            minutes=3, seconds=49
        )


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "'' is not an instant: write 13:50, T+5m, -10m or a full instant"),
        ("soon", "'soon' is not an instant: write 13:50"),
        ("T+", "'T+' is not an instant"),
        ("T+soon", "'T+soon' is not an instant"),
        ("25:00", "is not a time of day"),
        ("13:00", "2026-11-24T13:00:00Z is too early: the record begins 2026-11-24T13:46:11Z"),
        ("T+2h", "2026-11-24T15:46:11Z is still to come: now it is 2026-11-24T14:46:11Z"),
        ("-2h", "is too early"),
        ("T+" + "9" * 400, "is not an instant"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        parse_moment(typed, on_the_day("14:00:00"), START, NOW, UTC, START)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
