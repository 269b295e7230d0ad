"""Where a level's calendar lies, and its bytes: an address that is a secret, or a file on this host.

``calendar`` of a level is a secret reference. What is behind it is the address of a feed (``https://``,
``webcal://``, plain ``http://`` where somebody insists) or of a file (``file:///…``); and where
``file:PATH`` names a file that is itself a calendar, that is the calendar.
"""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from console.workers.faults import Unusable, classify
from console.workers.request import parse
from console.workers.secrets import SecretMissing, resolve
from console.workers.transport import Stage, Trace
from data.calendars import LARGEST, NotACalendar
from data.text import clean_line

LIMIT = 15.0  # seconds for everything
HOPS = 3  # redirects followed
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ASKED = {"accept": "text/calendar, */*", "accept-encoding": "identity", "user-agent": "warroom"}
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


async def fetch(place: Place, trust: ssl.SSLContext, *, limit: float = LIMIT) -> bytes:
    """Return a calendar's bytes, within ``limit`` seconds and ``LARGEST`` bytes. Raises NoCalendar."""
    trace = Trace()
    try:
        async with asyncio.timeout(limit):
            if place.path is not None:
                return await asyncio.to_thread(_read, place.path)
            return await _ask(place.url or httpx.URL(), trust, trace, limit)
    except (NoCalendar, NotACalendar) as error:
        raise NoCalendar(str(error)) from None
    except (TimeoutError, httpx.TimeoutException):
        raise NoCalendar(f"it took longer than {limit:.0f} s") from None
    except Exception as error:  # noqa: BLE001 - whatever was met is said in a sentence
        raise NoCalendar(_words(error, trace)) from None


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a pipe would never end
        raise NoCalendar("its file is no regular file")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise NoCalendar(f"its file cannot be read: {error.strerror}") from None


async def _ask(url: httpx.URL, trust: ssl.SSLContext, trace: Trace, limit: float) -> bytes:
    async with httpx.AsyncClient(verify=trust, trust_env=False, timeout=limit, headers=_ASKED) as client:
        for _ in range(HOPS + 1):
            trace.enter(Stage.CONNECT)
            async with client.stream("GET", url, follow_redirects=False) as response:
                trace.enter(Stage.BODY)
                if response.status_code not in _REDIRECTS:
                    return await _body(response)
                url = _redirected(url, response.headers.get("location", ""))
    raise NoCalendar(f"it redirects more than {HOPS} times")


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads: the same origin, or https; credentials never go along elsewhere."""
    try:
        to = parse(str(url.join(location)), secret=True, schemes=("https", "http"))
    except (Unusable, httpx.InvalidURL, ValueError):
        raise NoCalendar("it redirects to an address that cannot be used") from None
    same = (to.scheme, to.host, to.port) == (url.scheme, url.host, url.port)
    if not same and to.scheme != "https":
        raise NoCalendar(f"it redirects to {to.scheme}://{to.host}, which is not followed")
    return to.copy_with(userinfo=url.userinfo if same else b"")


async def _body(response: httpx.Response) -> bytes:
    status = response.status_code
    if status != httpx.codes.OK:
        raise NoCalendar(f"{_WORDS.get(status, 'it fails')}: HTTP {status}")
    body = bytearray()
    async for chunk in response.aiter_raw(64 * 1024):
        body += chunk
        if len(body) > LARGEST:
            raise NoCalendar(f"it is larger than {LARGEST // 1024 // 1024} MB")
    return bytes(body)


def _words(error: Exception, trace: Trace) -> str:
    if isinstance(error, SecretMissing):
        return str(error)
    if isinstance(error, httpx.TransportError) and trace.stage is Stage.BODY:
        return "its answer breaks off"
    if isinstance(error, httpx.RemoteProtocolError):
        return "it gives no proper HTTP answer"
    fault = classify(error, trace)
    # an error nobody knows may quote the address
    return fault.words if isinstance(error, httpx.TransportError) else f"it failed ({type(error).__name__})"
