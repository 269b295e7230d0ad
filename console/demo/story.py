"""Plays the script: the same story in the same order, faster or slower, paused and resumed."""

import asyncio
from collections.abc import Awaitable, Callable

from console.demo.script import ROUND, STORY
from console.demo.services import Mode


class Story:
    """Walks through the rounds of the script at ``scale`` story seconds per second."""

    def __init__(self, scale: float, change: Callable[[str, Mode, str], Awaitable[None]]) -> None:
        self._scale = scale
        self._change = change
        self._turned = asyncio.Event()
        self._told = 0.0  # story seconds told when the clock last stood still
        self._since: float | None = None

    def position(self) -> float:
        """Story seconds since the first round began, pauses left out."""
        if self._since is None:
            return self._told
        return self._told + (asyncio.get_running_loop().time() - self._since) * self._scale

    def pause(self) -> None:
        """Stand still; what is broken stays broken."""
        self._told, self._since = self.position(), None
        self._turned.set()

    def resume(self) -> None:
        """Go on from where the story stood still."""
        if self._since is None:
            self._since = asyncio.get_running_loop().time()
            self._turned.set()

    async def play(self) -> None:
        """Tell rounds until cancelled; begins paused."""
        begin = 0.0
        while True:
            for after, service, mode, why in STORY:
                await self._until(begin + after)
                await self._change(service, mode, why)
            begin += ROUND

    async def _until(self, position: float) -> None:
        # a story told fast is always late: paused, it stands still all the same
        while (missing := position - self.position()) > 0 or self._since is None:
            self._turned.clear()
            wait = None if self._since is None else missing / self._scale
            try:
                async with asyncio.timeout(wait):
                    await self._turned.wait()
            except TimeoutError:
                continue
