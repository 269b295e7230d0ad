"""Two consoles on one PostgreSQL: one clock, one set of checks, one outage."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.clock import Clock
from console.desk import Desk
from console.workers.timekeeping import keep_time, measure
from data.domain.health import CheckState
from data.store.store import open_store
from tests.console.engine_room import Room, check, definitions, impatient, more_looks, shops, until, working
from tests.store.postgres import running
from tests.store.sound import check_sound

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as server:
        yield server.url(server.create())


async def test_two_consoles_watch_together_through_an_outage_and_a_lost_connection(url: str) -> None:
    names = [f"c{number}" for number in range(6)]
    async with shops() as (shop,):
        checks = [check(name, shop.url, service="s", every=0.4) for name in names]
        made = definitions(checks, confirm_within=impatient(timedelta(seconds=1)))
        place = Room(url, Clock(), made)
        try:
            async with working(place) as one, working(place) as two:
                await until(lambda: len(one.late) >= 10 and len(two.late) >= 10, within=30)
                shop.breaks()
                await until(lambda: place.shows("INC-1"), within=30)
                await until(lambda: all(place.state(name) is CheckState.DOWN for name in names))
                place.store.work(_drop_everybody)
                await more_looks(shop, 12)
                shop.heals()
                await until(lambda: place.row("INC-1").proposes_resolve, within=30)
                await until(lambda: one.trouble == two.trouble == "", within=30)
            assert len(place.proposals()) == 1
            states = [event.data["state"] for event in place.events("health")]
            assert sorted(states) == ["down"] * 6 + ["up"] * 6
            place.read(check_sound)
        finally:
            place.store.close()


def _drop_everybody(connection: object, now: object) -> None:
    """End every other session, as a restart of the server would."""
    connection.exec_driver_sql(  # type: ignore[attr-defined]
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


async def test_everybody_counts_by_the_databases_clock(url: str) -> None:
    clock = Clock()
    clock.offset = timedelta(hours=3)  # as if this machine's clock were wrong
    desk = Desk(open_store(url, clock, "laptop"))
    try:
        await keep_time(desk, clock)
        assert abs(clock.skew) < timedelta(minutes=1), "the server runs on this very machine"
        assert await desk.read(measure) is not None
    finally:
        await desk.close()
