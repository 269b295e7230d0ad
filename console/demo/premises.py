"""All listeners of the practice shop together: opened, changed one by one, and told to monitoring."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from console.demo.certificate import make_certificate
from console.demo.listener import Listener
from console.demo.monitoring import Monitoring, stamp
from console.demo.services import MONITORING, SERVICES, Mode, Service, named

Report = dict[str, object]


def _now() -> datetime:
    return datetime.now(UTC)


class Premises:
    """The running shop; ``tell`` gets one report for every change of a service's mode."""

    def __init__(self, folder: Path, scale: float, tell: Callable[[Report], None]) -> None:
        self._tell = tell
        self._monitoring = Monitoring(_now, scale)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(make_certificate(folder, _now()))
        self._listeners = {
            service.name: Listener(service, self._down_needs(service), tls if service.tls else None)
            for service in SERVICES
        }
        self._listeners[MONITORING.name] = Listener(MONITORING, tuple, pages=self._monitoring.answer)

    @property
    def ports(self) -> dict[str, int]:
        """The loopback port of every service by name, monitoring included."""
        return {name: listener.port for name, listener in self._listeners.items()}

    async def open(self) -> None:
        """Listen everywhere."""
        await asyncio.gather(*(listener.open() for listener in self._listeners.values()))

    async def close(self) -> None:
        """Listen nowhere."""
        await asyncio.gather(*(listener.close() for listener in self._listeners.values()))

    async def change(
        self, name: str, mode: Mode, why: str, latency: float | None = None, token: object = None
    ) -> None:
        """Change one service and report it, with the ``token`` of the command that asked.

        Raises ValueError for an unknown name.
        """
        named(name)
        await self._listeners[name].set(mode, latency)
        self._monitoring.note(name, mode, why)
        report: Report = {"at": stamp(_now()), "service": name, "mode": mode, "why": why}
        if token is not None:
            report["id"] = token
        self._tell(report)

    def _down_needs(self, service: Service) -> Callable[[], tuple[str, ...]]:
        def down() -> tuple[str, ...]:
            return tuple(need for need in service.needs if self._listeners[need].mode.breaks_followers)

        return down
