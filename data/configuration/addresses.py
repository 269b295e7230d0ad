"""URLs and secret references: what may be written in a file, and what must not (design 3.6, 10)."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from data.configuration.values import At, Several, line, quoted
from data.domain.page_template import PLACES

URL_LIMIT = 2000

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:(?:/|~)[^\x00]+", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII | re.IGNORECASE)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}", re.ASCII)
_PLACE = re.compile(r"\{([^{}]*)\}")
_SECRET_HEADER = re.compile(r"auth|cookie|token|secret|key|password|credential", re.IGNORECASE)
_IN_CLEAR = "is a secret and must not stand here in clear"
_WRITE_REFERENCE = "write env:NAME or file:/PATH"


def is_reference(text: str) -> bool:
    """True for what begins like a secret reference."""
    return text.startswith(("env:", "file:"))


def reference(text: str) -> str:
    """Return a well-formed ``env:NAME`` or ``file:/PATH``, the path absolute or from ``~``."""
    if not _REFERENCE.fullmatch(line(text, URL_LIMIT)):
        raise ValueError(f"is not a secret reference: {_WRITE_REFERENCE} (absolute, or from ~)")
    return text


def secret(text: str) -> str:
    """Return a secret reference; in clear only a URL of this very host, where there is nothing to keep.

    What was written is never repeated in the refusal: it may be the secret.
    """
    if is_reference(text):
        return reference(text)
    try:
        url = urlsplit(line(text, URL_LIMIT))
        if _is_loopback(url.hostname or "") and "@" not in url.netloc and _port(url) != 0:
            return text
    except ValueError:
        pass
    raise ValueError(f"{_IN_CLEAR}: {_WRITE_REFERENCE}")


def target(text: str) -> str:
    """Return what a check or a canary may look at: http://, https:// or tcp://host:port, or a reference."""
    if is_reference(text):
        return reference(text)
    url = _split(text, ("http", "https", "tcp"))
    if url.scheme == "tcp":
        if url.port is None:
            raise ValueError("tcp needs a port: write tcp://host:port")
        if url.path not in ("", "/") or url.query or url.fragment:
            raise ValueError("tcp has no path: write tcp://host:port")
    return text


def feed(text: str) -> str:
    """Return where alerts come from: http:// or https://, or a reference."""
    return reference(text) if is_reference(text) else page(text)


def page(text: str) -> str:
    """Return a page a person may open: http:// or https://."""
    _split(text, ("http", "https"))
    return text


def page_template(text: str) -> str:
    """Return a page's address with places in braces to fill in: ``{title}``, ``{id}`` and the like.

    None may stand in the host's name: what somebody wrote in a title must not choose who is visited.
    """
    if text:
        for name in _PLACE.findall(text):
            if name not in PLACES:
                raise ValueError(f"{quoted('{' + name + '}')} is not known: {', '.join(PLACES)}")
        if re.search(r"[{}]", _PLACE.sub("", text)):
            raise ValueError("has a brace without its pair: places are written {title}")
        _split(text, ("http", "https"))
    return text


def headers(written: Mapping[str, str]) -> Mapping[str, str]:
    """Return HTTP headers; the ones that carry credentials must be references, whole."""
    refused: list[At] = []
    for name, value in written.items():
        try:
            _header(name, value)
        except ValueError as error:
            refused.append(At(str(error), name))
    if refused:
        raise Several(refused)
    return written


def _header(name: str, value: str) -> None:
    if not _HEADER.fullmatch(name):
        raise ValueError(f"{quoted(name)} is not the name of a header")
    if is_reference(value):
        reference(value)
    elif _SECRET_HEADER.search(name):
        raise ValueError(f"{_IN_CLEAR}: {_WRITE_REFERENCE} for the whole value")
    elif not line(value).isascii():
        raise ValueError("a header holds only ASCII")


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    words = f"{', '.join(schemes[:-1])} or {schemes[-1]}"
    if " " in line(text, URL_LIMIT):
        raise ValueError("a URL holds no blanks")
    try:
        url = urlsplit(text)
    except ValueError:
        raise ValueError(f"is not a URL: write {schemes[-1]}://host…") from None
    if url.scheme not in schemes or not text.lower().startswith(f"{url.scheme}://"):
        shown = quoted(url.scheme) if url.scheme else "nothing"
        raise ValueError(f"must begin with {words} and ://, found {shown}")
    if "@" in url.netloc:
        raise ValueError(f"holds a user or password in clear: {_WRITE_REFERENCE} for the whole URL")
    if not url.hostname:
        raise ValueError("names no host")
    if not _is_host(url.hostname):
        raise ValueError(f"{quoted(url.hostname)} is not a host")
    if _port(url) == 0:
        raise ValueError(f"port {quoted(url.netloc.rpartition(':')[2])} is not between 1 and 65535")
    return url


def _port(url: SplitResult) -> int | None:
    """Return the port, None where the scheme decides, 0 for one that cannot be."""
    try:
        return url.port
    except ValueError:
        return 0


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return True
    try:
        labels = host.encode("idna").decode().removesuffix(".").split(".")
    except ValueError:
        return False
    if sum(map(len, labels)) + len(labels) > 254 or labels[-1].isdigit():
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
