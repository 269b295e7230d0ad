"""Servers on loopback, each in a process of its own, ended with the block that wanted it."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from data.domain.check import Check
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, program

PORTS = 8


@contextmanager
def web_server() -> Iterator[list[int]]:
    """The fast HTTP server; its ports."""
    with subprocess.Popen(program("server", PORTS), stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def blackbox_exporter(folder: Path) -> Iterator[tuple[int, int]]:
    """Prometheus' prober, the Debian package; its process and port. Raises Unmeasured where it is missing."""
    binary = shutil.which("prometheus-blackbox-exporter") or shutil.which("blackbox_exporter")
    if binary is None:
        raise Unmeasured("blackbox_exporter is not installed (Debian: prometheus-blackbox-exporter)")
    settings = folder / "blackbox.yml"
    settings.write_text(
        "modules:\n  http:\n    prober: http\n    timeout: 5s\n"
        "    http: {preferred_ip_protocol: ip4, follow_redirects: false}\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        binary,
        f"--config.file={settings}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield process.pid, port
        finally:
            process.kill()


def urls(ports: Sequence[int], count: int) -> list[str]:
    """Different addresses on those ports."""
    return [f"http://127.0.0.1:{ports[number % len(ports)]}/health/{number}" for number in range(count)]


def checks(ports: Sequence[int], count: int, every: timedelta) -> list[Check]:
    """Health checks of the fast server, ten to a service, with the limits they have by default."""
    return [
        Check(f"check-{number}", f"service-{number // 10}", url, every)
        for number, url in enumerate(urls(ports, count))
    ]


def _wait_for(port: int) -> None:
    ends = time.perf_counter() + 10
    while time.perf_counter() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Unmeasured("blackbox_exporter did not start")
