"""A shell in a room whose every part leads to a real server on loopback."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.store.commands.workers import present
from data.store.store import open_store
from tests.calendars import calendar, event
from tests.console.cli_room import Said, Shell, new_shell

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
TABLES = """
[room]
name = "acme"
heartbeat = "env:HEARTBEAT"
canaries = ["env:CANARY"]
[[service]]
id = "checkout"
[[check]]
id = "checkout-api"
service = "checkout"
url = "env:CHECK"
timeout = "2s"
[[source]]
id = "prod"
kind = "alertmanager"
url = "env:SOURCE"
bearer = "env:BEARER"
every = "2s"
[[contact]]
id = "ada"
name = "Ada Lovelace"
notify = ["env:ADA"]
[[level]]
id = "on-call"
calendar = "env:CALENDAR"
contacts = ["ada"]
severities = ["P0", "P1", "P2", "P3"]
[[channel]]
id = "mail"
url = "env:MAIL"
[[channel]]
id = "page"
kind = "statuspage"
page = "p1"
token = "env:TOKEN"
url = "env:PAGES"
[[audience]]
id = "engineering"
channels = ["mail"]
[[audience]]
id = "customers"
channels = ["page"]
"""


class Doctor:
    """Calls the doctor as a person or a script does."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    async def __call__(self, *words: str, typed: str = "", terminal: bool = False) -> Said:
        """Run ``warroom doctor``, in a thread: the servers it asks run here."""
        return await asyncio.to_thread(self.shell, "doctor", *words, typed=typed, terminal=terminal)

    async def json(self, *words: str) -> list[dict[str, str]]:
        """Return what it found, as a script reads it."""
        said = await self("--json", *words)
        assert said.code in (0, 1, 5), said.err
        found: list[dict[str, str]] = said.json
        return found

    async def about(self, subject: str) -> list[tuple[str, str]]:
        """Return level and words of what it found about one thing."""
        return [(item["level"], item["what"]) for item in await self.json() if item["subject"] == subject]


def new_doctor(
    folder: Path, monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], tables: str = TABLES
) -> Doctor:
    """Return a doctor in a room of these tables, whose secrets are these."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    shell = new_shell(folder, monkeypatch, empty=True)
    shell.done("init")
    file = folder / "room.toml"
    file.write_text(tables)
    shell.done("apply", str(file))
    return Doctor(shell)


@contextmanager
def at_work(where: str, ago: timedelta = timedelta(), **said: str) -> Iterator[None]:
    """Let somebody work for a room, heard of so long ago."""
    store = open_store(where, lambda: datetime.now(UTC) - ago)
    told: dict[str, Any] = {"holder": "watch db1:1", "host": "db1", "form": "watch"} | said
    store.work(lambda connection, now: present(connection, now, since=now, **told))
    store.close()
    yield


def shifts(*names: str, hours: float = 24 * 40) -> bytes:
    """A calendar of one long shift, begun an hour ago."""
    starts = datetime.now(UTC) - timedelta(hours=1)
    span = (f":{at:%Y%m%dT%H%M%SZ}" for at in (starts, starts + timedelta(hours=hours)))
    first, last = span
    return calendar(*(event(first, last, name) for name in names))


def alerts(*names: str) -> str:
    """What an Alertmanager answers that shows these alerts."""
    return json.dumps(
        [
            {
                "labels": {"alertname": name, "severity": "critical"},
                "annotations": {},
                "fingerprint": f"{number:016x}",
                "startsAt": "2026-11-24T10:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
            }
            for number, name in enumerate(names)
        ]
    )
