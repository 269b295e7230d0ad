"""Alert storms, while the workers that read them are killed (design 3.7)."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

from data.domain.proposal import Proposal
from data.store.commands.alerts import read_source
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import folder, holds
from tests.chaos.watchers import watchers
from tests.console.alert_room import AlertRoom, Stand, room, source
from tests.console.engine_room import until
from tests.console.servers import serve
from tests.store.sound import check_sound

STORMS, GROUPS, EACH, KILLS = dealt(8), 300, 3, 2  # alerts in a group, and kills in a storm
PATIENCE = 120.0


def run() -> Iterator[Counts]:
    """One after the other, from one source."""
    with folder() as within:
        yield asyncio.run(rage(Counts("alert storms, workers killed"), within))


def alerts(storm: int) -> list[dict[str, str]]:
    """What fires in a storm: an alert's name says to which it belongs."""
    return [
        {"alertname": f"Storm{storm}x{group}", "service": f"s{group % 40}", "pod": str(pod)}
        for group in range(GROUPS)
        for pod in range(EACH)
    ]


async def rage(counts: Counts, within: Path) -> Counts:
    """Let each storm come, kill in it, and let it pass."""
    chance = random.Random()  # noqa: S311 - another day each time
    stand = Stand()
    async with serve(stand) as server:
        with room(within, [source(server.url)]) as place, watchers(place.where, within, 2) as crew:
            await until(lambda: place.source().ok_at is not None, within=PATIENCE)
            for storm in range(1, STORMS + 1):
                stand.alerts = stand.good(*alerts(storm))
                for _ in range(KILLS):
                    counts.tried += 1
                    await asyncio.sleep(chance.uniform(0, 1.5))
                    await asyncio.to_thread(crew.kill_one, chance)
                    counts.survived += 1
                await settled(counts, place, storm, GROUPS * EACH, "alerts that fire and were not kept")
                stand.alerts = stand.good()
                await settled(counts, place, storm, 0, "storms that did not pass")
            counts.lose(2 - crew.alive, "workers that ended by themselves")
            judge(counts, place)
    return counts


async def settled(counts: Counts, place: AlertRoom, storm: int, firing: int, words: str) -> None:
    """Wait until so many alerts fire, and the board says so; what is missing then is lost."""
    try:
        await until(lambda: fire(place) == firing, within=PATIENCE)
        await until(lambda: len(open_ones(place)) == bool(firing), within=PATIENCE)
    except AssertionError:
        found = fire(place)
        counts.lose(
            abs(firing - found) or 1, f"{words}: storm {storm}, {found} fire, {len(open_ones(place))} open"
        )


def fire(place: AlertRoom) -> int:
    """How many alerts fire."""
    _, kept = place.read(lambda connection: read_source(connection, "prod"))
    return sum(alert.firing for alert in kept.values())


def open_ones(place: AlertRoom) -> list[Proposal]:
    """What waits for an answer."""
    return [one for one in place.proposals() if one.state == "proposed"]


def judge(counts: Counts, place: AlertRoom) -> None:
    """One proposal for each storm, which names all of it."""
    titles = [one.title for one in place.proposals()]
    counts.double(max(0, len(titles) - STORMS), "proposals")
    counts.lose(max(0, STORMS - len(titles)), "storms nobody was told of")
    odd = [title for title in titles if title != f"alert storm: {GROUPS} groups from prod"]
    counts.lose(len(odd), f"groups: {odd[:1]}")
    counts.lose(holds(lambda: place.read(check_sound), counts), "the record and its rows")
    counts.notes.insert(0, f"{STORMS} storms of {GROUPS} groups and {GROUPS * EACH} alerts")
