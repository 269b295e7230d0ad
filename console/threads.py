"""Work that blocks, beside the event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Run what blocks in a thread of its own: one that is stuck keeps nobody else waiting, nor the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[Any], None], what: Any) -> None:
        if not future.done():  # else whoever waited has given up
            how(what)

    def run() -> None:
        how: Callable[[Any], None] = future.set_result
        try:
            what: Any = work()
        except BaseException as error:  # noqa: BLE001 - whoever asked gets the error
            how, what = future.set_exception, error
        with suppress(RuntimeError):  # the loop has gone
            loop.call_soon_threadsafe(settle, how, what)

    threading.Thread(target=run, name="channel", daemon=True).start()
    return await future
