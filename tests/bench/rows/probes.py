"""Processor time of 1 000 probes: new connections, fifty at a time, every limit in force."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.bench.figures import Line, Row, Samples, Unmeasured, ratio
from tests.bench.loopback import blackbox_exporter, urls, web_server
from tests.bench.repeat import ROOT, RUNS, program, scratch
from tests.bench.terminal import cpu_seconds

COUNT = 2000
AT_ONCE = 50
PER = 1000


def ours(ports: list[int]) -> tuple[Samples, Samples]:
    """Processor seconds per 1 000 of our prober, and probes per second."""
    command = program("probing", RUNS, COUNT, *ports)
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    found = json.loads(done.stdout)
    if failed := [passed for _, _, passed in found if passed != COUNT]:
        raise Unmeasured(f"only {failed[0]} of {COUNT} probes passed")
    cpu = Samples("warroom", "CPU-s", tuple(cpu / COUNT * PER for cpu, _, _ in found))
    return cpu, Samples("warroom", "probes/s", tuple(COUNT / wall for _, wall, _ in found))


async def ask(port: int, targets: Iterator[str]) -> int:
    """Have blackbox_exporter probe, over one connection, what nobody else has taken; how many passed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    passed = 0
    for target in targets:
        path = f"/probe?module=http&target={quote(target, safe='')}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: loopback\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"chunked" in head:
            body = b""
            while size := int((await reader.readline()).strip(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            body = await reader.readexactly(length)
        passed += b"\nprobe_success 1" in body
    writer.close()
    return passed


async def ask_all(port: int, ports: list[int]) -> int:
    """Every address once, fifty at a time."""
    targets = iter(urls(ports, COUNT))
    return sum(await asyncio.gather(*(ask(port, targets) for _ in range(AT_ONCE))))


def theirs(ports: list[int], folder: Path) -> Samples:
    """Processor seconds per 1 000 of blackbox_exporter, its own only."""
    found = []
    with blackbox_exporter(folder) as (pid, port):
        for turn in range(RUNS + 1):
            before = cpu_seconds(pid)
            passed = asyncio.run(ask_all(port, ports))
            if passed != COUNT:
                raise Unmeasured(f"only {passed} of {COUNT} of blackbox_exporter's probes passed")
            if turn:
                found.append((cpu_seconds(pid) - before) / COUNT * PER)
    return Samples("blackbox_exporter", "CPU-s", tuple(found))


def measure() -> Row:
    """Ours first, then the peer, against the same server."""
    with scratch() as folder, web_server() as ports:
        mine, pace = ours(ports)
        notes = [f"ours: {pace}"]
        try:
            peer = theirs(ports, folder)
        except Unmeasured as reason:
            line = Line("CPU per 1 000 probes", mine.median, "CPU-s", ours=str(mine))
            return Row("CPU per 1 000 probes", (line,), (*notes, f"no peer: {reason}"))
    return Row("CPU per 1 000 probes", (ratio(mine, peer, must=1.0, aim=0.6),), tuple(notes))
