"""A real Alertmanager is asked: what it shows, what it forgets, and the silences made there."""

from asyncio import StreamWriter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.alertmanager import Client
from console.clock import Clock
from data.domain.alert import AlertState
from data.domain.alerting import InstanceAnswer
from data.domain.change import Refused
from data.domain.room import Source
from data.domain.silence import Matcher, matchers_for
from tests.console.alert_room import Stand
from tests.console.alertmanager import running
from tests.console.servers import Behaviour, answer, closed_port, redirect, serve

DISK = {"alertname": "DiskFull", "service": "search", "severity": "warning", "instance": "es-3"}
DOWN = {"alertname": "SearchDown", "service": "search", "severity": "critical"}


def source(*urls: str, **fields: object) -> Source:
    made = Source("prod", "alertmanager", urls, every=timedelta(seconds=5))
    return replace(made, **fields)  # type: ignore[arg-type]


async def pull(asked: Source, place: int = 0) -> InstanceAnswer:
    return await Client(Clock()).pull(asked, asked.urls[place])


def states(answer: InstanceAnswer) -> dict[str, AlertState]:
    assert answer.sightings is not None, answer.trouble
    return {sighting.labels["alertname"]: sighting.state for sighting in answer.sightings}


async def test_alerts_come_in_every_state(tmp_path: Path) -> None:
    with running(tmp_path, prefix="/alertmanager") as manager:
        asked = source(manager.url)
        empty = await pull(asked)
        assert (empty.sightings, empty.trouble) == ((), "")
        manager.fire(DISK, DOWN, {"alertname": "Known", "service": "mail"}, summary="it is bad")
        silence = manager.silence(alertname="Known")
        shown = await pull(asked)
        assert states(shown) == {
            "SearchDown": AlertState.ACTIVE,
            "DiskFull": AlertState.INHIBITED,
            "Known": AlertState.SILENCED,
        }
        assert shown.sightings is not None
        known = next(one for one in shown.sightings if one.labels["alertname"] == "Known")
        assert known.muted_by == (silence,)
        assert known.annotations == {"summary": "it is bad"}
        assert known.url == "http://prometheus.example/graph"
        assert shown.started is not None
        assert shown.started == empty.started
        assert abs(datetime.now(UTC) - shown.started) < timedelta(minutes=1)
        manager.resolve(DOWN)
        assert states(await pull(asked)) == {"DiskFull": AlertState.ACTIVE, "Known": AlertState.SILENCED}


async def test_a_restart_shows_by_its_start_and_forgets_alerts_but_no_silences(tmp_path: Path) -> None:
    with running(tmp_path) as manager:
        manager.fire(DISK)
        manager.silence(alertname="DiskFull")
        before = await pull(source(manager.url))
        manager.restart()
        after = await pull(source(manager.url))
        assert states(before) == {"DiskFull": AlertState.SILENCED}
        assert states(after) == {}
        assert before.started is not None
        assert after.started is not None
        assert before.started < after.started
        manager.fire(DISK)
        assert states(await pull(source(manager.url))) == {"DiskFull": AlertState.SILENCED}


async def test_one_that_is_gone_or_hangs_says_why(tmp_path: Path) -> None:
    with running(tmp_path) as manager:
        asked = source(manager.url, every=timedelta(seconds=1))
        manager.freeze()
        answer = await Client(Clock()).pull(asked, manager.url)
        assert (answer.sightings, answer.trouble) == (None, "timed out waiting for the answer")
        manager.kill()
        answer = await pull(asked)
        assert (answer.sightings, answer.trouble) == (None, "connection refused")


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (answer("<html><title>Sign in</title></html>", media="text/html"), ""),
        (answer('[{"labels": {"alertname": "Half'), ""),
        (answer('{"status": "success", "data": []}'), ""),
        (answer("null"), ""),
        (answer(""), ""),
        (answer("[" * 100_000), ""),
        (redirect("/login"), "it redirects to"),
        (answer("[]", "401 Unauthorized"), "it answers 401 Unauthorized"),
    ],
)
async def test_what_is_no_alertmanager_is_a_failed_look(behaviour: Behaviour, said: str) -> None:
    async with serve(behaviour) as server:
        found = await pull(source(server.url))
    assert found.sightings is None
    assert found.trouble
    assert found.trouble.isprintable()
    assert said in found.trouble


