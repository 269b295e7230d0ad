"""A word to whoever started this as a service: ready, still alive, stopping (systemd's sd_notify)."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class ServiceManager:
    """Tells systemd over the socket it named; nothing where nobody listens."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._where = environ.get("NOTIFY_SOCKET", "")
        patience = environ.get("WATCHDOG_USEC", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.every = int(patience) / 3_000_000 if mine and patience.isdecimal() and int(patience) else None
        """Seconds between two signs of life; None where none are wanted."""

    def say(self, *words: str) -> None:
        """Send such words as ``READY=1``; a socket that is gone ends nothing."""
        if not self._where.startswith(("/", "@")):
            return
        address = f"\0{self._where[1:]}" if self._where.startswith("@") else self._where
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.setblocking(False)
            out.sendto("\n".join(words).encode(), address)
