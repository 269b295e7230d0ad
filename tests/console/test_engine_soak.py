"""A minute that counts for half an hour: five hundred incidents, twenty checks, and memory that stays."""

import gc
import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from console.clock import Clock
from data.domain.check import Outcome, Reason
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.commands.checks import KEEP_RESULTS
from data.store.tables import PROBE
from tests.console.engine_room import Room, check, room, seconds, shops, until, working
from tests.store.sound import check_sound

SCALE = 30.0
WARM_UP, LASTS = 25.0, 45.0  # seconds
GROWTH = 8 * 1024 * 1024  # bytes the process may grow by once it is warm
NAMES = [f"c{number}" for number in range(20)]
pytestmark = pytest.mark.slow


def memory() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def old_results(place: Room, count: int) -> None:
    def fill(connection: Connection, now: object) -> None:
        at = place.clock() - timedelta(hours=30)
        blank = dict.fromkeys(("status", "connect", "tls", "first_byte", "total", "certificate_until"))
        rows = [
            blank | {"check_id": name, "at": at + timedelta(seconds=30 * number), "detail": ""}
            for name in NAMES
            for number in range(count)
        ]
        told = {"outcome": Outcome.PASS.value, "reason": Reason.OK.value}
        connection.execute(insert(PROBE), [row | told for row in rows])

    place.store.work(fill)


def kept(place: Room) -> list[int]:
    query = select(func.count()).select_from(PROBE).group_by(PROBE.c.check_id)
    return list(place.read(lambda connection: connection.execute(query).scalars().all()))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
async def test_half_an_hour_of_five_hundred_incidents(tmp_path: Path) -> None:
    async with shops(2) as (steady, shaky):
        checks = [
            check(name, (shaky if number % 2 else steady).url, service="s", every=3, severity=Severity.P2)
            for number, name in enumerate(NAMES)
        ]
        with room(tmp_path, checks, Clock(scale=SCALE)) as place:
            old_results(place, 3000)
            for number in range(500):
                place.do(
                    partial(incidents.declare, title=f"Outage {number}", severity=Severity(f"P{number % 4}"))
                )
            async with working(place, turn=0.25, margin=5.0) as engine:
                began = seconds()
                grown: list[int] = []

                def turbulent() -> bool:
                    spent = seconds() - began
                    (shaky.breaks if int(spent) % 8 < 4 else shaky.heals)()
                    if spent > WARM_UP + len(grown) * 5:
                        grown.append(memory())
                    return spent > WARM_UP + LASTS

                await until(turbulent, within=600)
                assert engine.trouble == ""
            assert max(grown[-3:]) - grown[0] < GROWTH, [size // 1024 for size in grown]
            await until(lambda: max(kept(place)) <= KEEP_RESULTS + 700, within=1, words=str(kept(place)))
            assert place.events("escalation"), "ladders climbed meanwhile"
            assert place.events("breach")
            place.read(check_sound)
