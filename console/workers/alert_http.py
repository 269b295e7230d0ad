"""One request to a source of alerts, bounded in time and size whatever the other side does (design 7)."""

import asyncio
import base64
import http
import json
import re
import ssl
import zlib
from contextlib import aclosing
from dataclasses import replace

import httpx

from console.workers import secrets
from console.workers.dialer import Dialer
from console.workers.exchange import Transport, header, read
from console.workers.faults import Unusable, classify
from console.workers.request import Request, prepare
from console.workers.transport import Trace
from data.domain.check import Check
from data.domain.room import Source
from data.text import clean_line, decode

LIMIT = 10 * 1024 * 1024  # bytes of an answer, unpacked
_SHORT = 4  # characters
_SAID = 4096  # bytes of a refusal that are looked at
_API = re.compile(r"/+(api/v2(/.*)?)?$")  # people paste addresses from where they looked
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # how zlib is told


class NoAnswer(Exception):
    """Why there is no answer that counts: one clean sentence without secrets.

    ``status`` is HTTP's where one came, ``said`` the beginning of what came with it.
    """

    def __init__(self, words: str, status: int | None = None, said: bytes = b"") -> None:
        super().__init__(clean_line(words))
        self.status = status
        self.said = said


class Caller:
    """Asks sources; shares the TLS contexts, which are made at the first need. Nothing to close."""

    def __init__(self, *, trust: ssl.SSLContext | None = None) -> None:
        """``trust`` replaces the system's authorities."""
        self._transport: httpx.AsyncBaseTransport = Transport(Dialer(), trust=trust)

    async def ask(
        self,
        source: Source,
        address: str,
        path: str,
        *,
        seconds: float,
        method: str = "GET",
        content: bytes | None = None,
    ) -> bytes:
        """Return what an instance answers under ``path`` of its API, within so many seconds.

        A connection of its own for each request, no proxy, no redirect. Raises NoAnswer.
        """
        trace, request = Trace(), None
        try:
            async with asyncio.timeout(seconds):
                request = await _prepare(source, address, path, method)
                if content is not None:
                    request = replace(
                        request, headers=(*request.headers, ("content-type", "application/json"))
                    )
                asked = request.build(content or b"", stages=trace, limit=LIMIT + 1, verify=source.verify)
                async with aclosing(await self._transport.handle_async_request(asked)) as answer:
                    return await _read(answer, request)
        except NoAnswer:
            raise
        except Exception as error:  # noqa: BLE001 - whatever was met is said in a sentence
            words = classify(error, trace).words
        raise NoAnswer(request.redact(words) if request else words)


async def _prepare(source: Source, address: str, path: str, method: str) -> Request:
    headers = source.headers
    asked = await prepare(Check(source.id, "", address, method=method, headers=headers))
    if asked.url.scheme == "tcp":
        raise Unusable("the address must begin with http:// or https://")
    base, _, query = asked.url.raw_path.partition(b"?")
    whole = _API.sub("", base.decode("ascii")) + path
    # pasted from a browser it may end in #/alerts
    url = asked.url.copy_with(raw_path=whole.encode() + (b"?" + query if query else b""), fragment=None)
    sent, hidden = await asyncio.to_thread(_credentials, source)
    if sent:
        headers = tuple(item for item in asked.headers if item[0].lower() != "authorization")
        asked = replace(asked, headers=(*headers, ("authorization", sent)))
    # a short one is in any text by chance
    hides = {*asked.hidden, *(text for text in hidden if len(text) >= _SHORT)}
    return replace(asked, url=url, hidden=tuple(sorted(hides, key=len, reverse=True)))


def _credentials(source: Source) -> tuple[str, tuple[str, ...]]:
    """Return the Authorization header of a source, and what of it no text may show."""
    if source.bearer:
        token = re.sub(r"(?i)^bearer\s+", "", secrets.resolve(source.bearer).strip())
        sent = f"Bearer {token}"
        hidden: tuple[str, ...] = (token,)
    elif source.basic:
        pair = secrets.resolve(source.basic)
        if ":" not in pair:
            raise Unusable("the secret for basic is not of the form user:password")
        packed = base64.b64encode(pair.encode()).decode("ascii")
        sent = f"Basic {packed}"
        hidden = (packed, pair, pair.partition(":")[2] or pair)
    else:
        return "", ()
    if _CONTROL.search(sent) or not sent.isascii():
        raise Unusable("the secret for bearer cannot be sent in a header")
    return sent, hidden


async def _read(answer: httpx.Response, request: Request) -> bytes:
    status = answer.status_code
    if status // 100 != 2:
        said = await read(answer, _SAID)
        words = _refusal(status, request, header(answer, "location"))
        raise NoAnswer(request.redact(words), status, request.redact_bytes(said))
    body = await read(answer)
    if len(body) > LIMIT:
        raise _too_much()
    packed = header(answer, "content-encoding").strip().lower()
    if packed in ("", "identity"):
        return body
    if packed not in _PACKED:
        raise NoAnswer(f"the answer is packed in a way nobody asked for: {packed}")
    return await asyncio.to_thread(_unpack, body, _PACKED[packed])


def _unpack(body: bytes, how: int) -> bytes:
    """Unpack what a proxy packed unasked, up to the limit."""
    unpacking = zlib.decompressobj(how)
    try:
        content = unpacking.decompress(body, LIMIT + 1)
    except zlib.error:
        raise NoAnswer("the answer says that it is packed, and is not") from None
    if len(content) > LIMIT:
        raise _too_much()
    if not unpacking.eof:
        raise NoAnswer("the answer ends in the middle")
    return content


def _too_much() -> NoAnswer:
    return NoAnswer(f"the answer is longer than {LIMIT // 1024 // 1024} MB")


def _refusal(status: int, request: Request, location: str) -> str:
    try:
        phrase = f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    if location and status // 100 == 3:
        return f"it redirects to {request.describe(location)}: name that address, or what it asks for"
    if status in (401, 403):
        return f"it answers {phrase}: bearer, basic or headers of the source are missing or wrong"
    if status == 404:
        return f"it answers {phrase}: there is no Alertmanager API under this address"
    return f"it answers {phrase}"


def words_of(said: bytes) -> str:
    """Return what came with a refusal, in one clean line: a bare JSON string, or an object's message."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = decode(said)
    if isinstance(found, dict):
        found = found.get("message", "")
    return clean_line(found) if isinstance(found, str) else ""
