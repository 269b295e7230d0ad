"""The console's transport under HTTPX's own client: a connection a request, and an answer that is bounded."""

import httpx
import pytest

from console.workers.dialer import Dialer
from console.workers.exchange import Transport
from console.workers.transport import HungUp, Stage, Trace
from tests.console.servers import answer, flood, say, serve


@pytest.fixture
def transport() -> Transport:
    return Transport(Dialer())


async def test_a_client_of_httpx_asks_through_it(transport: Transport) -> None:
    async with (
        serve(answer("fine", "200 Jolly good", headers="X-Place: here\r\n")) as server,
        httpx.AsyncClient(transport=transport) as client,
    ):
        first = await client.get(server.url + "health?deep=1", headers={"X-From": "ada"})
        await client.get(server.url)
    assert (first.status_code, first.reason_phrase, first.text) == (200, "Jolly good", "fine")
    assert first.headers["x-place"] == "here"
    assert server.requests[0].startswith(b"GET /health?deep=1 HTTP/1.1\r\n")
    assert b"X-From: ada\r\n" in server.requests[0]
    assert server.connections == 2


async def test_without_a_reason_it_is_the_status_codes_own(transport: Transport) -> None:
    async with serve(answer("", "503 ")) as server, httpx.AsyncClient(transport=transport) as client:
        assert (await client.get(server.url)).reason_phrase == "Service Unavailable"


@pytest.mark.parametrize(
    ("limit", "read"), [({}, 64 * 1024), ({"limit": 1000}, 1000)], ids=["as it is", "as it is told"]
)
async def test_the_body_is_cut_at_the_limit(transport: Transport, limit: dict[str, int], read: int) -> None:
    endless = flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096)
    async with serve(endless) as server, httpx.AsyncClient(transport=transport) as client:
        found = await client.get(server.url, extensions=limit)
    assert found.content == b"x" * read


async def test_the_head_is_there_before_the_body_and_a_break_in_it_is_told(transport: Transport) -> None:
    trace = Trace()
    half = say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    async with (
        serve(half) as server,
        httpx.AsyncClient(transport=transport) as client,
        client.stream("GET", server.url, extensions={"stages": trace}) as found,
    ):
        assert (found.status_code, trace.stage) == (200, Stage.BODY)
        with pytest.raises(HungUp):
            await found.aread()
