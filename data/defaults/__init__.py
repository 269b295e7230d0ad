"""The incident response guide as data: what a room has before anybody configures it."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from data.configuration.model import ROOM_ID, Configuration
from data.domain.codec import encode
from data.domain.durations import parse_duration
from data.domain.policy import Audience, Level
from data.domain.room import Definition, Kind, Origin, RoomSettings, Runbook, RunbookStep, SeverityTimes
from data.domain.severity import Severity


@cache
def defaults() -> Configuration:
    """Return the guide's severities, levels, audiences and runbooks, origin default (design 3.1-3.8).

    Reads a file of the package and no other: fast enough for a first start.
    """
    tables = _load("guide.toml")
    found: list[Definition] = []
    for kind, things in (
        (Kind.ROOM, [(ROOM_ID, RoomSettings())]),
        (Kind.SEVERITY, _severities(tables)),
        (Kind.LEVEL, _levels(tables)),
        (Kind.AUDIENCE, _audiences(tables)),
        (Kind.RUNBOOK, _runbooks(tables)),
    ):
        for position, (key, thing) in enumerate(things):
            found.append(Definition(kind, key, encode(thing), Origin.DEFAULT, position))
    return Configuration(tuple(found), "guide.toml")


@cache
def guide() -> str:
    """Return the incident response guide itself, as Markdown."""
    return _text("incident-response-guide.md")


@cache
def documentation() -> tuple[str, ...]:
    """Return the sections a post-mortem has, in order (guide: Documentation Requirements)."""
    return tuple(_load("documents.toml")["documentation"])


@cache
def tools() -> Mapping[str, tuple[str, ...]]:
    """Return the tools by what they are for (guide: Tools & Resources)."""
    return {purpose: tuple(names) for purpose, names in _load("documents.toml")["tools"].items()}


def _text(name: str) -> str:
    return files("data.defaults").joinpath(name).read_text(encoding="utf-8")


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(name))


def _severities(tables: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for key, table in tables["severity"].items():
        response, update = parse_duration(table["response"]), parse_duration(table["update"])
        yield key, SeverityTimes(Severity(key), response, update)


def _levels(tables: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for rank, table in enumerate(tables["level"], start=1):
        yield table["id"], Level(rank=rank, **_plain(table))


def _audiences(tables: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for table in tables["audience"]:
        yield table["id"], Audience(**_plain(table))


def _runbooks(tables: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for table in tables["runbook"]:
        steps = tuple(RunbookStep(**step) for step in table["step"])
        words = tuple(table.get("words", ()))
        yield table["id"], Runbook(table["id"], table["title"], steps, table.get("always", False), words)


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return dict(table) | {"severities": tuple(map(Severity, table["severities"]))}
