"""Who asks which source of alerts: one at a time, handed on when its holder is gone, never late."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from data.domain.room import Source
from data.store.commands import source_leases
from data.store.commands.source_leases import SourceClaim, next_due
from data.store.store import Store
from data.store.tables import LEASE
from tests.store.room import START, Room

PROD = Source("prod", "alertmanager", ("http://am.example",))
TEST = Source("test", "alertmanager", ("http://am.test.example",), every=timedelta(minutes=1))
LASTS = timedelta(seconds=15)


@pytest.fixture
def fed(room: Room) -> Room:
    """A room with two sources, both due."""
    sync(room, PROD, TEST)
    return room


def sync(room: Room, *sources: Source) -> None:
    room.store.work(lambda connection, now: source_leases.sync(connection, now, sources=sources))


def take(store: Store, holder: str, *names: str) -> dict[str, SourceClaim]:
    mine = dict.fromkeys(names or ("prod", "test"), LASTS)
    claims = store.work(
        lambda connection, now: source_leases.claim(connection, now, holder=holder, mine=mine)
    )
    return {claim.source: claim for claim in claims}


def give(room: Room, claim: SourceClaim, every: timedelta = PROD.every) -> bool:
    """Write a result, as one worker; True when it counted."""

    def work(connection: Connection, now: datetime) -> bool:
        if not source_leases.holds(connection, claim):
            return False
        source_leases.finish(connection, claim, next_due=next_due(claim.due, every, now))
        return True

    return room.store.work(work)


def due(room: Room) -> set[str]:
    return set(room.read(lambda connection: source_leases.due(connection, room.clock.now)))


def test_a_new_source_is_asked_at_once_by_one(fed: Room) -> None:
    assert due(fed) == {"prod", "test"}
    claims = take(fed.store, "ada")
    assert set(claims) == {"prod", "test"}
    assert due(fed) == set()
    assert take(fed.store, "lin") == {}
    assert give(fed, claims["prod"])
    assert take(fed.store, "lin") == {}, "it is not due yet"
    fed.clock.later(seconds=15)
    assert take(fed.store, "lin")["prod"].fence == 2


def test_only_what_a_host_can_ask_is_claimed(fed: Room) -> None:
    assert set(take(fed.store, "ada", "test")) == {"test"}
    assert due(fed) == {"prod"}


def test_a_silent_holder_is_replaced_and_refused_when_it_comes_back(fed: Room) -> None:
    frozen = take(fed.store, "ada", "prod")["prod"]
    fed.clock.later(seconds=14)
    assert take(fed.store, "lin", "prod") == {}
    fed.clock.later(seconds=1)
    taken = take(fed.store, "lin", "prod")["prod"]
    assert not give(fed, frozen)
    assert give(fed, taken)
    assert not give(fed, taken), "given back, it counts no more"


def test_a_source_that_is_gone_takes_no_result(fed: Room) -> None:
    claim = take(fed.store, "ada")["prod"]
    sync(fed, TEST)
    assert not give(fed, claim)
    sync(fed, PROD, TEST)
    assert due(fed) == {"prod"}


def test_a_shorter_interval_counts_at_once(fed: Room) -> None:
    assert give(fed, take(fed.store, "ada")["test"], TEST.every)
    sync(fed, PROD, replace(TEST, every=timedelta(seconds=10)))
    assert "test" in due(fed)


def test_checks_keep_their_leases(fed: Room) -> None:
    sync(fed)
    left = fed.read(lambda connection: connection.execute(select(LEASE.c.id)).scalars().all())
    assert not [key for key in left if key.startswith("source:")]


def test_two_consoles_never_hold_a_source_at_once(fed: Room, another: Callable[[], Store]) -> None:
    stores = [fed.store, another(), another()]
    for _ in range(10):
        taken: list[str] = []
        gate = threading.Barrier(len(stores))

        def grab(store: Store, taken: list[str] = taken, gate: threading.Barrier = gate) -> None:
            gate.wait()
            taken.extend(take(store, store.host))

        threads = [threading.Thread(target=grab, args=(store,)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken) == ["prod", "test"]
        fed.clock.later(minutes=2)


@given(
    late=st.timedeltas(timedelta(days=-1), timedelta(days=1)),
    every=st.timedeltas(timedelta(milliseconds=200), timedelta(hours=1)),
)
def test_the_next_due_is_ahead_by_one_interval_at_most(late: timedelta, every: timedelta) -> None:
    planned, now = START, START + late
    due = next_due(planned, every, now)
    assert now < due <= now + every
    if late >= timedelta(0):
        assert (due - planned) % every == timedelta(0), "it drifts not"
