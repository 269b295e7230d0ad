"""The engine and its store: restarts, two at once, a store that is away, and a clock that jumps."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data.domain.health import CheckState
from data.domain.room import Definition, Kind
from data.store.commands import incidents
from data.store.queries.health import results
from data.store.tables import LEASE
from tests.console.engine_room import (
    P1,
    Room,
    check,
    definition,
    impatient,
    more_looks,
    room,
    shops,
    until,
    working,
)
from tests.store.sound import check_sound

pytestmark = pytest.mark.slow  # real processes, sockets and intervals


def claimed(place: Room) -> list[str]:
    """The checks somebody holds."""
    held = select(LEASE.c.id).where((LEASE.c.holder != "") | LEASE.c.until.is_not(None))
    return list(place.read(lambda connection: connection.execute(held).scalars().all()))


def leased(place: Room) -> int:
    return len(place.read(lambda connection: connection.execute(select(LEASE.c.id)).all()))


def recorded(place: Room, names: list[str]) -> int:
    return sum(map(place.looks, names))


async def test_a_restart_repeats_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async with shops() as (shop,):
        shop.breaks()
        with room(tmp_path, [check("api", shop.url)], confirm_within=impatient(timedelta(hours=1))) as place:
            async with working(place):
                await until(lambda: place.shows("PR-1"))
            assert claimed(place) == []
            async with working(place):
                await more_looks(shop)
                assert place.shows("PR-1")
                place.clock.offset += timedelta(hours=1)
                await until(lambda: place.shows("INC-1"))
            shop.heals()
            async with working(place):
                await until(lambda: place.row("INC-1").proposes_resolve)
            assert len(place.proposals()) == 1
            assert [event.data["state"] for event in place.events("health")] == ["down", "up"]
            place.read(check_sound)


async def test_what_fell_down_while_nobody_worked_is_found_by_the_next(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with working(place):
                await until(lambda: place.state("api") is CheckState.UP)
            shop.breaks()
            async with working(place):
                await until(lambda: place.shows("PR-1"))


async def test_two_engines_share_the_checks_and_look_once_at_each_due(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(8)]
    async with shops() as (shop,):
        with room(tmp_path, [check(name, shop.url, service="s", every=0.2) for name in names]) as place:
            async with working(place) as one, working(place) as two:
                await until(lambda: len(one.late) >= 20 and len(two.late) >= 20, within=30)
                shop.breaks()
                await until(lambda: all(place.state(name) is CheckState.DOWN for name in names))
                await more_looks(shop, 20)
                assert place.shows("PR-1")
                assert one.trouble == two.trouble == ""
            looked = shop.asked - recorded(place, names)
            assert 0 <= looked <= len(names), f"{looked} looks brought nothing"
            assert len(place.events("health")) == len(names)
            assert len(place.proposals()) == 1
            assert claimed(place) == []
            place.read(check_sound)


async def test_a_locked_store_is_said_and_nothing_measured_meanwhile_is_lost(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with working(place) as engine:
                await until(lambda: place.state("api") is CheckState.UP)
                with closing(sqlite3.connect(place.path, isolation_level=None)) as rude:
                    rude.execute("BEGIN EXCLUSIVE")
                    began = place.clock()
                    await until(lambda: "the store has not answered" in engine.trouble)
                    await more_looks(shop, 10)
                    ended = place.clock()
                    rude.execute("ROLLBACK")
                await until(lambda: engine.trouble == "")
                await until(lambda: between(place, "api", began, ended) >= 10)
            assert shop.asked - place.looks("api") <= 1


def between(place: Room, name: str, began: object, ended: object) -> int:
    found = place.read(lambda connection: results(connection, name))
    return sum(began <= result.at <= ended for result in found)  # type: ignore[operator]


async def test_a_store_that_fails_is_said_and_recovers(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with working(place) as engine:
                await until(lambda: place.state("api") is CheckState.UP)
                _sql(place, "ALTER TABLE probe RENAME TO away")
                shop.breaks()
                await until(lambda: str(place.path) in engine.trouble)
                await more_looks(shop, 10)
                assert place.shows()
                _sql(place, "ALTER TABLE away RENAME TO probe")
                await until(lambda: engine.trouble == "")
                await until(lambda: place.shows("PR-1"))
            assert shop.asked - place.looks("api") <= 1
            place.read(check_sound)


def _sql(place: Room, statement: str) -> None:
    with closing(sqlite3.connect(place.path, isolation_level=None)) as database:
        database.execute(statement)


async def test_a_changed_configuration_is_followed_at_once(tmp_path: Path) -> None:
    async with shops(3) as (old, new, more):
        with room(tmp_path, [check("api", old.url), check("gone", more.url)]) as place:
            async with working(place):
                await until(lambda: place.state("gone") is CheckState.UP)
                more.breaks()
                await until(lambda: place.shows("PR-1"))
                gone = Definition(Kind.CHECK, "gone", {})
                place.configure(
                    definition(check("api", new.url)),
                    definition(check("fresh", new.url)),
                    retires=[gone],
                )
                await until(lambda: place.state("fresh") is CheckState.UP)
                await until(place.shows, words="what is no more is down no more")
                await more_looks(new, 12)
                before = old.asked, more.asked
                await more_looks(new, 12)
                assert (old.asked, more.asked) == before
            place.read(check_sound)


async def test_after_a_sleep_each_check_is_looked_at_once(tmp_path: Path) -> None:
    async with shops(2) as (slow, fast):
        checks = [check("slow", slow.url, every=600), check("fast", fast.url)]
        with room(tmp_path, checks) as place:
            place.do(incidents.declare, "Checkout down", P1)
            async with working(place):
                await until(lambda: place.state("fast") is CheckState.UP)
                place.clock.offset += timedelta(minutes=1)
                await until(lambda: place.looks("slow") == 1)
                place.clock.offset += timedelta(hours=2)
                await until(lambda: place.looks("slow") == 2)
                await more_looks(fast, 12)
                assert slow.asked == 2, "missed slots are skipped"
                await until(lambda: bool(place.events("breach")))
            (breach,) = place.events("breach")
            response = place.incident(1).response
            assert response is not None
            assert breach.at == response.due
            assert breach.recorded_at > breach.at + timedelta(hours=1)


async def test_what_is_overdue_together_begins_spread_out(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(40)]
    async with shops() as (shop,):
        with room(tmp_path, [check(name, shop.url, service="s", every=600) for name in names]) as place:
            async with working(place):
                await until(lambda: leased(place) == len(names))
                place.clock.offset += timedelta(hours=2)
                await until(lambda: recorded(place, names) == len(names))
            began = sorted(last.at for name in names if (last := place.health(name).last))
            assert shop.asked == len(names)
            assert began[-1] - began[0] > timedelta(seconds=0.5)


async def test_a_clock_that_is_set_back_blinds_nobody(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url, every=0.5)]) as place:
            async with working(place):
                place.clock.offset += timedelta(hours=2)
                await until(lambda: place.looks("api") >= 3)
                place.clock.offset -= timedelta(hours=2)
                await more_looks(shop)
                shop.breaks()
                await until(lambda: place.shows("PR-1"))
                shop.heals()
                await until(place.shows)


async def test_a_check_whose_secret_is_not_here_is_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shops(2) as (shop, other):
        monkeypatch.delenv("SHOP_URL", raising=False)
        checks = [check("hidden", "env:SHOP_URL"), check("open", other.url)]
        with room(tmp_path, checks) as place:
            async with working(place) as engine:
                await until(lambda: place.state("open") is CheckState.UP)
                sentence = "hidden is left to other hosts: the environment variable SHOP_URL is not set"
                await until(lambda: engine.status().elsewhere == sentence)
                await more_looks(other)
                assert place.looks("hidden") == 0
                assert claimed(place) in ([], ["check:open"])
                assert engine.trouble == "", "that is no trouble: somebody else has it"

                monkeypatch.setenv("SHOP_URL", shop.url)
                place.configure(definition(check("hidden", "env:SHOP_URL", ok_after=1)))
                await until(lambda: place.state("hidden") is CheckState.UP)
                assert engine.status().elsewhere == ""


async def test_a_check_nobody_can_look_at_masks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shops(2) as (edge, shop):
        monkeypatch.setenv("EDGE_URL", edge.url)
        checks = [check("edge", "env:EDGE_URL"), check("api", shop.url, depends_on=("edge",))]
        with room(tmp_path, checks) as place:
            async with working(place):
                edge.breaks()
                shop.breaks()
                await until(lambda: place.shows("PR-1") and place.state("api") is CheckState.DOWN)
                assert place.row("PR-1").title == "edge is down"
            monkeypatch.delenv("EDGE_URL")
            async with working(place):
                await until(lambda: place.shows("PR-1", "PR-2"))
            assert place.row("PR-2").title == "api is down"


async def test_stopping_writes_what_was_measured_and_gives_back_the_rest(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(20)]
    async with shops() as (shop,):
        with room(tmp_path, [check(name, shop.url, service="s") for name in names]) as place:
            async with working(place, turn=5.0):
                await until(lambda: shop.asked >= len(names))
                assert claimed(place)
            assert claimed(place) == []
            assert shop.asked - recorded(place, names) <= len(names)
            assert recorded(place, names) >= len(names)


async def test_the_status_says_how_fresh_and_how_busy(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with working(place) as engine:
                assert engine.status().newest is None
                await until(lambda: engine.status().newest is not None)
                first = engine.status().newest
                await more_looks(shop)
                await until(lambda: engine.status().newest != first)
                status = engine.status()
                last = place.health("api").last
                assert last is not None
                assert status.newest is not None
                assert first is not None
                assert first < status.newest
                assert (status.trouble, status.banner, status.elsewhere) == ("", "", "")


async def test_somebody_else_is_told_that_it_works(tmp_path: Path) -> None:
    async with shops(2) as (shop, watchdog):
        with room(tmp_path, [check("api", shop.url)], heartbeat=watchdog.url) as place:
            async with working(place):
                await until(lambda: watchdog.asked >= 1)


async def test_an_engine_can_be_started_again(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            for _ in range(2):
                async with working(place):
                    await more_looks(shop)
            assert place.state("api") is CheckState.UP
