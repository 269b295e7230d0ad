"""What a check found stays for thirty days, a minute a row, when its single results are long forgotten."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, insert, select

from data.domain.check import Check
from data.domain.report import By
from data.domain.uptime import CheckUptime
from data.report_views import lines, to_json
from data.store.commands import incidents, rollups
from data.store.queries.health import results
from data.store.queries.reports import report_of
from data.store.queries.uptime import check_uptime, day_uptimes
from data.store.tables import CHECK_STATE, COMMAND, INCIDENT, PROBE
from data.store.tables_outside import CHECK_MINUTE
from data.text_table import plain
from tests.store.room import P2, START, Room, done

API = Check("checkout-api", "checkout", "https://x.example", every=timedelta(seconds=15))
NOTHING: dict[str, object] = dict.fromkeys(("status", "connect", "tls", "first_byte", "certificate_until"))
HOUR = timedelta(hours=1)


def measure(room: Room, begin: datetime, lasting: timedelta, outcome: str = "pass") -> None:
    """Let the check be looked at for a while."""
    looks = [
        {"check_id": API.id, "at": begin + API.every * n, "outcome": outcome, "reason": "ok", "detail": ""}
        | {**NOTHING, "total": 0.04}
        for n in range(lasting // API.every)
    ]
    room.store.work(lambda connection, now: connection.execute(insert(PROBE), looks))


def keep(room: Room) -> None:
    """Let the keeper sum up and forget."""
    room.store.work(lambda connection, now: rollups.keep_history(connection, now, [API]))
    room.store.work(lambda connection, now: rollups.tidy(connection, now, [API.id]))


def figures(room: Room) -> CheckUptime:
    return room.read(lambda connection: check_uptime(connection, API, room.clock.now))


def rows(room: Room) -> int:
    count = select(func.count()).select_from(CHECK_MINUTE)
    return room.read(lambda connection: connection.execute(count).scalar_one())


def test_a_night_of_results_is_a_night_of_minutes(room: Room) -> None:
    began = START.replace(second=0)
    measure(room, began, 5 * HOUR)
    measure(room, began + 5 * HOUR, HOUR, "fail")
    measure(room, began + 6 * HOUR, 2 * HOUR)
    room.clock.now = began + 8 * HOUR
    before = figures(room)
    assert before.day.down == HOUR
    assert before.day.up == 7 * HOUR
    keep(room)
    assert len(room.read(lambda connection: results(connection, API.id, 5000))) == 1000
    after = figures(room)
    assert (after.day, after.month) == (before.day, before.month), "forgetting changed the past"
    assert after.day.share == 7 / 8
    assert (after.mean, after.slowest) == (0.04, 0.04)
    assert room.read(lambda connection: day_uptimes(connection, [API], room.clock.now)) == {API.id: after.day}


def test_a_minute_is_written_once_whoever_writes_it(room: Room) -> None:
    measure(room, START, HOUR)
    room.clock.later(hours=2)
    keep(room)
    first = rows(room)
    for _ in range(3):
        room.clock.later(minutes=5)
        keep(room)
    assert rows(room) == first == 61
    measure(room, room.clock.now, timedelta(minutes=10))
    room.clock.later(minutes=30)
    keep(room)
    assert rows(room) == first + 11


def test_thirty_days_stay_and_no_more(room: Room) -> None:
    measure(room, START, HOUR, "fail")
    room.clock.later(hours=2)
    keep(room)
    room.clock.later(days=29)
    measure(room, room.clock.now - HOUR, HOUR)
    keep(room)
    found = figures(room)
    assert found.day.share == 1
    assert found.month.down == HOUR
    assert found.month.share == pytest.approx(0.5, abs=0.01)
    assert found.month.measured == pytest.approx(2 / 720, abs=0.001)
    room.clock.later(days=1, hours=1)
    keep(room)
    assert figures(room).month.down == timedelta()
    assert rows(room) == 61


def test_what_nobody_measured_is_neither_up_nor_down(room: Room) -> None:
    assert figures(room).month.share is None
    measure(room, START, timedelta(minutes=30))
    room.clock.later(hours=10)
    keep(room)
    measure(room, room.clock.now - timedelta(minutes=5), timedelta(minutes=5), "inconclusive")
    found = figures(room)
    assert found.day.up == timedelta(minutes=30)
    assert found.day.down == timedelta()
    assert found.day.share == 1


def test_a_check_that_is_no_more_is_forgotten_too(room: Room) -> None:
    def retired(connection: Connection, now: datetime) -> None:
        state = {"id": API.id, "state": "up", "health": {}, "updated_at": now}
        connection.execute(insert(CHECK_STATE), [state])

    measure(room, START, HOUR)
    room.store.work(retired)
    room.clock.later(hours=2)
    keep(room)
    room.clock.later(days=31)
    room.store.work(lambda connection, now: rollups.tidy(connection, now, []))
    assert rows(room) == 0
    assert room.read(lambda connection: results(connection, API.id)) == ()


def test_an_old_command_id_is_forgotten_and_a_fresh_one_is_not(room: Room) -> None:
    def known(connection: Connection) -> set[str]:
        return set(connection.execute(select(COMMAND.c.id)).scalars())

    done(room.do(incidents.declare, "Old", P2, command_id="old"))
    room.clock.later(days=6, hours=23)
    done(room.do(incidents.declare, "Fresh", P2, command_id="fresh"))
    keep(room)
    assert {"old", "fresh"} <= room.read(known)
    room.clock.later(hours=2)
    keep(room)
    assert room.read(known) & {"old", "fresh"} == {"fresh"}
    done(room.do(incidents.declare, "Fresh", P2, command_id="fresh"))
    known_incidents = room.read(lambda connection: connection.execute(select(INCIDENT.c.id)).all())
    assert len(known_incidents) == 2, "a repeat within the week is done once"


def test_a_report_by_service_says_how_long_each_was_up(room: Room) -> None:
    measure(room, START, 3 * HOUR)
    measure(room, START + 3 * HOUR, HOUR, "fail")
    room.clock.now = START + 4 * HOUR
    keep(room)
    found = room.read(lambda connection: report_of(connection, room.clock.now, None, By.SERVICE))
    text = plain(lines(found, 80))
    assert text.endswith("checkout  75.00 %  75.00 %       0 %  checkout-api"), text
    assert [(item["service"], item["month"]["uptime"]) for item in to_json(found)["uptimes"]] == [
        ("checkout", 0.75)
    ]
    assert not room.read(lambda connection: report_of(connection, room.clock.now, None, By.SEVERITY)).uptimes
