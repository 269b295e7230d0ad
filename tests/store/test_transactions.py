"""Readers see one moment, writers wait for each other, and a lost connection loses nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from data.domain.change import Refused
from data.store.commands import incidents
from data.store.errors import StoreError
from data.store.queries.board import board, seq
from data.store.store import Store, create_store, open_store
from data.store.unit import Answer, Write
from tests.store.postgres import Postgres
from tests.store.room import P1, Clock, Room, declare, done

ON_POSTGRES = pytest.mark.parametrize("where", ["postgres"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("where", ["sqlite"], indirect=True)


@ON_POSTGRES
def test_a_reader_sees_one_moment(room: Room, another: Callable[[], Store]) -> None:
    other = another()

    def look(connection: Connection) -> tuple[int, int, int]:
        before = seq(connection)
        declare(other)
        return before, seq(connection), len(board(connection).rows)

    assert room.read(look) == (0, 0, 0)
    assert len(room.board.rows) == 1


@ON_POSTGRES
def test_a_reader_cannot_write(room: Room) -> None:
    with pytest.raises(StoreError, match="25006"):
        room.read(lambda connection: connection.execute(text("DELETE FROM event")))


@ON_SQLITE
def test_a_commit_waits_for_a_reader_and_then_happens(room: Room, another: Callable[[], Store]) -> None:
    other = another()
    reading, written = threading.Event(), threading.Event()

    def slow(connection: Connection) -> int:
        found = seq(connection)
        reading.set()
        assert not written.wait(0.3), "a commit must not happen while somebody reads"
        return found

    found: list[int] = []
    reader = threading.Thread(target=lambda: found.append(room.read(slow)))
    reader.start()
    reading.wait()
    declare(other)
    written.set()
    reader.join()
    assert found == [0]
    room.look()


@ON_SQLITE
def test_a_reader_that_never_ends_stops_a_write_for_so_long_and_no_longer(
    room: Room, where: str, clock: Clock
) -> None:
    impatient = open_store(where, clock, busy=0.05)

    def endless(connection: Connection) -> None:
        seq(connection)
        for _ in range(3):
            with pytest.raises(StoreError, match="locked by another program"):
                declare(impatient)

    room.read(endless)
    room.look()
    assert room.seq == 0, "what was given up left nothing behind"
    declare(impatient)
    impatient.close()


@ON_POSTGRES
def test_a_write_whose_connection_is_lost_is_repeated_under_its_id(
    room: Room, postgres: Postgres, kept_database: str
) -> None:
    cuts = iter([True, False])

    def work(write: Write) -> Answer | Refused:
        answer = incidents.declare(write, "Checkout down", P1)
        if next(cuts):
            postgres.disconnect(kept_database)
        return answer

    with pytest.raises(StoreError, match=r"shutting down or starting|cannot be reached"):
        room.store.write(work, by="ada", command="7f3a")
    assert done(room.store.write(work, by="ada", command="7f3a")).key == "INC-1"
    assert done(room.store.write(work, by="ada", command="7f3a")).key == "INC-1"
    room.look()
    assert [row.key for row in room.board.rows] == ["INC-1"]


@ON_POSTGRES
def test_a_restarted_server_is_found_again_by_itself(
    room: Room, postgres: Postgres, kept_database: str
) -> None:
    declare(room.store)
    postgres.disconnect(kept_database)
    room.look()
    postgres.disconnect(kept_database)
    declare(room.store)


@ON_POSTGRES
def test_a_writer_that_sleeps_in_the_middle_does_not_hold_up_the_room(
    room: Room, another: Callable[[], Store]
) -> None:
    other = another()

    def sleep(write: Write) -> Answer | Refused:
        write.connection.execute(text("SET idle_in_transaction_session_timeout = '50ms'"))
        declare(other)  # waits for the counter until the database ends the sleeper
        return incidents.declare(write, "never was", P1)

    with pytest.raises(StoreError, match=r"asleep in the middle of a write|cannot be reached"):
        room.store.write(sleep, by="ada")
    room.look()
    assert [row.title for row in room.board.rows] == ["Checkout down"]


@ON_POSTGRES
def test_every_session_is_bounded(room: Room) -> None:
    shown = room.read(
        lambda connection: [
            connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("idle_in_transaction_session_timeout", "lock_timeout", "application_name")
        ]
    )
    assert shown == ["15s", "20s", "warroom"]


@ON_POSTGRES
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=1), timedelta(hours=-1)])
def test_how_far_the_databases_clock_is_ahead(room: Room, clock: Clock, ahead: timedelta) -> None:
    there = room.read(lambda connection: connection.execute(text("SELECT clock_timestamp()")).scalar_one())
    clock.now = there - ahead
    assert abs(room.store.server_offset() - ahead) < timedelta(minutes=1)


@ON_SQLITE
def test_a_file_has_no_clock_of_its_own(room: Room) -> None:
    assert room.store.server_offset() == timedelta()


def test_more_readers_than_connections_are_told_to_wait(room: Room, where: str, clock: Clock) -> None:
    store = open_store(where, clock)
    store.engine.pool._timeout = 0.01  # type: ignore[attr-defined]

    def nested(connection: Connection) -> int:
        return store.read(nested)

    with pytest.raises(StoreError, match="too much is asked of it at once"):
        store.read(nested)
    assert store.read(seq) == 0
    store.close()


@ON_POSTGRES
def test_what_is_no_store_says_so(room: Room, postgres: Postgres, clock: Clock) -> None:
    empty = postgres.create()
    with pytest.raises(StoreError, match="holds no store"):
        open_store(postgres.url(empty), clock)
    postgres.drop(empty)
    with pytest.raises(StoreError, match=r"room999.*there is no such database"):
        open_store(postgres.url("room999"), clock)
    with pytest.raises(StoreError, match="already holds a store"):
        create_store(room.store.where, clock)
    room.store.work(lambda connection, now: connection.execute(text("DELETE FROM counter")))
    with pytest.raises(StoreError, match=r"holds no store|lost its counter"):
        open_store(room.store.where, clock)


def test_a_lost_counter_stops_every_command(room: Room) -> None:
    room.store.work(lambda connection, now: connection.execute(text("DELETE FROM counter")))
    with pytest.raises(StoreError, match="lost its counter"):
        declare(room.store)


@pytest.mark.parametrize("strange", ["a\x00b", "\ud83d", "x" * 10_000, "\x1b[2J"])
def test_a_strange_id_or_name_is_cleaned_before_it_is_kept(room: Room, strange: str) -> None:
    for _ in range(2):
        answer = room.store.write(
            lambda write: incidents.declare(write, "Checkout down", P1), by=strange, command=strange
        )
        assert done(answer).key == "INC-1"
    room.look()
