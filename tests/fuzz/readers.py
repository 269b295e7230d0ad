"""Every reader of bytes that come from outside, with good bytes for each and how it may refuse."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trustme

from console.channels.answers import wait_of
from console.cli.failures import Failure
from console.drill import scenarios as drills
from console.drill.scenarios import SHIPPED
from console.journal import Journal
from console.settings import load_attention, load_keymap, load_theme
from console.workers.certificate import certificate_until
from data import runbook
from data.alertmanager import NotAlertmanager, read_alerts, read_silences, read_status
from data.calendars import NotACalendar, read_calendar
from data.configuration.model import ConfigurationError
from data.configuration.reading import read_path
from data.domain.body import judge
from data.domain.check import Expect
from data.history import csv_file, statuspage
from data.history.model import NoHistory
from data.runbooks import files
from data.store.copying import load_file
from data.store.dump import NotLoaded, dump
from data.store.queries.board import board
from data.store.store import create_store, open_store
from tests.store.a_day import spend
from tests.store.room import Clock, Room, definitions
from tests.store.sound import check_sound

TESTS = Path(__file__).parents[1]
NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reader:
    """``seeds`` gives good bytes; ``read`` what it makes of any, or it raises one of ``refuses``."""

    seeds: Callable[[], tuple[bytes, ...]]
    read: Callable[[bytes], Any]
    refuses: tuple[type[Exception], ...] = ()
    clean: bool = True  # whether what it gives may be drawn as it is
    seal: Callable[[bytes], bytes] = bytes  # makes damage look as if it had been written so


def leaves(found: Any) -> Iterator[Any]:
    """Yield every text, instant and number in what a reader gave."""
    if is_dataclass(found) and not isinstance(found, type):
        for field in fields(found):
            yield from leaves(getattr(found, field.name))
    elif isinstance(found, dict):
        for name, value in found.items():
            yield name
            yield from leaves(value)
    elif isinstance(found, list | tuple | set | frozenset):
        for item in found:
            yield from leaves(item)
    else:
        yield found


def in_file(name: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    """Return a reader of bytes from one that reads a file of some name."""

    def from_file(data: bytes) -> Any:
        with TemporaryDirectory(prefix="warroom-fuzz-") as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            return read(path)

    return from_file


def given(*data: bytes) -> Callable[[], tuple[bytes, ...]]:
    """Return good bytes as seeds."""
    return lambda: data


def seeds(*patterns: str) -> Callable[[], tuple[bytes, ...]]:
    """Return the files that the tests, the documents and the program bring along as seeds."""
    return lambda: tuple(
        path.read_bytes() for pattern in patterns for path in sorted(TESTS.parent.glob(pattern))
    )


def markdown(path: Path) -> Any:
    """Read a runbook as it is imported."""
    return runbook.read_runbook(files.read(files.Place(path)), path.name)


def body(data: bytes) -> Any:
    """Judge a health document, its media type in the first line."""
    media, _, content = data.partition(b"\n")
    expect = Expect(json=(("db.nodes.0.state", "up"), ("a.b", 1)), text="ok")
    return judge(media.decode("latin-1"), content, 200, expect, phrase=media.decode("latin-1"))


def personal(path: Path) -> Any:
    """Read somebody's own settings."""
    return load_theme(path), load_attention(path), load_keymap(path)


@cache
def a_dump() -> bytes:
    """A whole room in a file."""
    with TemporaryDirectory(prefix="warroom-fuzz-") as folder:
        clock = Clock()
        with closing(create_store(str(Path(folder) / "room.db"), clock, "laptop", definitions())) as store:
            spend(Room(store, clock))
            return store.read(lambda connection: "".join(dump(connection, "1.0", clock()).lines())).encode()


