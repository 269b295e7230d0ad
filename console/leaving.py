"""How the program ends when it is told to, and how a terminal nobody reads holds nothing up."""

import asyncio
import os
import signal
import threading
from typing import TYPE_CHECKING

from textual.drivers import _writer_thread

if TYPE_CHECKING:
    from console.app import WarRoom

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
PATIENCE = 6.0  # seconds an end may take once it was asked for
UNREAD = 20_000  # writes kept for a terminal that is not read: hours of a board that only counts down


def draw_without_waiting() -> None:
    """Keep what is drawn in memory while nobody reads it: Textual would stop the workers too."""
    _writer_thread.MAX_QUEUED_WRITES = UNREAD  # type: ignore[misc]


class Leaving:
    """Ends the program with 128 + n on signal n, also one that comes before there is anything to end."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._code: int | None = None

    def listen(self) -> None:
        """Take the signals over, before the terminal is."""
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._told, 128 + number)

    def begun(self) -> None:
        """Leave at once when that was asked for before the program ran."""
        if self._code is not None:
            self._room.exit(return_code=self._code)

    def _told(self, code: int) -> None:
        if self._code is None:
            # a terminal that is gone, or a dead disk, must not keep the process
            last = threading.Timer(PATIENCE, os._exit, (code,))
            last.daemon = True
            last.start()
        self._code = code
        if self._room.is_running:
            self._room.exit(return_code=code)

    def end(self) -> None:
        """Stop the thread that reads keys: on a terminal that is gone Textual may leave it spinning."""
        reads = getattr(self._room._driver, "exit_event", None)
        if reads is not None:
            reads.set()
