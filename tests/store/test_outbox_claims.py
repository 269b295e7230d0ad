"""Who sends what: claims with a fence, one holder at a time, nothing after an acknowledgement (design 7)."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from data.domain.codec import encode
from data.domain.delivery import Delivery, DeliveryState
from data.domain.incident import Disposition
from data.domain.outbox import LEASE
from data.domain.room import Definition, Kind
from data.store.commands import incidents, outbox, rooms, telling
from data.store.definitions import load_policy
from data.store.store import Store
from tests.store.outgoing import (
    ARRIVED,
    BUSY,
    REFUSED,
    claimed,
    reach,
    rows,
    sent,
    settled,
    states,
)
from tests.store.room import P1, START, Room, done, refused

WAITING, SENDING, SENT, FAILED, SUPPRESSED = DeliveryState
FIRST, SECOND = "3:contact:ada:0", "3:contact:ada:1"


@pytest.fixture
def room(room: Room) -> Room:
    """A room with a page to Ada in its outbox."""
    reach(room)
    done(room.do(incidents.declare, "Checkout returns 503", P1))
    return room


def test_what_is_claimed_is_nobody_elses_until_its_holder_falls_silent(
    room: Room, another: Callable[[], Store]
) -> None:
    other = another()
    (mine,) = claimed(room.store)
    assert (mine.id, mine.fence, mine.state) == (FIRST, 1, SENDING)
    assert claimed(other) == ()
    room.clock.later(seconds=LEASE.total_seconds() - 1)
    assert claimed(other) == ()
    room.clock.later(seconds=1)
    (theirs,) = claimed(other)
    assert (theirs.id, theirs.fence) == (FIRST, 2)
    assert (theirs.subject, theirs.body, theirs.created_at) == (mine.subject, mine.body, START)
    settled(room, [mine], ARRIVED)
    assert states(room) == {FIRST: SENDING}, "the late word of a frozen holder counts for nothing"
    settled(room, [mine], REFUSED)
    assert states(room) == {FIRST: SENDING}
    assert "undelivered" not in room.kinds("INC-1")
    settled(room, [theirs], ARRIVED)
    assert states(room) == {FIRST: SENT}


def test_what_a_try_came_to_counts_once(room: Room) -> None:
    items = claimed(room.store)
    settled(room, items, REFUSED)
    settled(room, items, REFUSED)
    assert room.kinds("INC-1").count("undelivered") == 1
    assert states(room) == {FIRST: FAILED, SECOND: WAITING}


def test_many_workers_at_once_send_each_message_once(room: Room, another: Callable[[], Store]) -> None:
    for number in range(30):
        done(room.do(incidents.declare, f"Outage {number}", P1))
    taken: list[str] = []

    def work(store: Store) -> None:
        while items := claimed(store, holder=threading.current_thread().name):
            taken.extend(item.id for item in items)
            store.work(lambda connection, now: outbox.settle(connection, now, [(i, ARRIVED) for i in items]))

    together([partial(work, another()) for _ in range(4)])
    assert Counter(taken) == Counter({name: 1 for key in range(1, 32) for name in rows(room, f"INC-{key}")})


def together(jobs: list[Callable[[], None]]) -> None:
    """Run jobs at once; whatever one of them raises, this does."""
    errors: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - it is raised where the test sees it
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_nothing_is_claimed_after_it_was_acknowledged(room: Room, another: Callable[[], Store]) -> None:
    count = 25
    for number in range(count):
        done(room.do(incidents.declare, f"Outage {number}", P1))
    people, worker = another(), another()
    acknowledged: dict[int, float] = {}
    claims: dict[int, float] = {}
    over = threading.Event()

    def acknowledge() -> None:
        for number in range(1, count + 2):
            done(people.write(partial(incidents.acknowledge, key=f"INC-{number}"), by="lin"))
            acknowledged[number] = time.monotonic()
        over.set()

    def send() -> None:
        while not over.is_set():
            began = time.monotonic()
            due = [f"{3 + 2 * n}:contact:ada:0" for n in range(len(claims), len(claims) + 2)]
            for item in claimed(worker, only=due):
                claims[item.incident or 0] = began

    together([acknowledge, send])
    assert all(began <= acknowledged[number] for number, began in claims.items())
    claimed(worker)
    for number in range(1, count + 2):
        (page,) = rows(room, f"INC-{number}").values()
        assert page.state is (SENDING if number in claims else SUPPRESSED)


class TestTriesAndWays:
    def test_three_tries_then_the_next_way_then_the_next_level(self, room: Room) -> None:
        for wait in (5, 15):
            assert sent(room, BUSY) == [FIRST]
            room.clock.later(seconds=wait - 1)
            assert claimed(room.store) == ()
            room.clock.later(seconds=1)
        assert sent(room, BUSY) == [FIRST]
        assert states(room) == {FIRST: FAILED, SECOND: WAITING}
        failed = room.history("INC-1")[-1]
        assert (failed.kind, failed.by) == ("undelivered", "escalation")
        assert failed.data == {
            "kind": "page",
            "target": "Ada Lovelace",
            "audience": "",
            "why": "HTTP 503 Service Unavailable",
            "next_way": True,
        }
        assert sent(room, REFUSED) == [SECOND], "the next way is tried at once, and this one is hopeless"
        assert room.kinds("INC-1")[-2:] == ["undelivered", "unreached"]
        rung = room.incident("INC-1").ladder
        assert rung is not None
        assert (rung.next_level, rung.next_at) == ("team-lead", room.clock.now + timedelta(minutes=2))

    def test_nobody_is_unreached_while_somebody_else_of_the_level_may_hear_it(self, room: Room) -> None:
        levels = [
            Definition(Kind.LEVEL, level.id, encode(replace(level, contacts=("ada", "lin"))))
            for level in room.read(load_policy).levels
        ]
        done(room.do(rooms.apply, levels, [], ["two on each level"]))
        done(room.do(incidents.declare, "Search slow", P1))
        ada, lin = sorted(name for name in rows(room, "INC-2"))
        for name in (ada, ada.replace(":0", ":1")):
            settled(room, claimed(room.store, only=[name]), REFUSED)
        assert "unreached" not in room.kinds("INC-2")
        settled(room, claimed(room.store, only=[lin]), REFUSED)
        assert room.kinds("INC-2")[-1] == "unreached"

    def test_an_earlier_level_that_fails_late_hurries_nobody(self, room: Room) -> None:
        first = claimed(room.store)
        done(room.do(telling.escalate, "INC-1"))
        settled(room, first, REFUSED)
        settled(room, claimed(room.store, only=[SECOND]), REFUSED)
        assert "unreached" not in room.kinds("INC-1")

    def test_a_failure_is_no_news_once_somebody_has_it(self, room: Room) -> None:
        items = claimed(room.store)
        done(room.do(incidents.acknowledge, "INC-1", by="lin"))
        settled(room, items, REFUSED)
        assert states(room) == {FIRST: SUPPRESSED}
        assert "undelivered" not in room.kinds("INC-1")

    def test_a_contact_that_is_gone_has_no_next_way(self, room: Room) -> None:
        items = claimed(room.store)
        done(room.do(rooms.apply, [], [Definition(Kind.CONTACT, "ada", {})], ["ada left"]))
        settled(room, items, REFUSED)
        assert states(room) == {FIRST: FAILED}
        assert room.history("INC-1")[-2].data["target"] == "ada"


class TestAgain:
    def test_a_person_puts_back_what_was_given_up(self, room: Room) -> None:
        sent(room, REFUSED)
        room.clock.later(minutes=1)
        done(room.do(outbox.retry, FIRST, by="lin"))
        retried = room.history("INC-1")[-1]
        assert (retried.kind, retried.by, retried.data["target"]) == ("retried", "lin", "Ada Lovelace")
        assert FIRST in sent(room)
        assert states(room)[FIRST] is SENT

    def test_also_while_somebody_has_it(self, room: Room) -> None:
        sent(room, REFUSED)
        done(room.do(incidents.acknowledge, "INC-1", by="lin"))
        done(room.do(outbox.retry, FIRST, by="lin"))
        assert sent(room) == [FIRST]

    def test_only_what_was_given_up(self, room: Room) -> None:
        assert "it is waiting" in refused(room.do(outbox.retry, FIRST))
        sent(room)
        assert "it is sent" in refused(room.do(outbox.retry, FIRST))
        assert "no such message" in refused(room.do(outbox.retry, "nothing"))

    def test_nobody_is_woken_for_what_is_over(self, room: Room) -> None:
        sent(room, REFUSED)
        done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
        assert "INC-1 is resolved" in refused(room.do(outbox.retry, FIRST))


def test_a_message_is_stored_clean(room: Room) -> None:
    done(room.do(incidents.declare, "[@click=app.quit]x\x1b[31m\u202e", P1))
    (page,) = rows(room, "INC-2").values()
    assert "\x1b" not in page.subject + page.body
    assert "\u202e" not in page.subject + page.body
    settled(room, claimed(room.store, only=[page.id]), replace(REFUSED, result="bad\x1b]52;c;x\x07\n" * 99))
    kept: Delivery = rows(room, "INC-2")[page.id]
    assert "\x1b" not in kept.result
    assert len(kept.result) <= 300
