"""How a connection is made: the name looked up, link-local addresses refused, the first that answers wins."""

import asyncio
import functools
import ipaddress
import socket
from contextlib import suppress
from typing import Any

from console.threads import in_thread

_EYEBALLS = 0.25  # seconds before the next address is tried beside a silent one (RFC 8305)
_LOOKUPS = 16  # names looked up at once: a dead name server holds each thread for many seconds
_BUFFER = 64 * 1024  # bytes received ahead
_METADATA = ipaddress.ip_address("fd00:ec2::254")  # not link-local, the same thing

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


class LinkLocal(OSError):
    """A link-local address: cloud metadata lives there, and no service anybody watches."""


class Dialer:
    """Looks names up in threads of its own, so that a dead name server stops nobody else, nor the exit."""

    def __init__(self, *, link_local: bool = False) -> None:
        """``link_local`` allows 169.254.0.0/16, fe80::/10 and the metadata address fd00:ec2::254."""
        self._link_local = link_local
        self._free = asyncio.Semaphore(_LOOKUPS)

    async def resolve(self, host: str, port: int) -> list[Address]:
        """Where ``host`` may be reached. Raises socket.gaierror, LinkLocal, UnicodeError for an odd name."""
        self._refuse_link_local(host, host)
        if isinstance(_parse(host), ipaddress.IPv4Address):
            return [(socket.AF_INET, (host, port))]
        entries = await self._look_up(host, port)
        # One such address among others is an attempt to get there: the name is refused whole.
        for *_, address in entries:
            self._refuse_link_local(host, str(address[0]))
        return [(family, address) for family, *_, address in entries]

    async def _look_up(self, host: str, port: int) -> list[Any]:
        """Ask for a name's addresses; a thread that is stuck keeps its place, whoever has given up on it."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()

        def look_up() -> list[Any]:
            try:
                return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            finally:
                with suppress(RuntimeError):  # the loop has gone
                    loop.call_soon_threadsafe(self._free.release)

        return await in_thread(look_up)

    def _refuse_link_local(self, host: str, found: str) -> None:
        if not self._link_local and _is_link_local(found):
            raise LinkLocal(f"{host} is a link-local address")

    async def connect(self, addresses: list[Address]) -> socket.socket:
        """A connected socket. Raises OSError; refused rather than unreachable where both came."""
        if len(addresses) == 1:
            return await _connect(*addresses[0])
        return await _race(addresses)


@functools.lru_cache(maxsize=4096)
def _parse(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@functools.lru_cache(maxsize=4096)
def _is_link_local(host: str) -> bool:
    address = _parse(host)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return address is not None and (address.is_link_local or address == _METADATA)


async def _connect(family: socket.AddressFamily, address: tuple[Any, ...]) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        # What one read can bring is what the loop may have to chew on at once.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


async def _race(addresses: list[Address]) -> socket.socket:
    """The first address that answers; the next is tried when one fails or stays silent."""
    waiting = addresses[::-1]
    running: set[asyncio.Task[socket.socket]] = set()
    errors: list[BaseException] = []
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect(*waiting.pop())))
            patience = _EYEBALLS if waiting else None
            await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in running if task.done()]:
                running.discard(task)
                if (error := task.exception()) is None:
                    return task.result()
                errors.append(error)
    finally:
        for task in running:
            task.add_done_callback(_discard)
            task.cancel()
    # A refusal says more than an address without a route: somebody is there.
    raise next((error for error in errors if isinstance(error, ConnectionRefusedError)), errors[0])


def _discard(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
