"""What stands where an Alertmanager should goes wrong: what was known stays, marked, and nothing opens."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

from data.domain.alert import AlertRole
from tests.console.alert_room import Stand, heard, room, source, watching
from tests.console.engine_room import until
from tests.console.servers import Behaviour, answer, closed_port, drip, flood, hang, redirect, reset, serve
from tests.hostile import HOSTILE, forbidden_in
from tests.store.sound import check_sound

DOWN = {"alertname": "SearchDown", "service": "search", "severity": "critical"}
OK = b"HTTP/1.1 200 OK\r\n"
HTML = "<!doctype html><html><title>Sign in</title></html>"

FAULTS: dict[str, tuple[Behaviour, str]] = {
    "a login page": (answer(HTML, media="text/html"), "a web page"),
    "half a JSON": (answer('[{"labels": {"alertname": "Sea'), "no whole JSON"),
    "an object": (answer('{"status": "success"}'), "an object where a list of alerts is expected"),
    "null": (answer("null"), "null where a list of alerts is expected"),
    "nothing": (answer(""), "it answered nothing"),
    "a redirect": (redirect("https://login.example/"), "it redirects to https://login.example/"),
    "no credentials": (answer("[]", "401 Unauthorized"), "it answers 401 Unauthorized"),
    "an error": (answer("[]", "500 Internal Server Error"), "it answers 500 Internal Server Error"),
    "a reset": (reset(OK + b"Content-Length: 9000\r\n\r\n[{"), "connection"),
    "too much": (flood(OK + b"\r\n[", b'{"labels": {}},' * 4096), "the answer is longer than 10 MB"),
    "a bomb": (
        answer(gzip.compress(bytes(64 << 20)), headers="Content-Encoding: gzip\r\n"),
        "the answer is longer than 10 MB",
    ),
    "a deep one": (answer("[" * 200_000), "no whole JSON"),
}


async def test_a_failed_look_clears_nothing_and_says_why(tmp_path: Path) -> None:
    stand = Stand()
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with heard(place) as watch:
                stand.alerts = stand.good(DOWN)
                await until(lambda: place.shows("PR-1"))
                for fault, (behaviour, said) in FAULTS.items():
                    stand.alerts = behaviour
                    await until(lambda said=said: said in place.source().trouble, words=fault)  # type: ignore[misc]
                    failing = place.source()
                    assert failing.failing_since is not None, fault
                    assert failing.ok_at is not None, fault
                    assert not forbidden_in(failing.trouble), fault
                    assert place.firing() == ["SearchDown"], fault
                    assert watch.trouble == "", "the source fails, not we"
                    stand.alerts = stand.good(DOWN)
                    await until(lambda: place.source().trouble == "", words=fault)
                    assert place.source().failing_since is None, fault
                assert place.shows("PR-1")
            assert len(place.proposals()) == 1
            place.read(check_sound)


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [hang(), drip(OK + b"Content-Length: 99\r\n\r\n[", pause=0.1)])
async def test_who_hangs_or_drips_is_a_failed_look(tmp_path: Path, behaviour: Behaviour) -> None:
    stand = Stand()
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with heard(place):
                stand.alerts = stand.good(DOWN)
                await until(lambda: place.shows("PR-1"))
                stand.alerts = behaviour
                await until(lambda: "timed out" in place.source().trouble)
                assert place.firing() == ["SearchDown"]


async def test_an_empty_list_after_a_restart_is_no_end(tmp_path: Path) -> None:
    stand = Stand()
    async with serve(stand) as server:
        asked = source(server.url, resolve_timeout=timedelta(minutes=5))
        with room(tmp_path, [asked]) as place:
            async with heard(place):
                stand.alerts = stand.good(DOWN)
                await until(lambda: place.shows("PR-1"))
                stand.started = place.clock()
                stand.alerts = stand.good()
                await place.polled(5)
                assert place.firing() == ["SearchDown"]
                stand.started = place.clock() - timedelta(minutes=6)  # as if it had come up again long ago
                await until(lambda: place.firing() == [])
                await until(lambda: place.board == ())


async def test_one_that_hangs_keeps_no_other_waiting(tmp_path: Path) -> None:
    silent, stand = Stand(), Stand()
    silent.alerts = hang()
    async with serve(silent) as stuck, serve(stand) as server:
        slow = source(stuck.url, name="stuck", every=timedelta(seconds=30))
        with room(tmp_path, [slow, source(server.url)]) as place:
            async with watching(place):
                await place.polled(2)
                stand.alerts = stand.good(DOWN)
                await until(lambda: place.shows("PR-1"))
                assert stuck.connections == 1
                assert place.source("stuck").polled_at is None, "it still waits for an answer"


async def test_nothing_new_writes_nothing_but_how_the_source_answered(tmp_path: Path) -> None:
    stand = Stand(DOWN)
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with watching(place):
                await until(lambda: place.shows("PR-1"))
                await place.polled(2)
                before, told = place.alerts(), len(place.events())
                await place.polled(4)
                assert place.alerts() == before
                assert len(place.events()) == told


async def test_a_secret_this_host_lacks_is_said_and_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = Stand(DOWN)
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url, bearer="env:AM_TOKEN")]) as place:
            async with watching(place) as watch:
                await until(lambda: watch.trouble != "")
                assert watch.trouble == (
                    "nobody asks prod for alerts: the environment variable AM_TOKEN is not set"
                )
                assert server.connections == 0
                assert place.source().polled_at is None
            monkeypatch.setenv("AM_TOKEN", "t0ken-of-prod")
            async with watching(place) as watch:
                await until(lambda: place.shows("PR-1"))
                assert watch.trouble == ""
        assert b"\r\nauthorization: bearer t0ken-of-prod\r\n" in server.requests[0].lower()
        assert b"t0ken-of-prod" not in (tmp_path / "room.db").read_bytes()


async def test_a_store_that_fails_is_trouble_and_a_closed_port_is_none(tmp_path: Path) -> None:
    with closed_port() as port, room(tmp_path, [source(f"http://127.0.0.1:{port}")]) as place:
        async with watching(place) as watch:
            await until(lambda: place.source().trouble == "connection refused")
            assert watch.trouble == ""
            (tmp_path / "room.db").rename(tmp_path / "elsewhere.db")
            await until(lambda: watch.trouble != "")
            (tmp_path / "elsewhere.db").rename(tmp_path / "room.db")
            await until(lambda: watch.trouble == "")


async def test_hostile_words_are_harmless_when_they_reach_the_board(tmp_path: Path) -> None:
    labels = [
        {
            "alertname": text[:3000],
            "service": f"s{number}",
            text[:50] or "x": text[:3000],
            "summary": text[:3000],
        }
        for number, (_, text) in enumerate(HOSTILE)
    ]
    stand = Stand()
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with heard(place):
                stand.alerts = stand.good(*labels)
                await until(lambda: place.shows("PR-1"))
                kept = place.alerts()
            (row,) = place.board
            said = [row.title, *(event.data.get("why", "") for event in place.events())]
            for alert in kept.values():
                assert alert.role is AlertRole.ALERT
                said += [alert.name, *alert.labels, *alert.labels.values(), alert.group_key, alert.cause]
                assert not forbidden_in("".join(alert.annotations.values()).replace("\n", ""))
            for text in said:
                assert not forbidden_in(text)
            place.read(check_sound)


async def test_a_broken_one_among_good_ones_hides_no_other(tmp_path: Path) -> None:
    stand = Stand()
    starts = "2026-11-24T13:46:11Z"
    good = {"labels": DOWN, "startsAt": starts, "status": {"state": "active"}, "fingerprint": "1"}
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with heard(place):
                stand.alerts = answer(json.dumps([None, 7, {"labels": []}, good, {"labels": {}}]))
                await until(lambda: place.firing() == ["SearchDown"])
                await until(lambda: "could not be read" in place.source().instances[0].trouble)
                assert place.source().failing_since is None
