"""What view 2 says of the last day and the last thirty."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from console.screens.health import told
from data.domain.uptime import CheckUptime, Uptime
from data.store.tables import PROBE
from data.store.tables_outside import CHECK_MINUTE
from tests.console.room import SIZES, House, using

HOUR = timedelta(hours=1)
NOTHING: dict[str, object] = dict.fromkeys(
    ("status", "connect", "tls", "first_byte", "total", "certificate_until")
)


def figure(up: timedelta, down: timedelta = timedelta(), of: timedelta = 24 * HOUR) -> Uptime:
    return Uptime(up, down, of - up - down)


@pytest.mark.parametrize(
    ("day", "month", "says"),
    [
        (figure(timedelta()), figure(timedelta()), "uptime: not measured in the last 30 days"),
        (
            figure(24 * HOUR),
            figure(719 * HOUR, HOUR, 720 * HOUR),
            "uptime 24 h 100 % (measured 100 %)   30 d 99.86 % (measured 100 %)",
        ),
        (
            figure(timedelta()),
            figure(HOUR, HOUR, 720 * HOUR),
            "uptime 24 h — (measured 0s)   30 d 50.00 % (measured 2h)",
        ),
        (
            figure(20 * HOUR, timedelta(seconds=1)),
            figure(20 * HOUR, timedelta(seconds=1), 720 * HOUR),
            "uptime 24 h 99.99 % (measured 83 %)   30 d 99.99 % (measured 2 %)",
        ),
    ],
)
def test_an_uptime_is_told_with_how_much_of_it_is_known(day: Uptime, month: Uptime, says: str) -> None:
    assert told(CheckUptime("checkout-api", day, month)) == says


@pytest.mark.parametrize("size", SIZES)
async def test_a_check_with_a_past_shows_it(tmp_path: Path, size: tuple[int, int]) -> None:
    house = House(tmp_path)
    now = house.clock().replace(second=0, microsecond=0)
    minute = int(now.timestamp()) // 60

    def past(connection: Connection, at: object) -> None:
        minutes = {"check_id": "checkout-api", "passed": 4, "warned": 0, "unknown": 0, "slowest": 90}
        rows = [
            {**minutes, "minute": minute - n, "failed": 0, "up": 60_000 if n > 15 else 0, "answering": 160}
            | {"down": 0 if n > 15 else 60_000}
            for n in range(1, 61)
        ]
        connection.execute(insert(CHECK_MINUTE), rows)
        look = {"check_id": "checkout-api", "at": now, "outcome": "fail", "reason": "refused", "detail": ""}
        connection.execute(insert(PROBE), [{**look, **NOTHING}])

    house.others.store.work(past)
    async with using(house, size) as user:
        await user.press("2")
        await user.sees("checkout-api")
        if size[1] >= 24:
            await user.sees("uptime 24 h 7", "30 d 7", "mean 40 ms, slowest 90 ms")
