"""What consoles write of themselves: who is here, how far was read, what was typed; none of it an event."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from data.domain.presence import Present, others_at, process_of, writing_too
from data.store.commands import drafts, looked, presence, workers
from data.store.commands.leases import claim, sync_leases
from data.store.definitions import load_checks
from data.store.queries.drafts import draft
from data.store.queries.looked import looked as looked_query
from data.store.queries.presence import present, working
from data.store.store import Store
from tests.store.room import START, Room


def sits(store: Store, holder: str, operator: str, **more: object) -> None:
    given: dict[str, object] = {"host": "laptop", "view": "board", "writing": ""}
    given |= {
        "incident": None,
        "key_at": None,
        "since": START,
        "holder": holder,
        "operator": operator,
        **more,
    }
    store.work(lambda connection, now: presence.here(connection, now, **given))  # type: ignore[arg-type]


def here(room: Room) -> tuple[Present, ...]:
    return room.read(lambda connection: present(connection, room.clock.now))


def test_who_is_here_is_seen_by_everybody_and_gone_after_fifteen_silent_seconds(
    room: Room, another: Callable[[], Store]
) -> None:
    seq = room.seq
    sits(room.store, "a", "ada", view="incident", incident=3, writing="executives, product")
    sits(another(), "b", "lin")
    ada, lin = here(room)
    assert (ada.operator, ada.incident, ada.writing) == ("ada", "INC-3", ("executives", "product"))
    assert (lin.operator, lin.incident, lin.writing) == ("lin", "", ())
    room.clock.later(seconds=10)
    sits(room.store, "a", "ada", view="board", key_at=room.clock.now)
    assert [(item.operator, item.view, item.key_at) for item in here(room)] == [
        ("ada", "board", room.clock.now),
        ("lin", "board", None),
    ]
    room.clock.later(seconds=6)
    assert [item.operator for item in here(room)] == ["ada"]
    room.store.work(partial(presence.gone, holder="a"))
    assert here(room) == ()
    assert room.seq == seq
    room.look()


def test_a_console_that_was_killed_leaves_its_row_for_an_hour(room: Room) -> None:
    sits(room.store, "a", "ada")
    room.clock.later(minutes=61)
    sits(room.store, "b", "lin")
    assert len(room.read(lambda connection: present(connection, START))) == 1


@pytest.mark.parametrize(
    ("audiences", "found"),
    [
        (("executives",), [("lin", ("executives",))]),
        (("product", "executives"), [("lin", ("executives",)), ("sam", ("product",))]),
        (("customers",), []),
        ((), []),
    ],
)
def test_who_writes_to_the_same_audience_is_told(
    audiences: tuple[str, ...], found: list[tuple[str, tuple[str, ...]]]
) -> None:
    def at(holder: str, operator: str, incident: str, *writing: str) -> Present:
        return Present(holder, operator, "laptop", "incident", START, START, incident, writing)

    people = (
        at("1", "sam", "INC-1", "product"),
        at("2", "lin", "INC-1", "executives", "support"),
        at("3", "tess", "INC-2", "executives", "product"),
        at("4", "ada", "INC-1", "executives", "product", "customers"),  # this console itself
    )
    assert [item.operator for item in others_at(people, "INC-1", "4")] == ["lin", "sam"]
    told = writing_too(people, "INC-1", "4", audiences)
    assert [(item.operator, names) for item, names in told] == found


def test_each_operator_has_read_as_far_as_they_did_and_never_less(room: Room) -> None:
    def read(operator: str, seq: int) -> None:
        note = partial(looked.look, operator=operator, incident=1, seq=seq)
        room.store.work(note)

    def far(operator: str) -> tuple[int, timedelta] | None:
        found = room.read(lambda connection: looked_query(connection, operator, "INC-1"))
        return None if found is None else (found.seq, found.at - START)

    assert far("ada") is None
    read("ada", 7)
    room.clock.later(minutes=3)
    read("ada", 12)
    read("lin", 9)
    assert far("ada") == (12, timedelta(minutes=3))
    assert far("lin") == (9, timedelta(minutes=3))
    room.clock.later(minutes=1)
    read("ada", 5)  # a console that was slower
    assert far("ada") == (12, timedelta(minutes=3))
    assert room.read(lambda connection: looked_query(connection, "ada", "INC-2")) is None


def test_a_draft_is_kept_for_whoever_typed_it_until_it_is_sent(room: Room) -> None:
    def kept(operator: str) -> str | None:
        found = room.read(lambda connection: draft(connection, operator, "update:INC-1"))
        return None if found is None else found.text

    def keep(operator: str, text: str) -> None:
        named = {"operator": operator, "key": "update:INC-1", "text": text, "data": {"seen": "before"}}
        room.store.work(lambda connection, now: drafts.keep(connection, now, **named))  # type: ignore[arg-type]

    keep("ada", "the pool")
    keep("lin", "mine")
    keep("ada", "the pool is full\x1b[31m")
    assert kept("ada") == "the pool is full�[31m"
    assert kept("lin") == "mine"
    assert kept("sam") is None
    room.store.work(partial(drafts.drop, operator="ada", key="update:INC-1"))
    assert (kept("ada"), kept("lin")) == (None, "mine")
    room.clock.later(days=31)
    keep("sam", "later")
    assert (kept("lin"), kept("sam")) == (None, "later")


def test_who_works_on_what_is_seen_under_one_name(room: Room) -> None:
    def seen() -> list[tuple[str, bool, tuple[tuple[str, tuple[str, ...]], ...]]]:
        found = room.read(lambda connection: working(connection, room.clock.now))
        return [(item.process, item.worker is not None, item.names) for item in found]

    def at_work(connection: Connection, now: datetime) -> None:
        workers.present(connection, now, holder="watch db1:5e1f", host="db1", form="watch", since=START)

    room.store.work(lambda connection, now: sync_leases(connection, load_checks(connection), now))
    room.store.work(at_work)
    assert seen() == [("watch db1:5e1f", True, ())]
    room.clock.later(minutes=1)
    room.store.work(at_work)
    room.store.work(lambda connection, now: claim(connection, now, "watch db1:5e1f checks", {"search-api"}))
    checks = (("check", ("search-api",)),)
    assert seen() == [("watch db1:5e1f", True, checks)]
    room.store.work(partial(workers.gone, holder="watch db1:5e1f"))
    assert seen() == [("watch db1:5e1f", False, checks)]  # it has not given it back
    room.clock.later(minutes=1)  # its lease has run out
    assert seen() == []


@pytest.mark.parametrize(
    ("holder", "process"),
    [
        ("watch db1:5e1f checks", "watch db1:5e1f"),
        ("watch db1:5e1f alerts", "watch db1:5e1f"),
        ("console fe80::1:5e1f", "console fe80::1:5e1f"),
        ("doomed checks", "doomed"),
        ("", ""),
    ],
)
def test_a_claim_names_its_process(holder: str, process: str) -> None:
    assert process_of(holder) == process
