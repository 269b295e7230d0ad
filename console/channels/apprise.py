"""People and teams, by whatever Apprise reaches: mail, chat, push, SMS, webhooks (design 3.5)."""

import logging
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from console.channels import Message
from console.channels.answers import permanent, reason, wait_of
from console.threads import in_thread
from data.domain.outbox import Outcome
from data.text import clean_line

CONNECT, READ = 5.0, 10.0  # seconds, together one try's limit
ANSWER = 64 * 1024  # bytes of an answer that are read
PAUSE = 1.0  # seconds between two targets of one URL, at most
KEY_HEADER = "X-Idempotency-Key"
UNKNOWN = "Apprise does not know this address, or lacks what it needs for it"
_ARRIVED = "arrived"  # the option that holds which of a channel's URLs have it already
_PARTS = re.compile(r"[/:@?&=,+#\s]+")
_SHORT = 4  # characters: a shorter secret is in any text by chance


@dataclass(slots=True)
class _Heard:
    """What one thread heard while it sent: servers' answers, how connections ended, Apprise's own words."""

    status: int | None = None
    retry_after: timedelta | None = None
    failure: str = ""
    words: list[str] = field(default_factory=list)


class _Ears(threading.local):
    heard: _Heard | None = None


_ears = _Ears()
_loading = threading.Lock()


class AppriseChannel:
    """One or more Apprise URLs; each of them has to take the message."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def send(self, message: Message) -> Outcome:
        """Send to every URL that has not taken this message yet; nothing in the answer shows one."""
        return await in_thread(partial(send, self._url, message))


def known_scheme(url: str) -> bool:
    """Tell whether Apprise can make something of a URL. Blocks for some 0.2 s the first time."""
    return bool(servers := servers_of(url)) and all(server is not None for server in servers)


def send(url: str, message: Message) -> Outcome:
    """Send to every one of the URLs that has not taken this message yet; blocks until that is done."""
    servers = servers_of(url)
    arrived = {int(place) for place in message.options.get(_ARRIVED) or ()}
    if not servers or None in servers:
        return Outcome(False, UNKNOWN, permanent=True)
    told, outcomes = [], []
    for place, server in enumerate(servers):
        if place in arrived:
            continue
        outcome = _one(server, message, _secrets(url))
        outcomes.append(outcome)
        if outcome.ok:
            arrived.add(place)
        else:
            told.append(outcome.result)
    names = ", ".join(dict.fromkeys(str(server.service_name) for server in servers))
    if not told:
        return Outcome(True, names)
    words = "; ".join(dict.fromkeys(told))
    if len(servers) > 1:
        words = f"{len(arrived)} of {len(servers)} have it; {words}"
    failed = [outcome for outcome in outcomes if not outcome.ok]
    waits = [outcome.retry_after for outcome in failed if outcome.retry_after is not None]
    return Outcome(
        False,
        words,
        retry_after=max(waits, default=None),
        permanent=all(outcome.permanent for outcome in failed),
        keep={_ARRIVED: sorted(arrived)} if arrived else {},
    )


def _one(server: Any, message: Message, secrets: Sequence[str]) -> Outcome:
    """Send to one URL's receivers."""
    name = str(server.service_name)
    headers = getattr(server, "headers", None)
    if isinstance(headers, dict):
        headers.setdefault(KEY_HEADER, message.key)
    with _listening() as heard:
        try:
            ok = server.notify(
                body=message.body, title=message.subject, body_format=_library().NotifyFormat.TEXT
            )
        except Exception as error:  # noqa: BLE001 - plugins raise anything, often with the URL in it
            return Outcome(False, f"{name}: failed ({type(error).__name__})")
    if ok:
        return Outcome(True, name)
    if heard.status is not None and not 200 <= heard.status < 300:
        words = f"{name}: {reason(heard.status)}"
        return Outcome(False, words, heard.retry_after, permanent(heard.status))
    said = heard.failure or _hidden(heard.words[-1] if heard.words else "it was not taken", secrets)
    return Outcome(False, f"{name}: {said}")


def servers_of(url: str) -> list[Any]:
    """Return what Apprise makes of one or more URLs, None for each that it does not know. Sends nothing."""
    library = _library()
    asset = library.AppriseAsset(
        app_id="warroom",
        app_desc="warroom",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        allow_templates=False,
        http_redirects=False,
        interpret_emojis=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode="memory",
        timezone="UTC",
    )
    parts = import_module("apprise.utils.parse").parse_urls(url)
    with _listening():
        servers = [library.Apprise.instantiate(part, asset=asset) for part in parts]
    for server in servers:
        if server is not None:
            server.redirects = False
            server.notify_format = library.NotifyFormat.TEXT  # nothing in our text is markup
            server.socket_connect_timeout = min(server.socket_connect_timeout, CONNECT)
            server.socket_read_timeout = min(server.socket_read_timeout, READ)
            server.request_rate_per_sec = min(server.request_rate_per_sec, PAUSE)
    return servers


def _secrets(url: str) -> list[str]:
    """Return what of a URL no text may show, the longest first."""
    _, _, rest = url.partition("://")
    parts = {url, rest, *_PARTS.split(url), *(unquote(part) for part in _PARTS.split(url))}
    return sorted((part for part in parts if len(part) >= _SHORT), key=len, reverse=True)


def _hidden(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return clean_line(text)


@contextmanager
def _listening() -> Iterator[_Heard]:
    heard = _ears.heard = _Heard()
    try:
        yield heard
    finally:
        _ears.heard = None


class _Words(logging.Handler):
    """Keeps what Apprise says to the thread that asked, and from everybody else: URLs are in it."""

    def emit(self, record: logging.LogRecord) -> None:
        heard = _ears.heard
        if heard is not None:
            heard.words.append(record.getMessage())


def _library() -> Any:
    """Return Apprise, loaded at the first need, in whichever thread that is."""
    with _loading:
        return _load()


@cache
def _load() -> Any:
    """Load Apprise, silence it, and listen to what servers answer, of which it tells only the half."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its plugins use that Python is about to drop is not ours
        library = import_module("apprise")
        library.NotificationManager().load_modules()
    words = logging.getLogger("apprise")
    words.handlers = [_Words(logging.WARNING)]
    words.setLevel(logging.WARNING)
    words.propagate = False
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it tells the paths it asks, which hold tokens
    session = import_module("requests").Session
    session.send = _noted(session.send)
    return library


def _noted(send: Callable[..., Any]) -> Callable[..., Any]:
    """Return what sends a request and notes its answer for the thread that listens, within limits."""

    def noting(*arguments: Any, **named: Any) -> Any:
        heard = _ears.heard
        if heard is None:
            return send(*arguments, **named)
        began = time.monotonic()
        try:
            answer = send(*arguments, **{**named, "stream": True, "allow_redirects": False})
            heard.status = answer.status_code
            heard.retry_after = wait_of(answer.headers.get("Retry-After"))
            content = b""
            for chunk in answer.iter_content(4096):
                content += chunk
                if len(content) >= ANSWER or time.monotonic() - began > READ:
                    break
        except Exception as error:
            heard.failure = _failure(error)
            raise
        answer._content, answer._content_consumed = content, True  # where the library looks for it
        answer.close()
        return answer

    return noting


def _failure(error: Exception) -> str:
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if "ReadTimeout" in kinds:
        return "no answer in time: unknown, it may have arrived"
    if "SSLError" in kinds:
        return "its certificate is not trusted"
    if "ConnectTimeout" in kinds:
        return "it cannot be reached in time"
    if "ConnectionError" in kinds:
        return "the connection failed"
    return "the request failed"
