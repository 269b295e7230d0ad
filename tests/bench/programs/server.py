"""A fast HTTP server on several loopback ports: prints them, then answers whatever comes and closes.

python -m tests.bench.programs.server PORTS
"""

import asyncio
import json
import sys

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\nConnection: close\r\n\r\n"
    b'{"status": "ok"}'
)


class Answering(asyncio.Protocol):
    """One connection, one answer."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once the request is complete; these have no body."""
        if data.endswith(b"\r\n\r\n"):
            self.transport.write(ANSWER)
            self.transport.close()


async def main(ports: int) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Answering, "127.0.0.1", 0, backlog=1024) for _ in range(ports)]
    sys.stdout.write(json.dumps([server.sockets[0].getsockname()[1] for server in servers]) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
