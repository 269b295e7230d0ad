"""Debian's own Alertmanager on loopback, each in a folder of its own: fed, cut off and started again."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

BINARY = "prometheus-alertmanager"
PATIENCE = 20.0  # seconds until it must answer
CONFIG = """\
global:
  resolve_timeout: 30s
route:
  receiver: nobody
  group_by: [alertname, service]
  repeat_interval: 1h
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [service]
receivers:
  - name: nobody
"""

Labels = Mapping[str, str]


def needs_binary() -> str:
    """Return where the binary is. Skips where there is none, except in CI, where there must be one."""
    found = shutil.which(BINARY)
    if found is None:
        assert not os.environ.get("CI"), f"{BINARY} is missing: CI must test against a real one"
        pytest.skip(f"{BINARY} is not installed: apt-get install {BINARY}")
    return found


class Alertmanager:
    """One real Alertmanager; its port and its data outlive a restart."""

    def __init__(self, folder: Path, *, prefix: str = "", gossip: bool = False, peers: Iterable[str] = ()):
        """``prefix`` is the path it lives under; ``gossip`` lets it form a cluster with ``peers``."""
        self._binary = needs_binary()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "alertmanager.yml").write_text(CONFIG)
        self.prefix = prefix
        self.port = free_port()
        self.gossip = f"127.0.0.1:{free_port()}" if gossip else ""
        self._peers = tuple(peers)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as a source names it."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            self._binary,
            f"--config.file={self._folder / 'alertmanager.yml'}",
            f"--storage.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            f"--web.route-prefix={self.prefix or '/'}",
            f"--cluster.listen-address={self.gossip}",
            "--log.level=warn",
        ]
        if self.gossip:
            command += ["--cluster.settle-timeout=0s", "--cluster.pushpull-interval=1s"]
            command += [f"--cluster.peer={peer}" for peer in self._peers]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not self._ready():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < until, f"it does not answer: {(self._folder / 'log').read_text()}"
            time.sleep(0.02)

    def _ready(self) -> bool:
        try:
            self.get("/-/ready")
        except (OSError, http.client.HTTPException, AssertionError):
            return False
        return True

    def stop(self) -> None:
        """Stop it in peace: it writes its silences to disk first."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start it: alerts are forgotten, silences stay."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let it hang: connections are taken, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(number)
        self._process.wait(10)
        self._process = None

    def fire(self, *alerts: Labels, ends_in: float = 600, **annotations: str) -> None:
        """Fire alerts with these labels, to last for so many seconds unless they are fired again."""
        now = datetime.now(UTC)
        lasts = {"startsAt": stamp(now), "endsAt": stamp(now + timedelta(seconds=ends_in))}
        self.post(
            "/api/v2/alerts",
            [
                {
                    "labels": dict(labels),
                    "annotations": annotations,
                    "generatorURL": "http://prometheus.example/graph",
                    **lasts,
                }
                for labels in alerts
            ],
        )

    def resolve(self, *alerts: Labels) -> None:
        """Say that alerts are over."""
        ended = stamp(datetime.now(UTC))
        self.post("/api/v2/alerts", [{"labels": dict(labels), "endsAt": ended} for labels in alerts])

    def silence(self, seconds: float = 600, **equal: str) -> str:
        """Silence what has these labels, and return the silence's id."""
        now = datetime.now(UTC)
        matchers = [
            {"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in equal.items()
        ]
        made = {
            "matchers": matchers,
            "startsAt": stamp(now),
            "endsAt": stamp(now + timedelta(seconds=seconds)),
        }
        answer = self.post("/api/v2/silences", {**made, "createdBy": "ada", "comment": "known"})
        return str(answer["silenceID"])

    def alerts(self) -> list[dict[str, Any]]:
        """Return what it shows, in every state."""
        found: list[dict[str, Any]] = self.get("/api/v2/alerts")
        return found

    def silences(self) -> list[dict[str, Any]]:
        """Return its silences, ended ones too."""
        found: list[dict[str, Any]] = self.get("/api/v2/silences")
        return found

    def get(self, path: str) -> Any:
        """Ask it something."""
        return self._ask("GET", path, None)

    def post(self, path: str, content: object) -> Any:
        """Tell it something."""
        return self._ask("POST", path, json.dumps(content).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, self.prefix + path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
        assert answer.status == 200, f"{method} {path}: {answer.status} {said[:200]!r}"
        return json.loads(said) if said.startswith((b"[", b"{", b'"')) else None


@contextlib.contextmanager
def running(folder: Path, *, prefix: str = "") -> Iterator[Alertmanager]:
    """One Alertmanager at work."""
    made = Alertmanager(folder / "alertmanager", prefix=prefix)
    try:
        made.start()
        yield made
    finally:
        made.kill()


@contextlib.contextmanager
def cluster(folder: Path, count: int = 2) -> Iterator[list[Alertmanager]]:
    """That many, each of which hears of the others' silences; alerts are told to every one of them."""
    made: list[Alertmanager] = []
    try:
        for number in range(count):
            peers = [one.gossip for one in made]
            made.append(Alertmanager(folder / f"alertmanager-{number}", gossip=True, peers=peers))
            made[-1].start()
        yield made
    finally:
        for one in made:
            one.kill()


def free_port() -> int:
    """Return a port where nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def stamp(instant: datetime) -> str:
    """Return an instant as Alertmanager writes it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def many(alerts: int, groups: int, severity: str = "warning") -> list[dict[str, str]]:
    """Return the labels of that many alerts, spread over so many groups."""
    return [
        {
            "alertname": f"Rule{number % groups}",
            "service": f"service-{number % groups}",
            "instance": f"10.0.{number // 250}.{number % 250}:9100",
            "job": "node",
            "cluster": "prod",
            "severity": severity,
        }
        for number in range(alerts)
    ]
