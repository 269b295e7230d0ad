"""Calendars fetched from real servers, good and bad: the last good copy always answers."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from console.workers.transport import trusting_context
from data.calendars import LARGEST
from data.domain.incident import LadderState
from data.domain.severity import Severity
from data.store.commands import incidents
from tests.console import servers
from tests.console.calendars_room import LEVEL, CalendarRoom, calendar_room, look, shifts
from tests.console.servers import Behaviour, Server, serve
from tests.store.room import done

CALENDAR = "text/calendar"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[CalendarRoom]:
    async with calendar_room(tmp_path) as made:
        yield made


def feed(monkeypatch: pytest.MonkeyPatch, server: Server, path: str = "secret-token.ics") -> None:
    monkeypatch.setenv("ONCALL_ICS", server.url + path)


async def test_who_is_on_call_now_comes_from_the_feed_and_changes_with_the_shift(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(servers.answer(shifts("Lin Chen", "sam"), media=CALENDAR)) as server:
        feed(monkeypatch, server)
        worker = room.worker()
        assert room.answering == ["Ada Lovelace"]  # the level's own contact, until the calendar is read
        await look(worker)
        assert room.answering == ["Lin Chen"]
        assert b"GET /secret-token.ics HTTP/1.1" in server.requests[0]
        room.clock.later(hours=3)
        assert room.answering == ["Sam Okafor"]  # named by id
        room.clock.later(hours=4)
        assert room.answering == ["Ada Lovelace"]  # a gap: the level's own contact again
        assert [gap.open for gap in room.view.levels[0].gaps] == [True]


async def test_an_incident_wakes_whoever_is_on_call(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(servers.answer(shifts("Lin Chen"))) as server:
        feed(monkeypatch, server)
        await look(room.worker())
    key = done(room.room.do(incidents.declare, "Checkout down", Severity.P1)).key
    told = next(event for event in room.room.history(key) if event.kind == "escalation")
    assert told.data["contacts"] == ["Lin Chen"]
    rung = room.room.incident(key).ladder
    assert rung is not None
    assert (rung.state, rung.level) == (LadderState.RUNNING, LEVEL)


async def test_every_ten_minutes_and_a_minute_after_a_failure(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = servers.answer(shifts("Lin Chen")), servers.answer(status="500 Oops")
    behaviour = [good]

    async def behave(head: bytes, writer: asyncio.StreamWriter) -> None:
        await behaviour[0](head, writer)

    async with serve(behave) as server:
        feed(monkeypatch, server)
        worker = room.worker()
        for minutes, asked in ((0, 1), (9, 1), (1, 2)):
            room.clock.later(minutes=minutes)
            await look(worker)
            assert server.connections == asked
        behaviour[0] = bad
        for seconds, asked in ((600, 3), (30, 3), (30, 4)):
            room.clock.later(seconds=seconds)
            await look(worker)
            assert server.connections == asked
        assert room.copy.trouble == "it fails: HTTP 500"
        behaviour[0] = good
        room.clock.later(minutes=1)
        await look(worker)
        assert (room.copy.trouble, room.copy.ok_at) == ("", room.clock())


HALF = shifts("Sam Okafor", "Lin Chen")[:300]
FAULTS = {
    "a login page": (servers.answer("<!DOCTYPE html><title>Sign in</title>", media="text/html"), "web page"),
    "a failure": (servers.answer(status="503 Later"), "it fails: HTTP 503"),
    "a wrong token": (servers.answer(status="401 No"), "it asks for a login: HTTP 401"),
    "gone": (servers.answer(status="404 No"), "there is nothing at its address"),
    "half a calendar": (servers.answer(HALF), "it ends in the middle"),
    "half an answer": (servers.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + HALF), "closed"),
    "a reset": (servers.reset(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nBEGIN"), "connection reset"),
    "nothing": (servers.answer(b""), "it is empty"),
    "no HTTP": (servers.say(b"SSH-2.0-OpenSSH_9.2\r\n"), "not a proper HTTP answer"),
    "silence": (servers.hang(), "timed out waiting for the answer"),
    "silence in the middle": (
        servers.hang(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCAL"),
        "timed out reading the body",
    ),
    "a drip": (servers.drip(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR"), "timed out reading the body"),
    "no end": (
        servers.flood(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n", b"X-FILLER:0123456789\r\n" * 3000),
        "it is larger than 5 MB",
    ),
    "too much": (servers.answer(b"BEGIN:VCALENDAR" + b"x" * LARGEST), "it is larger than 5 MB"),
    "another place": (servers.redirect("http://example.org/"), "redirects to http://example.org"),
    "nowhere": (servers.redirect("ftp://example.org/"), "an address that cannot be used"),
    "a circle": (servers.redirect("/again"), "redirects more than 3 times"),
}


@pytest.mark.parametrize(("behaviour", "why"), FAULTS.values(), ids=FAULTS)
async def test_a_feed_that_fails_keeps_its_last_good_copy_and_says_why(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour, why: str
) -> None:
    async with serve(servers.answer(shifts("Lin Chen"))) as good, serve(behaviour) as bad:
        feed(monkeypatch, good)
        limit = 0.3 if "timed out" in why else 10
        worker = room.worker(limit=limit)
        await look(worker)
        before = room.copy
        feed(monkeypatch, bad)
        room.clock.later(minutes=26)
        await look(worker)
        after = room.copy
    assert why in after.trouble
    assert "secret-token" not in after.trouble
    assert (after.shifts, after.ok_at, after.until) == (before.shifts, before.ok_at, before.until)
    assert after.fetched_at == room.clock()
    assert after.stale(room.clock())
    assert room.answering == ["Lin Chen"]  # never nobody
    assert worker.trouble == ""


async def test_a_server_that_is_not_there_is_said_without_its_address(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.closed_port() as port:
        monkeypatch.setenv("ONCALL_ICS", f"http://ada:hunter2@127.0.0.1:{port}/secret.ics")
        await look(room.worker())
    assert room.copy.trouble == "connection refused"
    assert room.answering == ["Ada Lovelace"]


class TestRedirects:
    async def test_credentials_stay_where_they_belong(
        self, room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority = trustme.CA()
        context = trusting_context()
        authority.configure_trust(context)
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(served)
        async with serve(servers.answer(shifts("Lin Chen")), tls=served) as other:
            hops = iter([servers.redirect("/moved"), servers.redirect(other.url + "there")])

            async def behave(head: bytes, writer: asyncio.StreamWriter) -> None:
                await next(hops)(head, writer)

            async with serve(behave, tls=served) as first:
                address = first.url.replace("https://", "webcal://ada:hunter2@") + "feed"
                monkeypatch.setenv("ONCALL_ICS", address)
                await look(room.worker(trust=context))
        assert room.answering == ["Lin Chen"]
        assert [b"authorization: basic" in head.lower() for head in first.requests] == [True, True]
        assert [b"authorization" in head.lower() for head in other.requests] == [False]

    async def test_an_untrusted_certificate_is_no_answer(
        self, room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(served)
        async with serve(servers.answer(shifts("Lin Chen")), tls=served) as server:
            feed(monkeypatch, server)
            await look(room.worker())
        assert room.copy.trouble.startswith("certificate not accepted")


class TestFiles:
    async def test_a_reference_to_a_calendar_file_is_the_calendar(self, tmp_path: Path) -> None:
        file = tmp_path / "on call.ics"
        file.write_bytes(shifts("Lin Chen"))
        async with calendar_room(tmp_path, f"file:{file}") as room:
            worker = room.worker()
            await look(worker)
            assert room.answering == ["Lin Chen"]
            file.unlink()
            room.clock.later(minutes=26)
            await look(worker)
            assert "cannot be read" in room.copy.trouble
            assert room.answering == ["Lin Chen"]

    async def test_a_reference_to_a_secret_file_holds_the_address(self, tmp_path: Path) -> None:
        kept, secret = tmp_path / "team on call.ics", tmp_path / "address"
        kept.write_bytes(shifts("Sam Okafor"))
        secret.write_text(f"file://{str(kept).replace(' ', '%20')}\n")
        async with calendar_room(tmp_path, f"file:{secret}") as room:
            await look(room.worker())
            assert room.answering == ["Sam Okafor"]

    @pytest.mark.parametrize(
        ("address", "why"),
        [
            ("ftp://example.org/hunter2.ics", "its address cannot be used"),
            ("hunter2", "its address cannot be used"),
            ("https://", "its address cannot be used"),
            ("file:///dev/null", "no regular file"),
            ("file:///no/such/hunter2.ics", "its file cannot be read"),
        ],
    )
    async def test_an_address_that_leads_nowhere_is_said_and_never_shown(
        self, room: CalendarRoom, monkeypatch: pytest.MonkeyPatch, address: str, why: str
    ) -> None:
        monkeypatch.setenv("ONCALL_ICS", address)
        await look(room.worker())
        assert why in room.copy.trouble
        assert "hunter2" not in room.copy.trouble


async def test_a_missing_secret_is_named_unless_another_host_has_it(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(servers.answer(shifts("Lin Chen"))) as server:
        poor, rich = room.worker("poor"), room.worker("rich")
        await look(poor)
        assert room.copy.trouble == "the environment variable ONCALL_ICS is not set"
        feed(monkeypatch, server)
        await look(rich)
        assert (room.copy.trouble, room.answering) == ("", ["Lin Chen"])
        monkeypatch.delenv("ONCALL_ICS")
        room.clock.later(minutes=11)
        await look(poor)
        assert room.copy.trouble == ""  # the other one fetched it lately
        room.clock.later(minutes=11)
        await look(poor)
        assert room.copy.trouble == "the environment variable ONCALL_ICS is not set"


async def test_of_many_workers_one_fetches(room: CalendarRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(servers.answer(shifts("Lin Chen"))) as server:
        feed(monkeypatch, server)
        workers = [room.worker(f"host {number}", own_store=True) for number in range(4)]
        for minutes in (0, 10, 10):
            room.clock.later(minutes=minutes)
            await asyncio.gather(*map(look, workers))
        assert server.connections == 3


async def test_a_shift_change_is_told_once_however_many_see_it(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(servers.answer(shifts("Lin Chen", "sam"))) as server:
        feed(monkeypatch, server)
        workers = [room.worker(f"host {number}", own_store=True) for number in range(3)]
        for hours in (0, 0, 3, 0, 4):
            room.clock.later(hours=hours)
            await asyncio.gather(*map(look, workers))
    lines = [line.text for line in reversed(room.room.board.latest)]
    assert [line for line in lines if "on call" in line] == [
        "On-call engineer: Lin Chen on call",
        "On-call engineer: Sam Okafor on call",
        "On-call engineer: NOBODY on call",
    ]


async def test_a_calendar_that_goes_stale_is_told_and_so_is_its_return(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(servers.answer(shifts("Lin Chen"))) as server:
        feed(monkeypatch, server)
        worker = room.worker()
        await look(worker)
    with servers.closed_port() as port:
        monkeypatch.setenv("ONCALL_ICS", f"http://127.0.0.1:{port}/")
        for minutes in (11, 11, 11):
            room.clock.later(minutes=minutes)
            await look(worker)
        assert room.view.people[0].stale
    async with serve(servers.answer(shifts("Lin Chen"))) as server:
        feed(monkeypatch, server)
        room.clock.later(minutes=2)
        await look(worker)
        await look(worker)
    lines = [line.text for line in reversed(room.room.board.latest) if "calendar" in line.text]
    assert lines == [
        "calendar of On-call engineer STALE: connection refused",
        "calendar of On-call engineer is read again",
    ]


async def test_leaving_gives_back_what_is_being_fetched(
    room: CalendarRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(servers.hang()) as stuck, serve(servers.answer(shifts("Lin Chen"))) as good:
        feed(monkeypatch, stuck)
        working = asyncio.create_task(room.worker("first").run())
        await stuck.asked.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        feed(monkeypatch, good)
        await look(room.worker("second"))
    assert room.answering == ["Lin Chen"]
    assert room.copy.level == LEVEL
