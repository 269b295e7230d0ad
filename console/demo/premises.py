"""All listeners of the practice shop together: opened, changed one by one, and told to monitoring."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from console.demo.alertmanager import Alertmanager
from console.demo.certificate import make_certificate
from console.demo.inbox import Inbox, Message
from console.demo.listener import Listener
from console.demo.monitoring import Monitoring, stamp
from console.demo.services import MONITORING, SERVICES, Mode, Service, named
from console.demo.smtp import MailServer

Report = dict[str, object]


def _now() -> datetime:
    return datetime.now(UTC)


class Premises:
    """The running shop; ``tell`` gets one report for every change of a service's mode and every message.

    ``position`` returns the story's seconds.
    """

    def __init__(
        self, folder: Path, scale: float, tell: Callable[[Report], None], position: Callable[[], float]
    ) -> None:
        self._tell = tell
        inbox = Inbox(_now, self._received)
        self._mail = MailServer(inbox.mail)
        self._monitoring = Monitoring(_now, scale, inbox, self._restart)
        self._restarting: set[asyncio.Task[None]] = set()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(make_certificate(folder, _now()))
        self._listeners = {
            service.name: Listener(service, self._down_needs(service), tls if service.tls else None)
            for service in SERVICES
        }
        self._listeners[MONITORING.name] = Listener(MONITORING, tuple, pages=self._monitoring.answer)
        self._monitoring.url = f"http://127.0.0.1:{self._listeners[MONITORING.name].port}"
        self._alertmanager = Alertmanager(folder, scale, self._monitoring.alerts, position)

    @property
    def ports(self) -> dict[str, int]:
        """The loopback port of every service by name, of monitoring, of ``smtp``, and of ``alertmanager``
        where there is one.
        """
        ports = {name: listener.port for name, listener in self._listeners.items()}
        ports["smtp"] = self._mail.port
        if self._alertmanager.port is not None:
            ports["alertmanager"] = self._alertmanager.port
        return ports

    async def open(self) -> None:
        """Listen everywhere; the Alertmanager answers some moments later."""
        await self._alertmanager.open()
        await self._mail.open()
        await asyncio.gather(*(listener.open() for listener in self._listeners.values()))

    async def watch(self) -> None:
        """Tell the Alertmanager what fires until cancelled."""
        await self._alertmanager.feed()

    async def close(self) -> None:
        """Listen nowhere."""
        await asyncio.gather(
            *(listener.close() for listener in self._listeners.values()),
            self._mail.close(),
            self._alertmanager.close(),
        )

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

    def _restart(self, name: str) -> None:
        """Heal a service because somebody asked monitoring to."""
        task = asyncio.create_task(self.change(name, Mode.OK, f"{name} was restarted from a runbook"))
        self._restarting.add(task)
        task.add_done_callback(self._restarting.discard)

    def _received(self, message: Message) -> None:
        told = {"way": message.way, "to": message.to, "subject": message.subject, "body": message.body}
        self._tell({"at": stamp(message.at), "message": told})

    def _down_needs(self, service: Service) -> Callable[[], tuple[str, ...]]:
        def down() -> tuple[str, ...]:
            return tuple(need for need in service.needs if self._listeners[need].mode.breaks_followers)

        return down
