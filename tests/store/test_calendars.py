"""Calendars in the store: claimed by one, kept for good, and asked anew each time (design 3.4, 7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from data.domain.codec import decode, encode
from data.domain.on_call import Calendar, OnCallShift
from data.domain.policy import Level
from data.domain.room import Definition, Kind
from data.domain.severity import Severity
from data.glance import glance
from data.store.commands import calendars as commands
from data.store.commands import incidents, leases, telling
from data.store.commands.calendars import CalendarClaim
from data.store.definitions import load_policy, upsert
from data.store.queries.board import board
from data.store.queries.calendars import calendar, calendars
from data.store.queries.people import handover_view, on_call_view
from data.store.store import Store
from data.store.tables import LEASE
from tests.store.room import CONTACTS, P1, START, Clock, Room, declare, definitions, done
from tests.store.test_plans import asked

LASTS, AGAIN = timedelta(minutes=1), timedelta(minutes=10)
AHEAD = START + timedelta(days=35)


def shift(begins: float, ends: float, *people: str) -> OnCallShift:
    """A shift between two hours from the start."""
    return OnCallShift(START + timedelta(hours=begins), START + timedelta(hours=ends), people)


def with_calendars(*levels: str) -> list[Definition]:
    found = []
    for item in definitions():
        if item.kind is Kind.LEVEL and item.id in levels:
            known: Level = decode(Level, item.spec)
            found.append(replace(item, spec=encode(replace(known, calendar="env:ICS"))))
    return found


def configure(room: Room, *levels: str) -> None:
    room.store.work(lambda connection, _: upsert(connection, with_calendars(*levels)))
    room.store.work(partial(commands.sync_calendars, levels=levels))


def claim(store: Store, holder: str = "one", level: str = "on-call") -> tuple[CalendarClaim, ...]:
    return store.work(partial(commands.claim_calendars, holder=holder, levels=(level,), lease=LASTS))


def fetched(room: Room, *shifts: OnCallShift, level: str = "on-call", warning: str = "") -> None:
    """Let a worker fetch a calendar that holds these shifts."""
    (mine,) = claim(room.store, level=level)
    keep = partial(
        commands.keep_calendar, claim=mine, shifts=shifts, until=AHEAD, again=AGAIN, warning=warning
    )
    assert room.store.work(keep)


def copy(room: Room, level: str = "on-call") -> Calendar:
    found = room.read(lambda connection: calendar(connection, level))
    assert found is not None
    return found


def answering(room: Room) -> list[str]:
    return [contact.name for contact in room.board.on_call[0].contacts]


class TestClaims:
    def test_one_of_many_fetches_and_the_next_only_after_its_time(
        self, room: Room, another: Callable[[], Store]
    ) -> None:
        configure(room, "on-call")
        other = another()
        (mine,) = claim(room.store)
        assert claim(other, "two") == ()
        room.store.work(partial(commands.keep_calendar, claim=mine, shifts=(), until=AHEAD, again=AGAIN))
        assert claim(other, "two") == ()
        room.clock.later(minutes=10)
        assert [item.level for item in claim(other, "two")] == ["on-call"]

    def test_a_worker_that_was_frozen_changes_nothing_any_more(self, room: Room) -> None:
        configure(room, "on-call")
        (late,) = claim(room.store)
        room.clock.later(minutes=1)
        fetched(room, shift(-1, 1, "lin"))
        before = copy(room)
        assert not room.store.work(
            partial(commands.keep_calendar, claim=late, shifts=(), until=AHEAD, again=AGAIN)
        )
        assert not room.store.work(partial(commands.calendar_failed, claim=late, why="gone", again=AGAIN))
        assert copy(room) == before

    def test_what_is_given_back_can_be_claimed_at_once(self, room: Room) -> None:
        configure(room, "on-call", "team-lead")
        claim(room.store)
        claim(room.store, "two", "team-lead")
        room.store.work(partial(commands.release_calendars, holder="one"))
        assert [len(claim(room.store, "three", level)) for level in ("on-call", "team-lead")] == [1, 0]

    def test_leases_of_checks_and_calendars_leave_each_other_alone(self, room: Room) -> None:
        configure(room, "on-call")
        room.store.work(lambda connection, now: leases.sync_leases(connection, (), now))
        room.store.work(partial(commands.sync_calendars, levels=("on-call",)))
        names = room.read(lambda connection: connection.execute(select(LEASE.c.id)).scalars().all())
        assert "calendar:on-call" in names

    def test_another_address_is_fetched_at_once(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room)
        assert room.read(lambda connection: commands.due_calendars(connection, room.clock())) == ()
        room.store.work(partial(commands.sync_calendars, levels=("on-call",), changed=("on-call",)))
        assert room.read(lambda connection: commands.due_calendars(connection, room.clock())) == ("on-call",)

    def test_a_level_that_loses_its_calendar_loses_the_copy_too(self, room: Room) -> None:
        configure(room, "on-call", "team-lead")
        fetched(room, shift(-1, 1, "lin"))
        room.store.work(partial(commands.sync_calendars, levels=("team-lead",)))
        assert room.read(calendars) == ()
        assert claim(room.store) == ()


class TestCopies:
    def test_a_failure_keeps_the_shifts_and_notes_why(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 99, "lin"))
        room.clock.later(minutes=10)
        (mine,) = claim(room.store)
        room.store.work(partial(commands.calendar_failed, claim=mine, why="HTTP\x1b 500", again=AGAIN))
        found = copy(room)
        assert (found.fetched_at, found.ok_at) == (room.clock(), START)
        assert found.trouble == "HTTP\ufffd 500"
        assert found.shifts == (shift(-1, 99, "lin"),)
        assert answering(room) == ["Lin Chen"]

    def test_shifts_that_ended_are_remembered_when_the_feed_forgets_them(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 1, "ada"), shift(1, 2, "lin"))
        room.clock.later(hours=2)
        fetched(room, shift(2, 3, "sam"))
        assert [item.people for item in copy(room).shifts] == [("ada",), ("lin",), ("sam",)]
        room.clock.later(days=31)
        fetched(room)
        assert copy(room).shifts == ()

    def test_a_shift_that_was_changed_before_its_end_is_not(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 9, "ada"))
        room.clock.later(hours=1)
        fetched(room, shift(-1, 1, "ada"), shift(1, 9, "lin"))
        assert copy(room).shifts == (shift(-1, 1, "ada"), shift(1, 9, "lin"))

    def test_a_warning_stands_beside_a_good_copy(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, warning="time zone Mars is not known")
        found = copy(room)
        assert (found.trouble, found.stale(room.clock())) == ("time zone Mars is not known", False)


class TestPolicy:
    def test_who_is_on_call_is_never_kept_in_memory(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 1, "lin"), shift(1, 2, "sam"))
        seen = []
        for _ in range(3):
            seen.append(answering(room))
            room.clock.later(hours=1)
        assert seen == [["Lin Chen"], ["Sam Okafor"], ["Ada Lovelace"]]

    def test_a_command_counts_by_its_own_instant(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 1, "lin"), shift(1, 2, "sam"))
        told = []
        for _ in range(2):
            key = done(room.do(incidents.declare, "Down", P1)).key
            told += [event.data["contacts"] for event in room.history(key) if event.kind == "escalation"]
            room.clock.later(hours=1)
        assert told == [["Lin Chen"], ["Sam Okafor"]]

    def test_an_instant_may_be_named(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 1, "lin"), shift(1, 2, "sam"))
        later = room.read(lambda connection: load_policy(connection, START + timedelta(hours=1)))
        assert [contact.id for contact in later.on_call["on-call"]] == ["sam"]

    def test_calls_to_whoever_is_on_call_climb_when_nobody_answers(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 9, "sam"))
        key = done(room.do(incidents.declare, "Down", P1)).key
        answer = done(room.do(telling.record_call, key, "sam", "no-answer"))
        assert "is next" in answer.text

    def test_a_room_without_calendars_reads_none(self, room: Room) -> None:
        declare(room.store)
        with asked(room) as statements:
            for query in (board, on_call_view, handover_view, load_policy):
                room.read(query)
            done(room.do(incidents.acknowledge, "INC-1"))
        assert not [text for text, _ in statements if "calendar" in text.lower()]


class TestViews:
    def test_a_stranger_is_shown_and_somebody_else_is_told(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 4, "Eve Moneypenny"))
        person = room.board.on_call[0]
        assert (answering(room), person.strangers, person.until) == (
            ["Ada Lovelace"],
            ("Eve Moneypenny",),
            None,
        )

    def test_the_board_says_until_when_and_what_is_wrong(self, room: Room) -> None:
        configure(room, "on-call")
        assert room.board.on_call[0].stale
        fetched(room, shift(-1, 4, "lin"), shift(-1, 3, "sam"))
        person = room.board.on_call[0]
        assert (person.until, person.stale) == (START + timedelta(hours=3), False)
        room.clock.later(minutes=26)
        assert room.board.on_call[0].stale

    def test_now_next_gaps_and_contacts_of_each_level(self, room: Room) -> None:
        configure(room, "on-call")
        fetched(room, shift(-1, 4, "lin"), shift(6, 400, "sam"))
        first, second, *_ = room.read(on_call_view).levels
        assert [turn.contact.id for turn in first.now] == ["lin"]
        assert [(turn.contact.id, turn.starts) for turn in first.next] == [
            ("sam", START + timedelta(hours=6))
        ]
        assert [(gap.starts, gap.ends) for gap in first.gaps] == [
            (START + timedelta(hours=4), START + timedelta(hours=6))
        ]
        assert (second.calendar, second.now, [item.id for item in second.answering]) == (None, (), ["lin"])


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
@pytest.mark.parametrize("hours", [0, 1, 5, 50])
def test_the_first_glance_sees_the_same_board(room: Room, folder: Path, clock: Clock, hours: int) -> None:
    configure(room, "on-call", "team-lead")
    fetched(room, shift(-1, 1, "ada"), shift(1, 6, "lin", "eve"), shift(6, 7, "sam"))
    key = done(room.do(incidents.declare, "Checkout down", Severity.P1)).key
    done(room.do(incidents.acknowledge, key))
    clock.later(hours=hours)
    assert glance(folder / "room.db", clock()) == room.board


def test_the_record_tells_of_shifts_and_of_a_stale_calendar_once(room: Room) -> None:
    configure(room, "on-call")
    fetched(room, shift(-1, 4, "lin", "sam"))
    for name in ("a", "a"):
        done(room.do(commands.tell_on_call, "on-call", by="keeper", command_id=name))
    room.clock.later(hours=4)
    done(room.do(commands.tell_on_call, "on-call", by="keeper", command_id="b"))
    done(room.do(commands.tell_calendar, "on-call", by="keeper", command_id="c"))
    assert [line.text for line in room.board.latest] == [
        "calendar of On-call engineer STALE",
        "On-call engineer: NOBODY on call",
        "On-call engineer: Lin Chen, Sam Okafor on call",
    ]


def test_hostile_shifts_are_stored_and_shown_as_text(room: Room) -> None:
    configure(room, "on-call")
    fetched(room, shift(-1, 4, "[@click=app.quit]x[/]", "' OR 1=1 --"))
    assert set(room.board.on_call[0].strangers) == {"[@click=app.quit]x[/]", "' OR 1=1 --"}
    assert CONTACTS[0].name in answering(room)


def count(connection: Connection) -> int:
    return len(connection.execute(select(LEASE.c.id)).all())


def test_syncing_twice_is_once(room: Room) -> None:
    configure(room, "on-call")
    before = room.read(count)
    configure(room, "on-call")
    assert room.read(count) == before
