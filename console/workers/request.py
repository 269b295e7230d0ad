"""What a probe asks: the check's address and headers with their secrets, over any redirects."""

import asyncio
import base64
import functools
import re
from dataclasses import dataclass, replace

import httpx

from console.workers import secrets
from console.workers.faults import Unusable
from data.domain.check import Check

WEB = {"http": 80, "https": 443}  # ports
_OURS = {
    "accept": (b"Accept", b"*/*"),
    "accept-encoding": (b"Accept-Encoding", b"identity"),
    "connection": (b"Connection", b"close"),
    "user-agent": (b"User-Agent", b"warroom"),
}
_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})  # without any they say so
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SHORT = 4  # characters: a shorter secret is in any text by chance


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a probe; ``hidden`` are the secrets in it, which no text may show."""

    method: str
    url: httpx.URL
    headers: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host as it is looked up: IDNA-encoded, an IPv6 address without brackets."""
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        """The port, the scheme's own where none is given."""
        return self.url.port or WEB[self.url.scheme]

    def build(self, content: bytes = b"", **extensions: object) -> httpx.Request:
        """The request as it goes out; ``extensions`` are for the transport."""
        return httpx.Request(
            self.method,
            self.url,
            headers=self._lines(len(content)),
            stream=httpx.ByteStream(content),
            extensions=extensions,
        )

    def _lines(self, length: int) -> list[tuple[bytes, bytes]]:
        """The check's own headers instead of ours."""
        lines = {"host": (b"Host", self.url.netloc), **_OURS}
        if self.method in _WITH_CONTENT:
            lines["content-length"] = (b"Content-Length", b"%d" % length)
        if credentials := _basic(self.url):
            lines["authorization"] = (b"Authorization", credentials.encode())
        for name, value in self.headers:
            lines[name.lower()] = (name.encode(), value.strip().encode())
        return list(lines.values())

    def redirected(self, status: int, location: str) -> "Request":
        """Where a redirect leads. Another origin never sees the check's headers. Raises Unusable."""
        url = parse(self._absolute(location), schemes=tuple(WEB))
        method = "GET" if status == 303 or (status in (301, 302) and self.method == "POST") else self.method
        same = (url.scheme, url.host, url.port) == (self.url.scheme, self.url.host, self.url.port)
        return replace(self, method=method, url=url, headers=self.headers if same else ())

    def describe(self, location: str) -> str:
        """Where ``location`` leads, without credentials and query."""
        try:
            url = parse(self._absolute(location), schemes=tuple(WEB))
        except Unusable as error:
            return f"nowhere: {error}"
        return f"{url.scheme}://{url.netloc.decode()}{url.path}"

    def redact(self, text: str) -> str:
        """``text`` without this request's secrets."""
        for secret in self.hidden:
            text = text.replace(secret, "***")
        return text

    def redact_bytes(self, content: bytes) -> bytes:
        """``content`` without this request's secrets, where a server sends them back."""
        for secret in self.hidden:
            content = content.replace(secret.encode(), b"***")
        return content

    def _absolute(self, location: str) -> str:
        try:
            return str(self.url.join(location))
        except (httpx.InvalidURL, ValueError):
            raise Unusable("the redirect's address cannot be used") from None


async def prepare(check: Check) -> Request:
    """The first request of a probe. Raises SecretMissing, or Unusable where it could never be sent."""
    references = [check.url, *(value for _, value in check.headers)]
    if any(text.startswith("file:") for text in references):
        return await asyncio.to_thread(_prepare, check)
    return _prepare(check)


def _prepare(check: Check) -> Request:
    hidden: list[str] = []
    address = secrets.resolve(check.url)
    url = parse(address, secret=address != check.url)
    if address != check.url:
        hidden += [address, url.host, url.raw_path.decode("ascii")]
    if url.password:
        hidden += [url.password, _basic(url)]
    headers = []
    for name, reference in check.headers:
        value = secrets.resolve(reference)
        if not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            raise Unusable(f"the header {name} cannot be sent")
        if value != reference:
            hidden += [value, *value.split()]
        headers.append((name, value))
    if not _TOKEN.fullmatch(check.method):
        raise Unusable(f"the method {check.method} cannot be sent")
    # The longest first: a part may be inside another.
    shown = sorted({text for text in hidden if len(text) >= _SHORT}, key=len, reverse=True)
    return Request(check.method.upper(), url, tuple(headers), tuple(shown))


def _basic(url: httpx.URL) -> str:
    """The Authorization header that credentials in an address mean; empty without any."""
    if not url.userinfo:
        return ""
    return "Basic " + base64.b64encode(f"{url.username}:{url.password}".encode()).decode()


@functools.lru_cache(maxsize=4096)
def parse(
    address: str, *, secret: bool = False, schemes: tuple[str, ...] = ("https", "http", "tcp")
) -> httpx.URL:
    """An address that can be asked. Raises Unusable, without quoting the address where it is a secret."""
    shown = "" if secret else f" {address[:100]}"
    try:
        url = httpx.URL(address)
        _ = url.host  # raises where the host is no name in any script
    except (httpx.InvalidURL, ValueError):
        raise Unusable(f"the address cannot be used:{shown or ' it is malformed'}") from None
    if url.scheme not in schemes:
        raise Unusable(f"the address must begin with {' or '.join(f'{name}://' for name in schemes)}:{shown}")
    if not _HOST.fullmatch(url.raw_host):
        raise Unusable(f"the address has no proper host:{shown}")
    if url.port is None and url.scheme == "tcp":
        raise Unusable(f"the address has no port:{shown}")
    if url.port is not None and not 0 < url.port < 65536:
        raise Unusable(f"there is no port {url.port}:{shown}")
    return url
