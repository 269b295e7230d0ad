"""Is it us? Many services gone at once, a console without a network, and servers that answer anything."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.workers.engine import Engine
from data.domain.check import Outcome, Reason
from data.domain.health import CheckState
from data.domain.is_it_us import Network
from data.domain.proposal import ProposalState
from data.store.commands import proposals
from data.text import clean_line
from tests.console.engine_room import P0, Room, check, more_looks, room, shops, until, working
from tests.console.servers import (
    Behaviour,
    answer,
    closed_port,
    drip,
    flood,
    hang,
    redirect,
    reset,
    say,
    serve,
)
from tests.hostile import HOSTILE
from tests.store.sound import check_sound

pytestmark = pytest.mark.slow  # real processes, sockets and intervals


def all_up(place: Room, names: list[str]) -> bool:
    return all(place.state(name) is CheckState.UP for name in names)


@pytest.mark.parametrize("canary", [False, True])
async def test_everything_gone_at_once_is_one_proposal(tmp_path: Path, canary: bool) -> None:
    names = ["a", "b", "c", "d", "e"]
    async with shops(6) as (witness, *five):
        checks = [check(name, shop.url) for name, shop in zip(names, five, strict=True)]
        with room(tmp_path, checks, canaries=(witness.url,) if canary else ()) as place:
            async with working(place):
                await until(lambda: all_up(place, names))
                for shop in five:
                    await shop.close()
                await until(lambda: place.shows("PR-1"))
                await until(lambda: all(place.state(name) is CheckState.DOWN for name in names))
                (proposal,) = place.proposals()
                doubt = "" if canary else ", or this console is offline"
                await until(lambda: place.row("PR-1").title == f"5 of 5 checks unreachable{doubt}")
                assert proposal.severity is P0
                assert set(place.proposals()[0].services) == set(names)
                for shop in five:
                    await shop.open()
                await until(place.shows)
            assert [item.state for item in place.proposals()] == [ProposalState.WITHDRAWN]
            place.read(check_sound)


async def test_a_mass_failure_outlives_the_engine_that_saw_it_begin(tmp_path: Path) -> None:
    names = ["a", "b", "c", "d", "e"]
    async with shops(5) as five:
        checks = [check(name, shop.url) for name, shop in zip(names, five, strict=True)]
        with room(tmp_path, checks) as place:
            async with working(place):
                await until(lambda: all_up(place, names))
                for shop in five:
                    await shop.close()
                await until(lambda: place.shows("PR-1"))
                place.do(proposals.confirm, "PR-1")
                for shop in five[:2]:
                    await shop.open()
                await until(lambda: all_up(place, names[:2]))
            async with working(place):
                await more_looks(five[0], 12)
                assert place.shows("INC-1")
                (cause,) = place.incident(1).causes
                assert (cause.key, cause.cleared_at) == ("mass", None), "the three that are left belong to it"
                for shop in five[2:]:
                    await shop.open()
                await until(lambda: place.row("INC-1").proposes_resolve)
            place.read(check_sound)


async def offline(engine: Engine) -> None:
    await until(lambda: engine.status().network is Network.OFFLINE)


async def test_a_console_without_a_network_blames_nobody(tmp_path: Path) -> None:
    async with shops(2) as (shop, canary):
        with room(tmp_path, [check("api", shop.url, opens=True)], canaries=(canary.url,)) as place:
            async with working(place) as engine:
                await until(lambda: place.state("api") is CheckState.UP)
                assert engine.status().banner == ""
                await canary.close()
                await shop.close()
                await offline(engine)
                assert engine.status().banner.startswith("our own network is down")
                await until(lambda: _last(place, "api") == (Outcome.INCONCLUSIVE, Reason.OFFLINE))
                looks = place.looks("api")
                await until(lambda: place.looks("api") > looks + 6)
                assert place.shows()
                assert place.state("api") is CheckState.UP, "what was known stays what was known"
                await canary.open()
                await until(lambda: engine.status().banner == "")
                await until(lambda: place.shows("INC-1"), words="with a canary alive the failure counts")


def _last(place: Room, name: str) -> tuple[Outcome, Reason] | None:
    last = place.health(name).last
    return (last.outcome, last.reason) if last else None


async def test_the_first_failure_already_asks_the_canaries(tmp_path: Path) -> None:
    """A canary looked at once an hour would be believed too long: a failure looks at it anew."""
    async with shops(2) as (shop, canary):
        fields: dict[str, Any] = {"opens": True, "fail_after": 1}
        with room(tmp_path, [check("api", shop.url, every=1.5, **fields)], canaries=(canary.url,)) as place:
            async with working(place, canaries_every=timedelta(hours=1)) as engine:
                await until(lambda: engine.status().network is Network.ONLINE)
                await until(lambda: place.state("api") is CheckState.UP)
                await canary.close()
                await shop.close()
                await until(lambda: _last(place, "api") == (Outcome.INCONCLUSIVE, Reason.OFFLINE))
                assert not place.health("api").fails
                assert place.shows()


async def test_nothing_a_server_answers_harms_the_engine(tmp_path: Path) -> None:
    evil = [
        say(b"\x00\xff\x1b]0;pwned\x07" * 50),
        say(b"HTTP/1.1 200 " + dict(HOSTILE)["escape sets the title"].encode() + b"\r\n\r\n"),
        hang(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n"),
        reset(b"HTTP/1.1 20"),
        flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        redirect("http://[::bad"),
        *(answer(words.encode("utf-8", "replace"), "500 Nope") for _, words in HOSTILE),
    ]
    async with serving(evil) as urls, shops() as (shop,):
        checks = [check(f"evil{number}", url, every=0.3) for number, url in enumerate(urls)]
        with room(tmp_path, [*checks, check("good", shop.url)]) as place:
            async with working(place) as engine:
                await until(lambda: all(place.looks(item.id) >= 2 for item in checks), within=30)
                await more_looks(shop)
                assert place.state("good") is CheckState.UP
                assert engine.trouble == ""
            for item in checks:
                last = place.health(item.id).last
                assert last is not None
                assert last.detail == clean_line(last.detail), ascii(last.detail)


@asynccontextmanager
async def serving(behaviours: list[Behaviour]) -> AsyncIterator[list[str]]:
    """The addresses of that many servers."""
    async with AsyncExitStack() as stack:
        yield [(await stack.enter_async_context(serve(item))).url for item in behaviours]


async def test_a_canary_that_is_ill_is_no_proof_against_us(tmp_path: Path) -> None:
    async with shops(2) as (shop, canary):
        canary.breaks()
        with closed_port() as port:
            checks = [check("api", f"http://127.0.0.1:{port}/"), check("web", shop.url)]
            with room(tmp_path, checks, canaries=(canary.url,)) as place:
                async with working(place) as engine:
                    await until(lambda: place.shows("PR-1"))
                    assert engine.status().network is Network.ONLINE
