"""What Alertmanager's v2 API answers, read and cleaned (design 3.7, 8); Grafana and Mimir speak it too.

Whatever a server sends, the only exception is ``NotAlertmanager``, whose text is one sentence for people.
What is broken among good things is left out and counted: it must not hide the others.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from data.domain.alert import AlertState
from data.domain.alerting import NO_START, Sighting, Sightings
from data.domain.instants import everywhere
from data.text import clean, clean_line, decode

MOST_BYTES = 10 * 1024 * 1024
MOST_ALERTS = 20_000  # the rest is counted
MOST_SILENCES = 5_000
MOST_LABELS, MOST_ANNOTATIONS, MOST_MUTES, MOST_MATCHERS = 64, 32, 16, 64
NAME, VALUE, TEXT, URL = 100, 300, 2_000, 1_000  # characters that are kept

_FINGERPRINT = re.compile(r"[0-9a-zA-Z_.-]{1,64}", re.ASCII)
# What differs from answer to answer although nothing has changed: instants are refreshed whenever an alert
# is told again, and of several alerts that inhibit one any may be named. Inside a string a quote is
# escaped, so only keys are found.
_RESTLESS = re.compile(rb'"(?:endsAt":"[^"]*"|updatedAt":"[^"]*"|inhibitedBy":\["[^\]]*\]),?')


class NotAlertmanager(ValueError):
    """What was answered is not what Alertmanager answers; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class Status:
    """When an instance started (None where it does not say, like Grafana), and its version."""

    started: datetime | None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a silence asks of one label."""

    name: str
    value: str
    regex: bool = False
    equal: bool = True

    @property
    def text(self) -> str:
        """The matcher as Alertmanager writes it: ``service=~"check.*"``."""
        sign = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
        return f'{self.name}{sign[self.regex, self.equal]}"{self.value}"'


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence as its source knows it; ``state`` is active, pending or expired."""

    id: str
    matchers: tuple[Matcher, ...]
    ends_at: datetime | None
    created_by: str
    comment: str
    state: str


class AlertReader:
    """Reads an instance's answers one after another; one that only repeats the last costs next to nothing."""

    def __init__(self) -> None:
        self._told = b""
        self._last: Sightings | None = None

    def read(self, body: bytes) -> Sightings:
        """Return the alerts as ``read_alerts`` does: the very same object while nothing has changed."""
        told = _RESTLESS.sub(b"", body) if len(body) <= MOST_BYTES else b""
        if self._last is None or told != self._told or not told:
            before = {sighting.fingerprint: sighting for sighting in self._last or ()}
            self._last, self._told = None, b""
            self._last, self._told = read_alerts(body, before), told
        return self._last


def read_alerts(body: bytes, before: Mapping[str, Sighting] | None = None) -> Sightings:
    """Read the answer to ``GET /api/v2/alerts``, in all states. Raises NotAlertmanager.

    ``before`` are alerts as last read, by fingerprint: what still is as they are need not be cleaned.
    """
    items, known = _list(body, "alerts"), before or {}
    found = [_sighting(item, known) for item in items[:MOST_ALERTS]]
    broken = [item for item, sighting in zip(items, found, strict=False) if sighting is None]
    beyond = items[MOST_ALERTS:]
    return Sightings(
        (sighting for sighting in found if sighting is not None),
        broken=len(broken),
        beyond=len(beyond),
        unread=frozenset(name for item in (*broken, *beyond) if (name := _named(item))),
    )


def read_status(body: bytes) -> Status:
    """Read the answer to ``GET /api/v2/status``: its ``uptime`` is the start time. Raises NotAlertmanager."""
    answer = _json(body, "its status")
    if not isinstance(answer, dict) or not ({"uptime", "versionInfo", "config"} & answer.keys()):
        raise NotAlertmanager(f"it answered {_kind(answer)} where its status is expected")
    version = answer.get("versionInfo")
    said = version.get("version") if isinstance(version, dict) else ""
    return Status(_instant(answer.get("uptime")), _line(said, NAME))


def read_silences(body: bytes) -> tuple[Silence, ...]:
    """Read the answer to ``GET /api/v2/silences``. Raises NotAlertmanager."""
    items = _list(body, "silences")[:MOST_SILENCES]
    return tuple(silence for item in items if (silence := _silence(item)) is not None)


def fingerprint_of(labels: Mapping[str, str]) -> str:
    """Return Prometheus' fingerprint of labels: FNV-1a over sorted pairs, 0xFF after each name and value."""
    value = 0xCBF29CE484222325
    for name in sorted(labels):
        for byte in b"%b\xff%b\xff" % (_bytes(name), _bytes(labels[name])):
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def _json(body: bytes, wanted: str) -> Any:
    if len(body) > MOST_BYTES:
        raise NotAlertmanager(f"it answered more than {MOST_BYTES >> 20} MB")
    if not body.strip():
        raise NotAlertmanager("it answered nothing")
    if body.lstrip()[:1] == b"<":
        raise NotAlertmanager("it answered a web page: is the address right, and does it ask for a login?")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        shown = clean_line(decode(body[:60]), 40)
        raise NotAlertmanager(f"it answered no whole JSON where {wanted} were expected: {shown}") from None


