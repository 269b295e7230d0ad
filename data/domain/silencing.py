"""A silence while it is written: its matchers as people type them, what they catch, when it ends."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from data.domain.alert import Alert
from data.domain.durations import parse_duration
from data.domain.instants import parse_instant
from data.domain.silence import Matcher

_WRITTEN = re.compile(r"\s*([^\s=!~]+)\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LONGEST = 1000  # characters of an expression
_EXAMPLE = 'write one like service="checkout"'


@dataclass(frozen=True, slots=True)
class Silencing:
    """A silence somebody wants at a source."""

    source: str
    matchers: tuple[Matcher, ...]
    ends: datetime
    why: str


def parse_matcher(text: str) -> Matcher:
    """Read ``name=value``, ``name="value"``, and the same with ``!=``, ``=~`` and ``!~``.

    Raises ValueError with a sentence for the user.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f"{_short(text)} is no matcher: {_EXAMPLE}")
    name, operator, value = match.groups()
    if value.startswith('"'):
        if len(value) < 2 or not value.endswith('"') or _open(value[1:-1]):
            raise ValueError(f"{_short(text)} lacks its second quotation mark")
        value = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), value[1:-1])
    matcher = Matcher(name, value, regex="~" in operator, equal="!" not in operator)
    if matcher.regex:
        _expression(matcher.value)
    return matcher


def _open(inner: str) -> bool:
    """Tell whether a quotation mark inside is not escaped, or the last one is."""
    return '"' in _ESCAPE.sub("", inner) or _ESCAPE.sub("", inner).endswith("\\")


def holds(matcher: Matcher, value: str) -> bool:
    """Tell whether a label's value, empty where an alert lacks it, fits. Raises ValueError."""
    if not matcher.regex:
        return (value == matcher.value) is matcher.equal
    return (_expression(matcher.value).fullmatch(value) is not None) is matcher.equal


def caught(matchers: Sequence[Matcher], alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return the firing alerts a silence would hide, or hides already. Raises ValueError."""
    return tuple(
        alert
        for alert in alerts
        if alert.firing and all(holds(matcher, alert.labels.get(matcher.name, "")) for matcher in matchers)
    )


def parse_end(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read a span from now (``1h``) or the next such time of day (``15:30``). Raises ValueError."""
    try:
        return now + parse_duration(text)
    except ValueError:
        if ":" not in text:
            raise
    return parse_instant(text, now, zone)


@lru_cache(maxsize=64)
def _expression(text: str) -> re.Pattern[str]:
    if len(text) > _LONGEST:
        raise ValueError(f"an expression has at most {_LONGEST} characters")
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError):
        raise ValueError(f"{_short(text)} is no regular expression") from None


def _short(text: str) -> str:
    """Return what was typed, short and with nothing a terminal obeys in it."""
    return repr(text if len(text) <= 40 else text[:39] + "…")
