"""The round: everything is tried at once, each try and all of them together within a limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from data.domain.diagnosis import Diagnosis, Grade, ordered
from data.text import clean_line

LIMIT = 15.0  # seconds for everything
EACH = 12.0  # seconds for one try, where it has no limit of its own
AT_ONCE = 100  # tries

Work = Callable[[], Awaitable[Iterable[Diagnosis]]]


@dataclass(frozen=True, slots=True)
class Try:
    """One thing to try; what ``work`` raises, or does not answer in time, is told as its failure."""

    kind: str
    name: str
    work: Work
    seconds: float = EACH
    late: Grade = Grade.FAILURE  # how bad it is that there is no answer in time


Group = tuple[str, Sequence[Try]]  # a head, and what belongs under it


async def go_round(
    groups: Iterable[Group], *, limit: float = LIMIT
) -> AsyncIterator[tuple[str, tuple[Diagnosis, ...]]]:
    """Try everything at once, and yield the groups in their order, each as soon as it is known.

    What is not known when the limit is over is told as such.
    """
    turns = asyncio.Semaphore(AT_ONCE)
    deadline = asyncio.get_running_loop().time() + limit
    running = [
        (head, [(item, asyncio.create_task(_try(item, turns))) for item in tries]) for head, tries in groups
    ]
    try:
        for head, tasks in running:
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            if tasks:
                await asyncio.wait([task for _, task in tasks], timeout=left)
            found: list[Diagnosis] = []
            for item, task in tasks:
                found += task.result() if task.done() else [_late(item, limit)]
            if found:
                yield head, ordered(map(_clean, found))
    finally:
        waiting = [task for _, tasks in running for _, task in tasks]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _try(item: Try, turns: asyncio.Semaphore) -> list[Diagnosis]:
    async with turns:
        try:
            async with asyncio.timeout(item.seconds):
                return list(await item.work())
        except TimeoutError:
            return [_late(item, item.seconds)]
        except Exception as error:  # noqa: BLE001 - one try that breaks must not hide the others
            # no more of it is told: what is in it may be a secret
            words = f"it could not be tried ({type(error).__name__})"
            return [Diagnosis(item.kind, item.name, Grade.FAILURE, words, "try again")]


def _late(item: Try, seconds: float) -> Diagnosis:
    words = f"no answer within {seconds:.0f} s"
    return Diagnosis(item.kind, item.name, item.late, words, "try again; it may hang")


def _clean(item: Diagnosis) -> Diagnosis:
    return replace(
        item,
        name=clean_line(item.name, 60),
        what=clean_line(item.what, 300),
        hint=clean_line(item.hint, 300),
    )
