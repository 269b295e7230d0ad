"""Atlassian Statuspage: one incident there for each of ours, however often a message is repeated."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from console.channels import Message, unknown
from console.channels.answers import permanent, reason, wait_of
from console.workers.transport import trusting_context
from data.domain.outbox import LIMIT, REMOTE, Outcome
from data.text import clean_line

ADDRESS = "https://api.statuspage.io"
RECENT = 100  # incidents looked through for one of ours
ANSWER = 4 * 1024 * 1024  # bytes of an answer; a hundred incidents with their updates fit
CONNECT, READ = 5.0, 10.0  # seconds
SURE = 3.0  # seconds of the limit kept free
_NAME = "warroom"  # what our part of an incident's metadata is called there
_STATUS = {
    "detected": "investigating",
    "acknowledged": "investigating",
    "investigating": "investigating",
    "fixing": "identified",
    "monitoring": "monitoring",
    "resolved": "resolved",
    "closed": "resolved",
}
_IMPACT = {"P0": "critical", "P1": "major", "P2": "minor", "P3": "none"}


class Asked(NamedTuple):
    """One request to the API."""

    method: str
    path: str
    content: Mapping[str, Any]


class _Answer(NamedTuple):
    status: int
    content: Any
    outcome: Outcome  # what it means where it is no success


class Statuspage:
    """A page; ``token`` is a secret by now, ``address`` the API's."""

    def __init__(self, page: str, token: str, address: str = "") -> None:
        self._page = page
        self._token = token
        self._address = (address or ADDRESS).rstrip("/").removesuffix("/v1")

    async def send(self, message: Message) -> Outcome:
        """Create the incident or update the one that is there; one that has this message is left alone."""
        try:
            async with asyncio.timeout(LIMIT.total_seconds() - SURE):
                return await self._send(message)
        except TimeoutError:
            return unknown(LIMIT.total_seconds() - SURE)
        except httpx.TransportError as error:
            return Outcome(False, f"Statuspage: {_failure(error)}")
        except (httpx.InvalidURL, ValueError):
            return Outcome(False, "Statuspage: its address or token cannot be used", permanent=True)

    def dry_run(self, message: Message) -> str:
        """Return the request that would be sent, word for word, the token hidden."""
        asked = self.asks(message, str(message.options.get(REMOTE) or ""))
        shown = json.dumps(asked.content, indent=2, ensure_ascii=False)
        return f"{asked.method} {self._address}{asked.path}\nAuthorization: OAuth …\n\n{shown}"

    def asks(self, message: Message, remote: str = "") -> Asked:
        """Return what updates the incident ``remote``, or creates one."""
        options = message.options
        content: dict[str, Any] = {
            "status": _STATUS.get(str(options.get("status")), "investigating"),
            "impact_override": _IMPACT.get(str(options.get("severity")), "minor"),
            "body": message.body,
            "deliver_notifications": options.get("notify") is True,
            "metadata": {_NAME: {"incident": str(options.get("incident")), "key": message.key}},
        }
        if remote:
            return Asked("PATCH", f"{self._path}/{quote(remote, safe='')}", {"incident": content})
        return Asked("POST", self._path, {"incident": {"name": message.subject, **content}})

    @property
    def _path(self) -> str:
        return f"/v1/pages/{quote(self._page, safe='')}/incidents"

    async def _send(self, message: Message) -> Outcome:
        client = httpx.AsyncClient(
            verify=await asyncio.to_thread(_context),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(READ, connect=CONNECT),
            headers={
                "Authorization": f"OAuth {self._token}",
                "User-Agent": "warroom",
                "Accept-Encoding": "identity",
            },
        )
        async with client:
            found = await self._find(client, message)
            if isinstance(found, Outcome):
                return found
            remote = str(found.get("id") or "")
            if _ours(found).get("key") == message.key:
                return Outcome(
                    True, f"Statuspage: {clean_line(remote)} has it already", keep={REMOTE: remote}
                )
            answer = await self._ask(client, self.asks(message, remote))
        if not 200 <= answer.status < 300 or not isinstance(answer.content, dict):
            return answer.outcome
        made = str(answer.content.get("id") or remote)
        word = "updated" if remote else "created"
        return Outcome(True, f"Statuspage: {word} {clean_line(made, 40)}", keep={REMOTE: made})

    async def _find(self, client: httpx.AsyncClient, message: Message) -> dict[str, Any] | Outcome:
        """Return the incident there that is ours, an empty one where there is none yet."""
        known = str(message.options.get(REMOTE) or "")
        if known:
            answer = await self._ask(client, Asked("GET", f"{self._path}/{quote(known, safe='')}", {}))
            if 200 <= answer.status < 300 and isinstance(answer.content, dict):
                return answer.content
            if answer.status != 404:
                return answer.outcome
        answer = await self._ask(client, Asked("GET", f"{self._path}?limit={RECENT}", {}))
        if not 200 <= answer.status < 300 or not isinstance(answer.content, list):
            return answer.outcome
        wanted = str(message.options.get("incident"))
        ours = (item for item in answer.content if isinstance(item, dict))
        return next((item for item in ours if _ours(item).get("incident") == wanted), {})

    async def _ask(self, client: httpx.AsyncClient, asked: Asked) -> _Answer:
        request = client.build_request(
            asked.method, self._address + asked.path, json=dict(asked.content) if asked.content else None
        )
        answer = await client.send(request, stream=True)
        try:
            body = b""
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > ANSWER:
                    return _Answer(0, None, Outcome(False, "Statuspage: its answer does not come to an end"))
        finally:
            await answer.aclose()
        content = _content(body)
        status = answer.status_code
        if 200 <= status < 300:
            return _Answer(status, content, Outcome(False, "Statuspage: its answer is not understood"))
        said = content.get("error") if isinstance(content, dict) else None
        words = f"Statuspage: {reason(status)}"
        if isinstance(said, str) and self._token not in said:
            words += f": {clean_line(said, 120)}"
        wait = wait_of(answer.headers.get("Retry-After"))
        return _Answer(status, content, Outcome(False, words, wait, permanent(status)))


def _ours(incident: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = incident.get("metadata")
    ours = metadata.get(_NAME) if isinstance(metadata, dict) else None
    return ours if isinstance(ours, dict) else {}


def _content(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


@cache
def _context() -> ssl.SSLContext:
    return trusting_context()


def _failure(error: httpx.TransportError) -> str:
    match error:
        case httpx.ConnectTimeout():
            return "it cannot be reached in time"
        case httpx.ConnectError():
            return "the connection failed"
        case httpx.TimeoutException():
            return "no answer in time: unknown, it may have arrived"
    return "the connection broke: unknown, it may have arrived"
