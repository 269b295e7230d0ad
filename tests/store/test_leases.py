"""Who probes what: claims with a fence, handed on when their holder is gone, never held twice."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from data.domain.change import Refused
from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import CheckState, ShiftKind
from data.store.commands import incidents
from data.store.commands.checks import Finished, finish, prune, read_healths
from data.store.commands.leases import LEASE_FOR, Claim, claim, release, sync_leases
from data.store.queries.health import results
from data.store.store import Store
from data.store.tables import LEASE, PROBE
from data.store.unit import Answer, Write
from tests.store.room import CHECKS, P1, START, Room, done

API, SEARCH = CHECKS
MINE = {check.id for check in CHECKS}


@pytest.fixture
def shop(room: Room) -> Room:
    """A room whose checks are all due."""
    room.store.work(lambda connection, now: sync_leases(connection, CHECKS, now))
    room.clock.later(minutes=1)
    return room


def take(room: Room, holder: str, mine: set[str] | None = None, most: int = 500) -> dict[str, Claim]:
    """Claim what is due, as one worker."""
    wanted = MINE if mine is None else mine
    claims = room.store.work(lambda connection, now: claim(connection, now, holder, wanted, most=most))
    return {item.check: item for item in claims}


def bring(room: Room, claims: dict[str, Claim], outcome: Outcome = Outcome.FAIL) -> list[str]:
    """Finish claims with an outcome each; return the checks whose result counted."""
    reason = Reason.REFUSED if outcome is Outcome.FAIL else Reason.OK
    batch = [Finished(item, Result(room.clock.now, outcome, reason)) for item in claims.values()]
    known = {check.id: check for check in CHECKS}
    healths, _ = room.store.work(lambda connection, now: finish(connection, now, known, batch))
    return sorted(health.check for health in healths)


def lease(room: Room, check: Check) -> dict[str, object]:
    row = room.read(
        lambda connection: (
            connection.execute(select(LEASE).where(LEASE.c.id == f"check:{check.id}")).mappings().one()
        )
    )
    return dict(row)


def test_what_is_due_is_claimed_by_one_and_then_handed_on(shop: Room) -> None:
    first = take(shop, "laptop")
    assert set(first) == MINE
    assert take(shop, "server") == {}, "nobody claims what is held"
    shop.clock.later(seconds=2)
    assert bring(shop, first) == sorted(MINE)
    assert lease(shop, API)["holder"] == ""
    assert take(shop, "server") == {}, "not due yet"
    shop.clock.later(seconds=10)
    again = take(shop, "server")
    assert set(again) == MINE, "soft failures are tried again soon"
    assert again[API.id].fence == first[API.id].fence + 1


def test_a_killed_holder_is_replaced_and_a_frozen_one_refused(shop: Room) -> None:
    frozen = take(shop, "laptop")
    shop.clock.later(seconds=LEASE_FOR.total_seconds() - 1)
    assert take(shop, "server") == {}
    shop.clock.later(seconds=1)
    taken = take(shop, "server")
    assert set(taken) == MINE
    assert bring(shop, frozen) == [], "the late result counts for nothing"
    assert shop.read(lambda connection: results(connection, API.id)) == ()
    assert lease(shop, API)["holder"] == "server"
    assert bring(shop, taken, Outcome.PASS) == sorted(MINE)
    assert bring(shop, taken, Outcome.PASS) == sorted(MINE), "a repeated batch is harmless"
    assert len(shop.read(lambda connection: results(connection, API.id))) == 1


def test_a_late_result_is_refused_even_when_nobody_holds_it_any_more(shop: Room) -> None:
    frozen = take(shop, "laptop")
    shop.clock.later(minutes=1)
    bring(shop, take(shop, "server"), Outcome.PASS)
    before = lease(shop, API)
    assert bring(shop, frozen) == []
    assert lease(shop, API) == before


def test_given_back_it_is_claimed_at_once(shop: Room) -> None:
    take(shop, "laptop")
    shop.store.work(lambda connection, now: release(connection, "somebody else"))
    assert take(shop, "server") == {}
    shop.store.work(lambda connection, now: release(connection, "laptop"))
    assert set(take(shop, "server")) == MINE


def test_a_worker_claims_only_what_it_can_probe_however_much_else_is_due(shop: Room) -> None:
    assert set(take(shop, "laptop", {SEARCH.id}, most=1)) == {SEARCH.id}
    assert set(take(shop, "server", {API.id}, most=1)) == {API.id}
    assert take(shop, "third") == {}


def test_three_failures_in_a_row_are_down_whoever_looked(shop: Room) -> None:
    for holder in ("laptop", "server", "laptop"):
        bring(shop, take(shop, holder))
        shop.clock.later(seconds=11)
    health = shop.read(lambda connection: read_healths(connection, [API.id]))[API.id]
    assert health.state is CheckState.DOWN
    batch = [Finished(take(shop, "server")[API.id], Result(shop.clock.now, Outcome.PASS, Reason.OK))]
    known = {API.id: API}
    shop.store.work(lambda connection, now: finish(connection, now, known, batch))
    shop.clock.later(seconds=60)
    batch = [Finished(take(shop, "server")[API.id], Result(shop.clock.now, Outcome.PASS, Reason.OK))]
    _, shifts = shop.store.work(lambda connection, now: finish(connection, now, known, batch))
    assert [shift.kind for shift in shifts] == [ShiftKind.UP]


def test_leases_follow_the_configuration(shop: Room) -> None:
    slow = replace(SEARCH, every=timedelta(hours=6))
    shop.store.work(lambda connection, now: sync_leases(connection, [slow], now))
    assert set(take(shop, "laptop")) == {SEARCH.id}, "what is no more is not looked at"
    known = {SEARCH.id: slow}
    batch = [Finished(Claim(SEARCH.id, shop.clock.now, 1), Result(shop.clock.now, Outcome.PASS, Reason.OK))]
    shop.store.work(lambda connection, now: finish(connection, now, known, batch))
    shop.clock.later(minutes=2)
    assert take(shop, "laptop") == {}
    shop.store.work(lambda connection, now: sync_leases(connection, CHECKS, now))
    shop.clock.later(minutes=1)
    assert set(take(shop, "laptop")) == MINE, "a shortened interval does not wait for the old due"


@pytest.mark.parametrize(
    ("every", "kept"),
    [(timedelta(seconds=10), 1000), (timedelta(minutes=10), 145), (timedelta(hours=7), 4)],
)
def test_history_is_the_last_thousand_or_one_day_whichever_is_less(
    room: Room, every: timedelta, kept: int
) -> None:
    nothing: dict[str, object] = dict.fromkeys(
        ("status", "connect", "tls", "first_byte", "total", "certificate_until")
    )
    words = {"outcome": "pass", "reason": "ok", "detail": ""}

    def fill(connection: Connection, now: datetime) -> None:
        for check in ("checkout-api", "other"):
            rows = [{"check_id": check, "at": now - every * n, **words, **nothing} for n in range(1500)]
            connection.execute(PROBE.insert(), rows)

    room.store.work(fill)
    assert room.store.work(lambda connection, now: prune(connection, now, API.id)) == 1500 - kept
    left = room.read(lambda connection: results(connection, API.id, 2000))
    assert len(left) == kept
    assert left[-1].at == START
    assert len(room.read(lambda connection: results(connection, "other", 2000))) == 1500
    assert room.store.work(lambda connection, now: prune(connection, now, API.id)) == 0


def test_two_workers_at_once_never_hold_the_same(shop: Room, another: Callable[[], Store]) -> None:
    many = tuple(Check(f"c{number}", "checkout", "https://x.example") for number in range(60))
    names = {check.id for check in many}
    shop.store.work(lambda connection, now: sync_leases(connection, many, now))
    shop.clock.later(minutes=5)
    begin = threading.Barrier(4)
    claimed: dict[str, list[Claim]] = {}

    def work(holder: str, store: Store) -> None:
        mine = claimed.setdefault(holder, [])
        begin.wait()
        while got := store.work(
            lambda connection, now: claim(connection, now, holder, names, most=7, lease=timedelta(hours=1))
        ):
            mine += got

    stores = [another() for _ in range(4)]
    threads = [threading.Thread(target=work, args=(f"w{n}", store)) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [item.check for mine in claimed.values() for item in mine]
    assert sorted(held) == sorted(names)


@pytest.mark.parametrize("where", ["postgres"], indirect=True)
def test_writers_in_each_others_way_are_both_served(shop: Room, another: Callable[[], Store]) -> None:
    worker, operator = another(), another()
    met = threading.Barrier(2)
    tries: list[str] = []

    def lock_lease(connection: Connection) -> None:
        connection.execute(update(LEASE).where(LEASE.c.id == f"check:{API.id}").values(holder="x"))

    def meet(who: str) -> None:
        tries.append(who)
        if tries.count(who) == 1:
            met.wait()

    def probe(connection: Connection, now: datetime) -> None:
        lock_lease(connection)
        meet("worker")
        Write(connection, now, "keeper", "", "x").finish()

    def configure(write: Write) -> Answer | Refused:
        meet("operator")
        lock_lease(write.connection)
        return incidents.declare(write, "Checkout down", P1)

    thread = threading.Thread(target=worker.work, args=(probe,))
    thread.start()
    done(operator.write(configure, by="ada"))
    thread.join()
    assert len(tries) >= 3, "the database undid one of them, and it was run again"
    shop.look()
    assert shop.kinds("INC-1").count("declared") == 1
