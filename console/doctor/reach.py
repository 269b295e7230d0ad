"""Whether a host answers: a connection and a TLS handshake, and not one byte of a message."""

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from console.threads import in_thread
from console.workers.dialer import Dialer
from console.workers.faults import classify
from console.workers.secrets import is_reference
from console.workers.transport import Stage, Trace, dial, trusting_context

SECONDS = 8.0
_SHORT = 4  # characters: a shorter secret is in any text by chance


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a connection goes. Never shown: a host may be part of a secret."""

    host: str
    port: int
    tls: bool = False


class Reach:
    """Connects; shares one TLS context, made at the first need. Nothing to close."""

    def __init__(self, *, trust: ssl.SSLContext | None = None) -> None:
        """``trust`` replaces the system's authorities."""
        self._dialer = Dialer()
        self._trust = trust

    async def trouble(self, endpoint: Endpoint) -> str:
        """Return why an endpoint cannot be reached, without its host; empty where it can be."""
        trace = Trace()
        try:
            async with asyncio.timeout(SECONDS):
                await self._connect(endpoint, trace)
        except Exception as error:  # noqa: BLE001 - whatever was met is said in a sentence
            return hidden(classify(error, trace).words, (endpoint.host,))
        return ""

    async def _connect(self, endpoint: Endpoint, trace: Trace) -> None:
        if endpoint.tls and self._trust is None:
            self._trust = await in_thread(trusting_context)
        connection = await dial(self._dialer, endpoint.host, endpoint.port, trace)
        if not endpoint.tls:
            connection.close()
            return
        trace.enter(Stage.TLS)
        _, writer = await asyncio.open_connection(
            sock=connection, ssl=self._trust, server_hostname=endpoint.host
        )
        # a polite TLS goodbye waits half a minute for a peer that ignores it
        writer.transport.abort()


def hidden(words: str, secrets: Iterable[str]) -> str:
    """Return words without any of the secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORT:
            words = words.replace(secret, "***")
    return words


def shown(address: str) -> str:
    """Return an address as it may be shown: a reference by its name, a URL without credentials and query."""
    if is_reference(address):
        return address
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}"
    except ValueError:
        return "an address that cannot be read"
