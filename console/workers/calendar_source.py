"""Where a level's calendar lies, and its bytes: an address that is a secret, or a file on this host.

``calendar`` of a level is a secret reference. What is behind it is the address of a feed (``https://``,
``webcal://``, plain ``http://`` where somebody insists) or of a file (``file:///…``); and where
``file:PATH`` names a file that is itself a calendar, that is the calendar.
"""

import asyncio
import http
import ssl
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from console.workers.dialer import Dialer
from console.workers.exchange import Transport, header, read
from console.workers.faults import Unusable, classify
from console.workers.request import Request, parse
from console.workers.secrets import resolve
from console.workers.transport import Stage, Trace
from data.calendars import LARGEST
from data.text import clean_line

LIMIT = 15.0  # seconds for everything
HOPS = 3  # redirects followed
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (("Accept", "text/calendar, */*"),)
_BEGIN = b"BEGIN:VCALENDAR"
_WORDS = {
    401: "it asks for a login",
    403: "it refuses",
    404: "there is nothing at its address",
    410: "it is gone",
}


class NoCalendar(Exception):
    """Why a calendar could not be fetched: one clean sentence that holds no secret."""

    def __init__(self, words: str) -> None:
        super().__init__(clean_line(words))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a calendar is: an address to ask, or a file. Never shown: an address is a secret."""

    url: httpx.URL | None = None
    path: Path | None = None


def locate(reference: str) -> Place:
    """Return where the calendar behind a reference is; reads files. Raises SecretMissing or NoCalendar."""
    if reference.startswith("file:"):
        path = Path(reference[5:]).expanduser()
        if path.is_file():
            with path.open("rb") as file:
                if file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(_BEGIN):
                    return Place(path=path)
    return _place(resolve(reference).strip())


def _place(address: str) -> Place:
    kind = address.partition(":")[0].lower()
    if kind == "file":
        return Place(path=Path(unquote(urlsplit(address).path)))
    if kind in ("webcal", "webcals"):
        address = "https" + address[len(kind) :]
    try:
        return Place(url=parse(address, secret=True, schemes=("https", "http")))
    except Unusable:
        raise NoCalendar(
            "its address cannot be used: https://, webcal:// or file:/// lead to a calendar"
        ) from None


class Fetcher:
    """Fetches calendars, each over connections of its own. Nothing to close."""

    def __init__(self, *, trust: ssl.SSLContext | None = None, limit: float = LIMIT) -> None:
        """``limit`` is how many seconds a fetch may take; ``trust`` replaces the system's authorities."""
        self._transport = Transport(Dialer(), trust=trust)
        self._limit = limit

    async def fetch(self, place: Place) -> bytes:
        """Return a calendar's bytes, at most ``LARGEST`` and one. Raises NoCalendar."""
        trace = Trace()
        try:
            async with asyncio.timeout(self._limit):
                if place.path is not None:
                    return await asyncio.to_thread(_read, place.path)
                return await self._ask(Request("GET", place.url or httpx.URL(), _ACCEPT), trace)
        except NoCalendar:
            raise
        except Exception as error:  # noqa: BLE001 - whatever was met is said in a sentence
            words = classify(error, trace).words
        raise NoCalendar(_without_address(words, place.url))

    async def _ask(self, request: Request, trace: Trace) -> bytes:
        for _ in range(HOPS + 1):
            asked = request.build(stages=trace, limit=LARGEST + 1)
            async with aclosing(await self._transport.handle_async_request(asked)) as answer:
                trace.enter(Stage.BODY)
                if answer.status_code not in _REDIRECTS:
                    return await _body(answer)
                request = _redirected(request, answer.status_code, header(answer, "location"))
        raise NoCalendar(f"it redirects more than {HOPS} times")


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a pipe would never end
        raise NoCalendar("its file is no regular file")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise NoCalendar(f"its file cannot be read: {error.strerror}") from None


def _redirected(request: Request, status: int, location: str) -> Request:
    """Return where a redirect leads: the same origin, or https; credentials never go along elsewhere."""
    try:
        to = request.redirected(status, location)
    except Unusable:
        raise NoCalendar("it redirects to an address that cannot be used") from None
    before, after = request.url, to.url
    same = (before.scheme, before.host, before.port) == (after.scheme, after.host, after.port)
    if same:
        return replace(to, url=after.copy_with(userinfo=before.userinfo))
    if after.scheme != "https":
        raise NoCalendar(f"it redirects to {after.scheme}://{after.host}, which is not followed")
    return replace(to, url=after.copy_with(userinfo=b""))


async def _body(answer: httpx.Response) -> bytes:
    if answer.status_code != http.HTTPStatus.OK:
        raise NoCalendar(f"{_WORDS.get(answer.status_code, 'it fails')}: HTTP {answer.status_code}")
    body = await read(answer)
    if len(body) > LARGEST:
        raise NoCalendar(f"it is larger than {LARGEST // 1024 // 1024} MB")
    return body


def _without_address(words: str, url: httpx.URL | None) -> str:
    """Return words without any part of an address that is a secret, wherever an error has them from."""
    parts = [] if url is None else [str(url), url.raw_path.decode("ascii"), url.password]
    for part in sorted((part for part in parts if len(part) > 1), key=len, reverse=True):
        words = words.replace(part, "***")
    return words
