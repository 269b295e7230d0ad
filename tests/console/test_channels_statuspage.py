"""One incident on a status page for each of ours, whatever fails; a real server plays Atlassian's."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.channels import Message, Outcome
from console.channels import statuspage as channel
from console.channels.statuspage import Statuspage
from tests.console.servers import closed_port
from tests.console.sink import Fault, Received, Sink, flood, hang, reset, sink, status

NOW = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
TOKEN = "t0kencanary77"
FACTS = {"incident": "INC-7 2026-11-24T13:46:11+00:00", "severity": "P1", "status": "investigating"}


class Pages:
    """What Atlassian keeps: incidents with metadata, and how often subscribers were told."""

    def __init__(self) -> None:
        self.incidents: list[dict[str, Any]] = []
        self.notified = 0

    def __call__(self, request: Received) -> tuple[int, Any]:
        if request.headers.get("authorization") != f"OAuth {TOKEN}":
            return 401, {"error": "Could not authenticate"}
        path, _, _ = request.path.partition("?")
        root = "/v1/pages/p1/incidents"
        if not path.startswith(root):
            return 404, {"error": "No such page"}
        if path == root and request.method == "GET":
            return 200, list(reversed(self.incidents))
        if path == root and request.method == "POST":
            made = {"id": f"remote{len(self.incidents) + 1}", "posts": [], **request.json["incident"]}
            self.incidents.append(made)
            return 201, self._post(made)
        found = next((item for item in self.incidents if path == f"{root}/{item['id']}"), None)
        if found is None:
            return 404, {"error": "No such incident"}
        if request.method == "PATCH":
            found |= request.json["incident"]
            return 200, self._post(found)
        return 200, found

    def _post(self, incident: dict[str, Any]) -> dict[str, Any]:
        incident["posts"].append(incident["body"])
        self.notified += incident["deliver_notifications"] is True
        return incident


def message(key: str = "k1", body: str = "We are looking into it.", **options: Any) -> Message:
    return Message(key, "Checkout is unavailable", body, NOW, {**FACTS, **options})


async def send(place: Sink, told: Message, token: str = TOKEN) -> Outcome:
    return await Statuspage("p1", token, f"http://{place.where}").send(told)


async def test_created_once_then_updated() -> None:
    pages = Pages()
    async with sink(pages) as place:
        first = await send(place, message())
        assert first == Outcome(True, "Statuspage: created remote1", keep={"remote": "remote1"})
        (made,) = pages.incidents
        assert (made["name"], made["status"], made["impact_override"]) == (
            "Checkout is unavailable",
            "investigating",
            "major",
        )
        second = await send(place, message("k2", "It works again.", status="resolved", remote="remote1"))
        assert second == Outcome(True, "Statuspage: updated remote1", keep={"remote": "remote1"})
        assert (made["status"], made["name"]) == ("resolved", "Checkout is unavailable")
        assert made["posts"] == ["We are looking into it.", "It works again."]
        assert len(pages.incidents) == 1


async def test_found_again_without_having_been_remembered() -> None:
    pages = Pages()
    async with sink(pages) as place:
        await send(place, message("other", incident="INC-8 2026-11-24T13:46:11+00:00"))
        await send(place, message())
        await send(place, message("k2", "More."))
        assert [item["posts"] for item in pages.incidents] == [
            ["We are looking into it."],
            ["We are looking into it.", "More."],
        ]


async def test_removed_there_it_is_made_anew() -> None:
    pages = Pages()
    async with sink(pages) as place:
        outcome = await send(place, message(remote="gone"))
        assert outcome.result == "Statuspage: created remote1"


@pytest.mark.parametrize("remembered", [{}, {"remote": "remote1"}])
async def test_a_repeat_is_known_by_its_key(remembered: Mapping[str, str]) -> None:
    pages = Pages()
    async with sink(pages) as place:
        for _ in range(3):
            outcome = await send(place, message(**remembered))
            assert outcome.ok
        assert outcome.result == "Statuspage: remote1 has it already"
        assert [item["posts"] for item in pages.incidents] == [["We are looking into it."]]
        assert sum(request.method == "GET" for request in place.received) >= 3


async def test_an_answer_that_was_lost_makes_no_second_incident() -> None:
    pages = Pages()
    async with sink(pages) as place:

        def losing(request: Received) -> tuple[int, Any]:
            answer = pages(request)
            return (500, {}) if request.method == "POST" else answer

        place.answers = losing
        assert not (await send(place, message())).ok
        assert (await send(place, message())).ok
        assert len(pages.incidents) == 1


@pytest.mark.parametrize(
    ("options", "told"), [({}, 0), ({"notify": False}, 0), ({"notify": "yes"}, 0), ({"notify": True}, 1)]
)
async def test_subscribers_are_told_only_when_somebody_says_so(options: dict[str, Any], told: int) -> None:
    pages = Pages()
    async with sink(pages) as place:
        assert (await send(place, message(**options))).ok
        assert pages.notified == told


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("detected", "investigating"),
        ("acknowledged", "investigating"),
        ("investigating", "investigating"),
        ("fixing", "identified"),
        ("monitoring", "monitoring"),
        ("resolved", "resolved"),
        ("closed", "resolved"),
        ("something new", "investigating"),
    ],
)
def test_statuses_in_their_words(ours: str, theirs: str) -> None:
    asked = Statuspage("p1", TOKEN).asks(message(status=ours))
    assert asked.content["incident"]["status"] == theirs


@pytest.mark.parametrize(
    ("severity", "impact"), [("P0", "critical"), ("P1", "major"), ("P2", "minor"), ("P3", "none")]
)
def test_impact_by_severity(severity: str, impact: str) -> None:
    asked = Statuspage("p1", TOKEN).asks(message(severity=severity))
    assert asked.content["incident"]["impact_override"] == impact


@pytest.mark.parametrize(("remote", "method"), [("", "POST"), ("remote1", "PATCH")])
async def test_the_dry_run_is_what_is_sent(remote: str, method: str) -> None:
    pages = Pages()
    async with sink(pages) as place:
        if remote:
            await send(place, message("k0", "Before."))
        told = message(remote=remote) if remote else message()
        shown = Statuspage("p1", TOKEN, f"http://{place.where}/v1/").dry_run(told)
        await send(place, told)
        came = place.received[-1]
    head, _, content = shown.partition("\n\n")
    address, authorization = head.split("\n")
    assert address == f"{method} http://{place.where}{came.path}"
    assert came.method == method
    assert authorization == "Authorization: OAuth …"
    assert json.loads(content) == came.json
    assert TOKEN not in shown


def test_the_dry_run_needs_no_network() -> None:
    assert Statuspage("p1", TOKEN).dry_run(message()).startswith("POST https://api.statuspage.io/v1/pages/p1")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (status(500), Outcome(False, "Statuspage: HTTP 500 Internal Server Error")),
        (
            status(429, Retry_After="30"),
            Outcome(False, "Statuspage: HTTP 429 Too Many Requests", timedelta(seconds=30)),
        ),
        (
            status(302, Location="/elsewhere"),
            Outcome(False, "Statuspage: HTTP 302 Found: redirects are not followed", permanent=True),
        ),
        (
            status(422, json.dumps({"error": "body is too long"})),
            Outcome(False, "Statuspage: HTTP 422 Unprocessable Entity: body is too long", permanent=True),
        ),
        (status(200, "<html>log in</html>"), Outcome(False, "Statuspage: its answer is not understood")),
        (status(200, '{"id": 1}'), Outcome(False, "Statuspage: its answer is not understood")),
        (reset, Outcome(False, "Statuspage: the connection broke: unknown, it may have arrived")),
    ],
    ids=["500", "429", "302", "422", "html", "not a list", "reset"],
)
async def test_what_fails(fault: Fault, outcome: Outcome) -> None:
    async with sink(Pages()) as place:
        place.broken = fault
        assert await send(place, message()) == outcome
        assert len(place.received) == 1, "one request is one try"


async def test_a_wrong_token_is_hopeless_and_never_told() -> None:
    async with sink(Pages()) as place:
        outcome = await send(place, message(), token="wr0ngcanary77")
        assert outcome.permanent
        assert outcome.result == "Statuspage: HTTP 401 Unauthorized: Could not authenticate"
        place.broken = status(403, json.dumps({"error": "no wr0ngcanary77 here"}))
        assert "wr0ngcanary77" not in (await send(place, message(), token="wr0ngcanary77")).result


async def test_no_answer_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "READ", 0.1)
    async with sink(Pages()) as place:
        place.broken = hang
        outcome = await send(place, message())
    assert outcome == Outcome(False, "Statuspage: no answer in time: unknown, it may have arrived")


async def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "ANSWER", 200_000)
    async with sink(Pages()) as place:
        place.broken = flood
        outcome = await send(place, message())
    assert outcome == Outcome(False, "Statuspage: its answer does not come to an end")


async def test_nobody_there() -> None:
    with closed_port() as port:
        outcome = await Statuspage("p1", TOKEN, f"http://127.0.0.1:{port}").send(message())
    assert outcome == Outcome(False, "Statuspage: the connection failed")


@pytest.mark.parametrize("address", ["http://[", "ftp://x", "nonsense", "http://a\nb"])
async def test_an_address_that_is_none(address: str) -> None:
    outcome = await Statuspage("p1", TOKEN, address).send(message())
    assert not outcome.ok
    assert outcome.result.startswith("Statuspage: ")


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sink(Pages()) as place, sink() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.where}")
        assert (await send(place, message())).ok
        assert not proxy.received


async def test_hostile_names_stay_in_their_place() -> None:
    pages = Pages()
    async with sink(pages) as place:
        told = replace(message(body="</script>\n[x](y)"), subject='"}], "evil": 1')
        assert (await send(place, told)).ok
        outcome = await Statuspage("p1/../../x?y#z", TOKEN, f"http://{place.where}").send(told)
        assert not outcome.ok
        assert place.received[-1].path.startswith("/v1/pages/p1%2F..%2F..%2Fx%3Fy%23z/incidents")
        assert pages.incidents[0]["name"] == '"}], "evil": 1'
