"""A whole crew at work: what it claims is seen under the name it says it is at work by."""

import asyncio
from contextlib import suppress
from pathlib import Path

from console.desk import Desk
from console.workers.crew import Crew
from data.store.queries.presence import Working, working
from data.store.store import open_store
from tests.console.engine_room import Room, check, room, shops, until


def at_work(place: Room) -> tuple[Working, ...]:
    return place.read(lambda connection: working(connection, place.clock()))


async def test_what_a_process_claims_is_seen_under_its_own_name_and_given_back(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url), check("search", shop.url)]) as place:
            desk = Desk(open_store(place.where, place.clock, "db1"))
            running = asyncio.create_task(Crew(desk, place.clock, form="watch").run())
            held: set[str] = set()

            def seen() -> bool:
                found = at_work(place)
                if found and found[0].worker is not None:
                    assert [item.process for item in found] == [found[0].worker.holder]
                    held.update(name for _, names in found[0].names for name in names)
                return held == {"api", "search"}

            await until(seen)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await desk.close()
            assert at_work(place) == ()
