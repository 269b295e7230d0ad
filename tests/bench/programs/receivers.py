"""Two HTTP servers that take messages, a quick one and one that answers after SECONDS: prints their ports.

    python -m tests.bench.programs.receivers SECONDS

Then one JSON line for every message as it comes: its title, when it came (seconds since 1970), and by which.
"""

import asyncio
import json
import sys
import time
from asyncio import StreamWriter
from typing import Any

from tests.console.sink import Received, sink, status


def tell(content: object) -> None:
    """Write a line at once."""
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


async def main(stuck: float) -> None:
    """Serve until killed."""

    def quickly(request: Received) -> tuple[int, Any]:
        tell({"title": request.json["title"], "at": time.time(), "quick": True})
        return 200, {}

    async def slowly(request: Received, writer: StreamWriter) -> None:
        tell({"title": request.json["title"], "at": time.time(), "quick": False})
        await asyncio.sleep(stuck)
        await status(200)(request, writer)

    async with sink(quickly) as quick, sink() as slow:
        slow.broken = slowly
        tell([quick.port, slow.port])
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
