"""A worker whose store gives no claims: what it goes on looking at, and what it leaves to others."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from console.clock import Clock
from console.workers.canaries import Canaries
from console.workers.measuring import Measuring
from console.workers.probe import Prober
from data.domain.check import Outcome, Reason, Result
from data.domain.health import Health
from data.store.commands.leases import Claim
from tests.console.engine_room import check, shops, until


@pytest.mark.parametrize(("after_due", "mine"), [(-1.0, True), (0.1, False)])
async def test_a_check_somebody_else_looked_at_since_is_theirs(after_due: float, mine: bool) -> None:
    clock, prober = Clock(), Prober()
    async with shops() as (shop,):
        checks = {"api": check("api", shop.url)}
        measuring = Measuring(prober, Canaries(prober, clock), clock)
        claim = Claim("api", clock(), 1)
        measuring.start([claim], checks, {})
        await until(lambda: measuring._count() == 1)
        batch = measuring.batch()
        measuring.wrote()
        await until(lambda: not measuring.held)
        due = measuring._last["api"][1]
        newest = Result(due + timedelta(seconds=after_due), Outcome.PASS, Reason.OK)
        measuring.resume(["api"], checks, {"api": replace(Health("api"), last=newest)})
        assert list(measuring.held) == (["api"] if mine else [])
        assert len(batch) == 1
        await asyncio.sleep(0)
        await measuring.stop()
