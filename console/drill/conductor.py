"""Who leads a drill: breaks what the scenario says when it says so, gives hints, and keeps the score."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from console.clock import Clock
from console.demo.lifetime import Shop, ShopFailed
from console.demo.services import Mode
from console.desk import Desk
from data.domain.drill import Played, Remedy, Scenario, Score, Turn
from data.domain.drill_score import score
from data.store.definitions import load_policy
from data.store.errors import StoreError
from data.store.queries.board import seq
from data.store.queries.drill import played

LOOK = 0.5  # seconds between two looks whether it is over


class Conductor:
    """Plays one scenario on a shop, by the room's clock. ``began`` is None until it does."""

    def __init__(self, scenario: Scenario, shop: Shop, desk: Desk, clock: Clock) -> None:
        self.scenario = scenario
        self.began: datetime | None = None
        self.hints = 0
        self.tried: list[Remedy] = []
        self._shop = shop
        self._desk = desk
        self._clock = clock
        self._healed: set[str] = set()

    async def play(self) -> None:
        """Let everything happen in its time; what responders have healed does not break again."""
        self.began = self._clock()
        with suppress(ShopFailed):  # the room says by itself that nothing answers any more
            for turn in self.scenario.turns:
                await asyncio.sleep(self._clock.seconds_until(self.began + turn.after))
                if turn.service not in self._healed:
                    await self._take(turn)

    async def _take(self, turn: Turn) -> None:
        if turn.mode == Mode.OK:
            await self._shop.heal(turn.service, turn.why)
        else:
            latency = turn.latency.total_seconds() if turn.latency else None
            await self._shop.break_(turn.service, turn.mode, latency, turn.why)

    async def watch(self, over: Callable[[bool], None]) -> None:
        """Tell each time the incident is over, and when it is live again."""
        known, last = -1, False
        while True:
            await asyncio.sleep(LOOK)
            with suppress(StoreError):
                latest = await self._desk.read(seq)
                if latest == known:
                    continue
                known, found = latest, await self._played()
                ended = found.incident is not None and not found.incident.live
                if ended is not last:
                    last = ended
                    over(ended)

    @property
    def hints_given(self) -> tuple[str, ...]:
        """The hints taken so far."""
        return self.scenario.hints[: self.hints]

    @property
    def hints_left(self) -> int:
        """How many there are still to take."""
        return len(self.scenario.hints) - self.hints

    def next_hint(self) -> None:
        """Take the next hint; it counts."""
        self.hints = min(self.hints + 1, len(self.scenario.hints))

    async def act(self, remedy: Remedy) -> None:
        """Do something about it. Raises ShopFailed when the shop is gone."""
        self._healed |= set(remedy.heals)
        for service in remedy.heals:
            await self._shop.heal(service, remedy.says)
        if remedy not in self.tried:
            self.tried.append(remedy)

    async def score(self, *, final: bool) -> Score:
        """Return how it has gone up to now. Raises StoreError."""
        found = await self._played()
        policy = await self._desk.read(load_policy)
        return score(self.scenario, found, policy, self._clock(), final=final)

    async def _played(self) -> Played:
        services, hints = self.scenario.expected.services, self.hints
        return await self._desk.read(lambda connection: played(connection, services, hints))