async def test_where_nobody_says_when_it_started_the_alerts_count() -> None:
    alerts, nothing = answer("[]", media="application/json"), answer("404 page not found", "404 Not Found")

    async def grafana(request: bytes, writer: StreamWriter) -> None:
        behave = alerts if b"/api/alertmanager/grafana/api/v2/alerts " in request else nothing
        await behave(request, writer)

    async with serve(grafana) as server:
        found = await pull(source(server.url + "api/alertmanager/grafana"))
    assert (found.started, found.sightings, found.trouble) == (None, (), "")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (answer("no", "500 Internal Server Error"), "it answers 500 Internal Server Error"),
        (answer("<html></html>"), "web page"),
    ],
)
async def test_alerts_without_a_proper_start_are_a_failed_look(status: Behaviour, said: str) -> None:
    stand = Stand(DISK)

    async def half(request: bytes, writer: StreamWriter) -> None:
        await (status if b"/api/v2/status " in request else stand)(request, writer)

    async with serve(half) as server:
        found = await pull(source(server.url))
    assert found.sightings is None
    assert said in found.trouble


async def silenced(asked: Source, *matchers: Matcher, by: str = "ada", comment: str = "known") -> str:
    now = datetime.now(UTC)
    made = await Client(Clock()).create_silence(
        asked, matchers, starts=now, ends=now + timedelta(hours=1), by=by, comment=comment
    )
    assert isinstance(made, str), made
    return made


async def test_a_silence_is_made_seen_and_ended(tmp_path: Path) -> None:
    with running(tmp_path) as manager:
        asked, client = source(manager.url), Client(Clock())
        manager.fire(DISK, {**DISK, "instance": "es-4"}, DOWN)
        matchers = matchers_for([DISK, {**DISK, "instance": "es-4"}])
        made = await silenced(asked, *matchers, comment='known: "half" of it \\ é')
        found = await client.silences(asked)
        assert not isinstance(found, Refused)
        (silence,) = found
        assert (silence.id, silence.created_by, silence.comment) == (made, "ada", 'known: "half" of it \\ é')
        assert {item.text for item in silence.matchers} == {item.text for item in matchers}
        assert silence.state == "active"
        assert states(await pull(asked)) == {
            "DiskFull": AlertState.SILENCED,
            "SearchDown": AlertState.ACTIVE,
        }
        assert await client.expire_silence(asked, made) is None
        assert manager.silences()[0]["status"]["state"] == "expired"
        assert await client.expire_silence(asked, made) is None, "what has ended has ended"
        unknown = await client.expire_silence(asked, "3fa85f64-5717-4562-b3fc-2c963f66afa6")
        assert isinstance(unknown, Refused)


async def test_what_alertmanager_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    with running(tmp_path) as manager:
        now, client = datetime.now(UTC), Client(Clock())
        asked = source(manager.url)
        broken = Matcher("service", "*(", regex=True)
        refused = await client.create_silence(
            asked, [broken], starts=now, ends=now + timedelta(hours=1), by="ada", comment="known"
        )
        assert isinstance(refused, Refused)
        assert "error parsing regexp" in refused.reason
        no_reason = await client.create_silence(
            asked, [Matcher("a", "b")], starts=now, ends=now + timedelta(hours=1), by="ada", comment=" "
        )
        assert isinstance(no_reason, Refused)
        assert no_reason.reason == "a silence needs a reason"
        assert manager.silences() == []


async def test_a_cluster_is_told_through_whichever_instance_answers(tmp_path: Path) -> None:
    with closed_port() as port, running(tmp_path) as manager:
        asked = source(f"http://127.0.0.1:{port}", manager.url)
        made = await silenced(asked, Matcher("alertname", "DiskFull"))
        assert [one["id"] for one in manager.silences()] == [made]
        nobody = source(f"http://127.0.0.1:{port}")
        refused = await Client(Clock()).silences(nobody)
        assert refused == Refused(
            "prod cannot be asked: connection refused", "try again, or use its own page"
        )
