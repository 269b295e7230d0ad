"""Before the night: the doctor finds a room that works in order, and names what does not."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.console.alertmanager import needs_binary, running
from tests.console.doctor_room import at_work, new_doctor, shifts
from tests.console.mail import Mailbox, mailbox
from tests.console.servers import Server, answer, closed_port, serve
from tests.console.sink import Received, Sink, sink

TOKEN = "t0kencanary77"


def pages(request: Received) -> tuple[int, object]:
    """A status page's API, for whoever has the token and only looks."""
    if request.headers.get("authorization") != f"OAuth {TOKEN}":
        return 401, {"error": "Could not authenticate"}
    if request.path != "/v1/pages/p1":
        return 404, {"error": "No such page"}
    return 200, {"id": "p1", "name": "acme"}


@dataclass
class World:
    """What the room leads to, all of it well."""

    environ: dict[str, str]
    chat: Sink
    pages: Sink
    mail: Mailbox
    heartbeat: Server


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Servers for everything but the alert source."""
    async with AsyncExitStack() as stack:
        chat, public = await stack.enter_async_context(sink()), await stack.enter_async_context(sink(pages))
        mail = await stack.enter_async_context(mailbox())
        web = await stack.enter_async_context(serve(answer("fine")))
        beat = await stack.enter_async_context(serve(answer("fine")))
        feed = await stack.enter_async_context(serve(answer(shifts("Ada Lovelace"), media="text/calendar")))
        environ = {
            "HEARTBEAT": f"{beat.url}ping/abc",
            "CANARY": f"tcp://127.0.0.1:{web.port}",
            "CHECK": f"{web.url}healthz",
            "BEARER": "bearercanary55",
            "ADA": chat.url,
            "CALENDAR": feed.url,
            "MAIL": mail.url(),
            "TOKEN": TOKEN,
            "PAGES": f"http://{public.where}",
        }
        yield World(environ, chat, public, mail, beat)


async def test_a_room_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_binary()
    async with world(tmp_path) as place:
        with running(tmp_path) as alertmanager:
            alertmanager.fire({"alertname": "Watchdog", "severity": "none"})
            doctor = new_doctor(tmp_path, monkeypatch, place.environ | {"SOURCE": alertmanager.url})
            doctor.shell.done("backup")
            with at_work(str(doctor.shell.store)):
                said = await doctor()
                found = await doctor.json()
    assert said.code == 0, said.out
    worse = [item for item in found if item["level"] not in ("ok", "note")]
    assert worse == []
    # where an age is told, it is that of the machine the test runs on
    assert {"worker watch db1", "backup", "store"} <= {
        item["subject"] for item in found if item["level"] == "ok"
    }
    about = {(item["subject"], item["what"]) for item in found}
    assert about >= {
        ("source prod", "reachable, 1 alert"),
        ("source prod", "its heartbeat is heard"),
        ("calendar on-call", "reachable; on call now: Ada Lovelace"),
        ("level on-call", "Ada Lovelace would be told"),
        ("check checkout-api", "reachable"),
        ("canary env:CANARY", "reachable"),
        ("heartbeat", "reachable; no beat was sent"),
        ("contact ada", "JSON: reachable; whether it takes a message was not tried"),
        ("channel mail", "E-Mail: reachable; whether it takes a message was not tried"),
        ("channel page", "Statuspage: reachable, and it takes the token"),
        ("audience engineering", "told by mail"),
        ("secret env:ADA", "is there, for contact ada"),
    }
    assert {item["kind"] for item in found} >= {"store", "worker", "secret", "severity", "python", "tmux"}
    # nobody was told anything, and whoever waits for a beat was not deceived
    assert (place.chat.received, place.mail.mails, place.heartbeat.requests) == ([], [], [])
    assert {request.method for request in place.pages.received} == {"GET"}
    assert place.heartbeat.connections == 2


async def test_a_room_where_nothing_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as port:
        where = f"http://127.0.0.1:{port}"
        environ = {
            **{"HEARTBEAT": where, "CANARY": where, "CHECK": where, "SOURCE": where, "CALENDAR": where},
            **{"ADA": f"json://127.0.0.1:{port}/", "MAIL": Mailbox(port).url()},
            **{"PAGES": where, "TOKEN": TOKEN},
        }
        doctor = new_doctor(tmp_path, monkeypatch, environ)
        said = await doctor()
        found = await doctor.json()
    assert said.code == 1
    bad = {item["subject"]: (item["level"], item["what"]) for item in found if item["level"] != "ok"}
    refused = "unreachable: connection refused"
    assert (
        bad.items()
        >= {
            "source prod": ("failure", "secret missing: the environment variable BEARER is not set"),
            "secret env:BEARER": (
                "failure",
                "secret missing: the environment variable BEARER is not set (for source prod)",
            ),
            "calendar on-call": ("failure", "unreachable, or no calendar: connection refused"),
            "contact ada": ("failure", f"JSON: {refused}"),
            "channel mail": ("failure", f"E-Mail: {refused}"),
            "channel page": ("failure", f"Statuspage: {refused}"),
            "check checkout-api": ("warning", "down: connection refused"),
            "canary env:CANARY": ("warning", "down: connection refused"),
            "heartbeat": ("warning", refused),
            "worker": ("warning", "nobody works: no worker in the last 10 minutes"),
        }.items()
    )
    assert all(item["hint"] for item in found if item["level"] in ("warning", "failure"))
    # the worst come first within their group
    lines = [line.split()[0] for line in said.out.split("Workers\n")[1].splitlines()[:4:2]]
    assert lines == ["warning", "warning"]
    assert said.out.splitlines()[-1].startswith("6 failures, 4 warnings, ")


FAULTS = [
    ("ADA", "nosuchservice://x/y", "contact ada", "failure", "misconfigured: Apprise does not know"),
    ("MAIL", "http", "channel mail", "failure", "misconfigured: Apprise does not know"),
    ("TOKEN", "another", "channel page", "failure", "it refuses the token (HTTP 401)"),
    ("CALENDAR", "ftp://x", "calendar on-call", "failure", "its address cannot be used"),
    ("CALENDAR", "file:///nowhere/at/all.ics", "calendar on-call", "failure", "its file cannot be read"),
    ("CHECK", "gopher://x", "check checkout-api", "failure", "misconfigured: the address must begin with"),
    ("HEARTBEAT", "x", "heartbeat", "failure", "misconfigured: the address must begin with"),
    ("SOURCE", "x", "source prod", "failure", "the address must begin with"),
    ("ADA", "", "contact ada", "failure", "secret missing: the environment variable ADA is not set"),
    ("CALENDAR", "", "calendar on-call", "failure", "secret missing: the environment variable CALENDAR"),
    ("TOKEN", "", "channel page", "failure", "secret missing: the environment variable TOKEN"),
    ("HEARTBEAT", "", "heartbeat", "failure", "secret missing: the environment variable HEARTBEAT"),
    ("CHECK", "", "check checkout-api", "failure", "secret missing: the environment variable CHECK"),
]


@pytest.mark.parametrize(("name", "value", "subject", "level", "words"), FAULTS)
async def test_one_thing_is_wrong(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    subject: str,
    level: str,
    words: str,
) -> None:
    async with world(tmp_path) as place:
        doctor = new_doctor(tmp_path, monkeypatch, {})
        for known, secret in (place.environ | {name: value}).items():
            monkeypatch.setenv(known, secret)
        found = await doctor.about(subject)
    assert any(graded == level and words in what for graded, what in found), found
    # where another host works it may have what is missing here
    if not value:
        with at_work(str(doctor.shell.store)):
            assert ("warning", found[0][1]) in await doctor.about(subject)


async def test_who_works_is_told_with_what_keeps_them_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = new_doctor(tmp_path, monkeypatch, {}, '[room]\nname = "acme"\n')
    with at_work(str(doctor.shell.store), timedelta(minutes=11)):
        words = "nobody works: no worker in the last 10 minutes, the last 11m ago"
        assert await doctor.about("worker") == [("warning", words)]
    with at_work(str(doctor.shell.store), timedelta(minutes=9), trouble="the disk is full", holder="b"):
        words = "at work, last heard of 9m ago: the disk is full"
        assert await doctor.about("worker watch db1") == [("warning", words)]
        assert await doctor.about("worker") == []


async def test_the_exit_code_is_that_of_the_worst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = '[[contact]]\nid = "ada"\nphone = "1"\n[[level]]\nid = "on-call"\ncontacts = ["ada"]\n'
    doctor = new_doctor(tmp_path, monkeypatch, {}, people + 'severities = ["P0", "P1", "P2", "P3"]\n')
    assert (await doctor()).code == 5  # nobody works
    with at_work(str(doctor.shell.store)):
        assert (await doctor()).code == 0
    (tmp_path / "room.toml").write_text(people + 'severities = ["P0"]\n')
    doctor.shell.done("apply", str(tmp_path / "room.toml"))
    assert (await doctor()).code == 1
    doctor.shell.store.write_bytes(doctor.shell.store.read_bytes()[:50])
    assert (await doctor("--json")).code == 3
    doctor.shell.store.unlink()
    said = await doctor("--json")
    assert (said.code, said.error["code"], said.out) == (3, "store", "")


async def test_a_damaged_store_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor = new_doctor(tmp_path, monkeypatch, {}, '[room]\nname = "acme"\n')
    with closing(sqlite3.connect(doctor.shell.store)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_delivery_incident'"
        (page,) = connection.execute(query).fetchone()
    content = bytearray(doctor.shell.store.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size  # of an index nobody asks here
    doctor.shell.store.write_bytes(content)
    ((level, words),) = await doctor.about("store")
    assert (level, words.startswith("damaged: ")) == ("failure", True)