def sealed(data: bytes) -> bytes:
    """Give a dump the digest that it should have: whoever changes one on purpose does so."""
    *lines, _ = data.splitlines(keepends=True) or [b""]
    end = {"end": max(0, len(lines) - 1), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
    return b"".join(lines) + json.dumps(end, separators=(",", ":")).encode() + b"\n"


def loaded(path: Path) -> Any:
    """Load a dump into a new store, and look at what is in it then."""
    clock = Clock(NOW)
    where = str(path.with_name("room.db"))
    load_file(path, where, clock)
    with closing(open_store(where, clock)) as store:
        store.read(check_sound)
        return store.read(board)


def certificate() -> bytes:
    """A certificate in the form in which an unverified one comes."""
    return ssl.PEM_cert_to_DER_cert(trustme.CA().cert_pem.bytes().decode())


def until(der: bytes) -> Any:
    """Read when a certificate ends."""
    return asyncio.run(certificate_until(der))


_HISTORY = {
    "incidents": [
        {
            "id": "k1",
            "name": "API down",
            "status": "resolved",
            "impact": "major",
            "created_at": "2025-04-01T09:30:00.000Z",
            "started_at": "2025-04-01T09:20:00Z",
            "resolved_at": "2025-04-01T11:00:00Z",
            "components": [{"name": "API"}, {"name": "Web"}],
            "incident_updates": [
                {"status": "investigating", "body": "We look into it.", "created_at": "2025-04-01T09:31:00Z"},
                {"status": "resolved", "body": "It is over.", "display_at": "2025-04-01T11:00:00Z"},
            ],
        }
    ]
}
_TABLE = (
    b"id,title,severity,detected_at,resolved_at,services\n"
    b'1,"Search, down",P1,2025-04-01T09:30:00Z,2025-04-01T10:30:00+01:00,search;web\n'
    b"2,Slow,minor,2025-05-01T09:30:00Z,,web\n"
)
_HEALTH = (
    b'application/health+json\n{"status":"warn","output":"late","checks":{"db:time":[{"status":"fail"}]}}',
    b'application/json; charset=utf-16\n{"status":"DOWN","components":{"db":{"status":"DOWN","details":{}}}}',
    b"text/plain\n[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed",
)
_NOTES = json.dumps(
    {
        "note": {
            "id": "n1",
            "incident": "INC-1",
            "text": "restarted it",
            "by": "ada",
            "at": "2026-11-24T13:46:11+00:00",
            "detected_at": "2026-11-24T13:40:00+00:00",
        }
    }
)
_JOURNAL = f'{_NOTES}\n{{"refused": "n1", "why": "it is resolved"}}\n{_NOTES.replace("n1", "n2")}\n'.encode()
_WAITS = (b"120", b"Wed, 24 Nov 2026 13:46:11 GMT", b"Wed, 24 Nov 2026 13:46:11 +0100")
_PERSONAL = (
    b'theme = "colour-blind"\n[keys]\nincident.ack = "f5"\n[attention]\nbell = true\nquiet = "22:00-07:00"\n'
)

READERS: dict[str, Reader] = {
    "Markdown runbook": Reader(
        seeds("tests/runbooks/forms/**/*.md"), in_file("a.md", markdown), (files.NoText,)
    ),
    "Alertmanager alerts": Reader(seeds("tests/alertmanager/alerts*.json"), read_alerts, (NotAlertmanager,)),
    "Alertmanager silences": Reader(
        seeds("tests/alertmanager/silences*.json"), read_silences, (NotAlertmanager,)
    ),
    "Alertmanager status": Reader(seeds("tests/alertmanager/status.json"), read_status, (NotAlertmanager,)),
    "health document": Reader(given(*_HEALTH), body, clean=False),
    "calendar": Reader(
        seeds("tests/calendars/*.ics"), lambda data: read_calendar(data, NOW), (NotACalendar,)
    ),
    "configuration": Reader(
        seeds("docs/warroom.toml", "tests/configuration/example.toml"),
        in_file("warroom.toml", read_path),
        (ConfigurationError,),
    ),
    "drill": Reader(
        seeds(*(f"console/drill/{name}.toml" for name in SHIPPED)),
        in_file("own.toml", lambda path: drills.find(str(path))),
        (Failure,),
    ),
    "Statuspage history": Reader(given(json.dumps(_HISTORY).encode()), statuspage.read, (NoHistory,)),
    "CSV history": Reader(given(_TABLE), csv_file.read, (NoHistory,)),
    "dump": Reader(
        lambda: (a_dump(),), in_file("room.jsonl", loaded), (NotLoaded,), clean=False, seal=sealed
    ),
    "Retry-After": Reader(given(*_WAITS), lambda data: wait_of(data.decode("latin-1"))),
    "certificate": Reader(lambda: (certificate(),), until),
    "journal": Reader(given(_JOURNAL), in_file("notes.jsonl", lambda path: Journal(path).entries())),
    "personal settings": Reader(given(_PERSONAL), in_file("console.toml", personal), (Failure,)),
}
