"""The doctor's single looks, each by the cases it has to tell apart."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from console.channels import apprise
from console.doctor import keeping, machine
from console.doctor.reach import Endpoint, Reach, shown
from console.doctor.sources import judged
from console.doctor.ways import endpoint
from data.domain.alert import Alert, AlertRole, AlertState
from data.domain.alert_evidence import InstanceAnswer, Sighting, Sightings
from data.domain.diagnosis import Grade
from data.domain.room import Source
from data.domain.severity import Severity
from tests.console.servers import answer, closed_port, hang, serve

NOW = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
SOURCE = Source("prod", "alertmanager", ("http://am-1:9093", "http://u:s3cret@am-2:9093/x?y=s3cret"))
OK, NOTE, WARNING, FAILURE = Grade


def sighting(name: str, fingerprint: str = "1") -> Sighting:
    return Sighting(fingerprint, {"alertname": name}, {}, "", NOW, AlertState.ACTIVE)


def good(place: int, *names: str, trouble: str = "") -> InstanceAnswer:
    seen = Sightings(sighting(name, name) for name in names)
    return InstanceAnswer(SOURCE.urls[place], NOW, seen, trouble)


def bad(place: int) -> InstanceAnswer:
    return InstanceAnswer(SOURCE.urls[place], trouble="connection refused")


def heartbeat(name: str) -> Alert:
    return Alert("prod", name, name, Severity.P3, NOW, "g", "c", NOW, NOW, role=AlertRole.HEARTBEAT)


@pytest.mark.parametrize(
    ("answers", "known", "told"),
    [
        (
            [good(0, "Watchdog", "DBDown"), good(1, "Watchdog")],
            ["Watchdog"],
            [(OK, "reachable (2 of 2 instances), 2 alerts"), (OK, "its heartbeat is heard")],
        ),
        (
            [good(0, "Watchdog"), bad(1)],
            [],
            [
                (OK, "reachable (1 of 2 instances), 1 alert"),
                (WARNING, "http://am-2:9093 is unreachable: connection refused"),
                (OK, "its heartbeat is heard"),
            ],
        ),
        ([bad(0), bad(1)], ["Watchdog"], [(FAILURE, "unreachable: connection refused (0 of 2 instances)")]),
        (
            [good(0, trouble="2 alerts cannot be read")],
            [],
            [
                (OK, "reachable, 0 alerts"),
                (WARNING, "http://am-1:9093 is reachable, in part: 2 alerts cannot be read"),
                (NOTE, "no heartbeat is heard (Watchdog, DeadMansSwitch): its silence would alarm nobody"),
            ],
        ),
        (
            [good(0, "DBDown")],
            ["Watchdog"],
            [
                (OK, "reachable, 1 alert"),
                (
                    WARNING,
                    "its heartbeat Watchdog is not heard any more: alerts may be lost before they get there",
                ),
            ],
        ),
    ],
)
def test_what_a_source_answers(
    answers: list[InstanceAnswer], known: list[str], told: list[tuple[Grade, str]]
) -> None:
    found = list(judged(SOURCE, answers, [heartbeat(name) for name in known]))
    assert [(item.grade, item.what) for item in found] == told
    assert {item.subject for item in found} == {"source prod"}


def test_an_address_is_shown_without_what_is_secret_in_it() -> None:
    assert shown("env:SOURCE") == "env:SOURCE"
    assert shown("https://u:s3cret@vpn.example:8443/s3cret?s3cret#s3cret") == "https://vpn.example:8443"
    assert shown("tcp://vpn.example:443") == "tcp://vpn.example:443"
    assert shown("http://[::1:80") == shown("http://x:port/") == "an address that cannot be read"


async def test_a_host_is_reached_without_a_word() -> None:
    authority = trustme.CA()
    context, trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(trust)
    async with serve(answer("fine")) as plain, serve(answer("fine"), tls=context) as secure:
        knowing, stranger = Reach(trust=trust), Reach()
        assert await knowing.trouble(Endpoint("127.0.0.1", plain.port)) == ""
        assert await knowing.trouble(Endpoint("127.0.0.1", secure.port, tls=True)) == ""
        said = await stranger.trouble(Endpoint("127.0.0.1", secure.port, tls=True))
        assert said.startswith("certificate not accepted: ")
        said = await knowing.trouble(Endpoint("localhost", secure.port, tls=True))
        assert (said.startswith("certificate not accepted: "), "localhost" in said) == (True, False)
        assert (plain.requests, secure.requests) == ([], [])
        assert plain.connections >= 1


async def test_a_host_that_cannot_be_reached_says_why() -> None:
    reach = Reach()
    with closed_port() as port:
        assert await reach.trouble(Endpoint("127.0.0.1", port)) == "connection refused"
    async with serve(hang(b"220 mail\r\n"), reads=False) as server:
        said = await reach.trouble(Endpoint("127.0.0.1", server.port, tls=True))
        assert said.startswith("TLS failed: ")
    said = await reach.trouble(Endpoint("169.254.169.254", 80))
    assert (said.startswith("refused to connect"), "169.254" in said) == (True, False)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("json://h.example:8080/x", Endpoint("h.example", 8080)),
        ("json://h.example/x", Endpoint("h.example", 80)),
        ("jsons://u:p@h.example/x", Endpoint("h.example", 443, tls=True)),
        (
            "mailto://127.0.0.1:2525/?from=r@example.org&to=a@b.org&mode=insecure",
            Endpoint("127.0.0.1", 2525),
        ),
        ("mailtos://u:p@gmail.com", Endpoint("smtp.gmail.com", 587)),
        ("ntfy://topic", Endpoint("ntfy.sh", 443, tls=True)),
        ("ntfys://h.example/topic", Endpoint("h.example", 443, tls=True)),
        (
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#c",
            Endpoint("hooks.slack.com", 443, tls=True),
        ),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", Endpoint("api.telegram.org", 443, tls=True)),
        ("pagerduty://A1BRTD4JDTIiajkdnlazkc@A1BRTD4JDTIiajkdnlazkc", None),
    ],
)
def test_where_apprise_connects(url: str, where: Endpoint | None) -> None:
    (server,) = apprise.servers_of(url)
    assert endpoint(server) == where


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ("tmux 3.3a", OK),
        ("tmux 3.2", OK),
        ("tmux next-3.6", OK),
        ("tmux 3.1c", WARNING),
        ("tmux 2.9", WARNING),
        ("tmux master", NOTE),
        (None, NOTE),
    ],
)
def test_which_tmux_is_new_enough(said: str | None, grade: Grade) -> None:
    assert machine.tmux_version(said).grade is grade


@pytest.mark.parametrize(
    ("version", "grade"),
    [((3, 40, 1), NOTE), ((3, 51, 2), NOTE), ((3, 51, 3), OK), ((3, 50, 7), OK), ((3, 44, 6), OK)],
)
def test_which_sqlite_may_use_wal(version: tuple[int, ...], grade: Grade) -> None:
    found = machine.python(version)
    assert (found.grade, "TRUNCATE" in found.what) == (grade, grade is NOTE)


@pytest.mark.parametrize(
    ("environ", "grade", "words"),
    [
        ({"TERM": "xterm-256color"}, OK, "xterm-256color, 256 colours, the bell only; "),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, OK, "xterm, all colours, "),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, OK, "no colours (NO_COLOR), desktop notifications; "),
        ({"TERM": "dumb"}, WARNING, "TERM is dumb: "),
        ({}, WARNING, "TERM is not set: "),
    ],
)
def test_what_the_terminal_can(environ: dict[str, str], grade: Grade, words: str) -> None:
    (found,) = machine.screen(environ)
    assert found.grade is grade
    assert words in found.what


def test_a_time_zone_this_machine_does_not_know() -> None:
    assert list(machine.time_zone("Europe/Berlin")) == []
    (found,) = machine.time_zone("Mars/Olympus")
    assert found.grade is WARNING


@pytest.mark.parametrize(
    ("seconds", "grade", "words"),
    [
        (0, OK, "0s ahead of the store's"),
        (2, OK, "2s behind the store's"),
        (2.5, WARNING, "2.5s behind the store's"),
        (-90, WARNING, "1m30s ahead of the store's"),
    ],
)
def test_whose_clock_is_wrong(seconds: float, grade: Grade, words: str) -> None:
    found = keeping.clock(timedelta(seconds=seconds))
    assert (found.grade, found.what) == (grade, f"this machine's clock is {words}")


def test_how_old_the_newest_copy_is(tmp_path: Path) -> None:
    store = tmp_path / "room.db"
    assert keeping.copies(store, NOW).grade is NOTE
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, hours in (("room-daily-20261120.db", 90), ("room-daily-20261121.db", 60), ("other-1.db", 1)):
        (folder / name).touch()
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(folder / name, (at, at))
    found = keeping.copies(store, NOW)
    assert (found.grade, found.what) == (WARNING, "the newest copy is 2d old")
    assert keeping.copies(store, NOW - timedelta(hours=20)).grade is OK