def _list(body: bytes, wanted: str) -> list[Any]:
    answer = _json(body, wanted)
    if not isinstance(answer, list):
        said = f"it answered {_kind(answer)} where a list of {wanted} is expected"
        raise NotAlertmanager(f"{said}: is this Alertmanager's v2 API?")
    return answer


def _kind(answer: Any) -> str:
    if isinstance(answer, str):
        return f'"{clean_line(answer, 80)}"'
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(answer), "a number")


def _sighting(item: Any, before: Mapping[str, Sighting]) -> Sighting | None:
    if not isinstance(item, dict):
        return None
    told, status = item.get("fingerprint"), item.get("status")
    known = before.get(told) if isinstance(told, str) else None
    if known is not None and _same(item, known):
        state, muted_by = _state(status if isinstance(status, dict) else {})
        starts_at = _instant(item.get("startsAt")) or NO_START
        if (state, muted_by, starts_at) == (known.state, known.muted_by, known.starts_at):
            return known
        return replace(known, state=state, muted_by=muted_by, starts_at=starts_at)
    labels = _labels(item)
    if not labels:
        return None
    state, muted_by = _state(status if isinstance(status, dict) else {})
    return Sighting(
        fingerprint=_fingerprint(told, labels),
        labels=_pairs(labels, MOST_LABELS, clean_line, VALUE),
        annotations=_pairs(item.get("annotations"), MOST_ANNOTATIONS, clean, TEXT),
        url=_line(item.get("generatorURL"), URL),
        starts_at=_instant(item.get("startsAt")) or NO_START,
        state=state,
        muted_by=muted_by,
    )


def _same(item: dict[str, Any], known: Sighting) -> bool:
    """Tell whether an alert's words are what they were: those were clean, so these are."""
    return (
        item.get("labels") == known.labels
        and item.get("annotations", {}) == known.annotations
        and item.get("generatorURL", "") == known.url
    )


def _labels(item: dict[str, Any]) -> dict[str, str]:
    labels = item.get("labels")
    if not isinstance(labels, dict):
        return {}
    return {name: value for name, value in labels.items() if isinstance(value, str)}


def _named(item: Any) -> str:
    """Return the fingerprint of an alert that is not kept: it is there all the same."""
    if not isinstance(item, dict):
        return ""
    told, labels = item.get("fingerprint"), _labels(item)
    return _fingerprint(told, labels) if told or labels else ""


def _state(status: dict[str, Any]) -> tuple[AlertState, tuple[str, ...]]:
    """Return the state of an alert, and what mutes it; ``mutedBy`` is missing before 0.28."""
    if status.get("state") != "suppressed":
        return AlertState.ACTIVE, ()
    inhibited, silenced = _names(status.get("inhibitedBy")), _names(status.get("silencedBy"))
    silenced += _names(status.get("mutedBy"))
    if inhibited and not silenced:
        return AlertState.INHIBITED, inhibited
    return AlertState.SILENCED, (silenced + inhibited)[:MOST_MUTES]


def _names(value: Any) -> tuple[str, ...]:
    items = value[:MOST_MUTES] if isinstance(value, list) else ()
    return tuple(clean_line(item, NAME) for item in items if isinstance(item, str))


def _fingerprint(told: Any, labels: Mapping[str, str]) -> str:
    if not isinstance(told, str) or not told:
        return fingerprint_of(labels)
    return told if _FINGERPRINT.fullmatch(told) else f"x{sha256(_bytes(told)).hexdigest()[:31]}"


def _pairs(value: Any, most: int, cleaner: Callable[[str, int], str], limit: int) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    pairs: Iterable[tuple[str, Any]] = value.items()
    if len(value) > most:
        # what the rules look for comes first
        pairs = sorted(pairs, key=lambda pair: (pair[0] not in _WANTED, pair[0]))[:most]
    return {clean_line(name, NAME): cleaner(text, limit) for name, text in pairs if isinstance(text, str)}


_WANTED = frozenset({"alertname", "service", "severity", "job", "summary", "description", "runbook_url"})


def _silence(item: Any) -> Silence | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    matchers, status = item.get("matchers"), item.get("status")
    return Silence(
        id=clean_line(item["id"], NAME),
        matchers=tuple(
            Matcher(
                _line(matcher.get("name"), NAME),
                _line(matcher.get("value"), VALUE),
                matcher.get("isRegex") is True,
                matcher.get("isEqual") is not False,  # missing before 0.22, and then it is meant
            )
            for matcher in (matchers[:MOST_MATCHERS] if isinstance(matchers, list) else ())
            if isinstance(matcher, dict)
        ),
        ends_at=_instant(item.get("endsAt")),
        created_by=_line(item.get("createdBy"), NAME),
        comment=_line(item.get("comment"), VALUE),
        state=_line(status.get("state") if isinstance(status, dict) else "", NAME),
    )


def _line(value: Any, limit: int) -> str:
    return clean_line(value, limit) if isinstance(value, str) else ""


def _instant(value: Any) -> datetime | None:
    """Return an instant in UTC, its fraction cut to six digits; None for none.

    The first year means that too, and the last day of the calendar that there is no end.
    """
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.year > 1 and everywhere(found) else None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
