"""Definitions as the tables a file would hold for them: short, and without what would be there anyway."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from typing import Any

from data.configuration.guide import of_the_guide
from data.configuration.values import write_weekdays
from data.configuration.watching import window_id
from data.domain.check import Expect, Warn
from data.domain.durations import format_duration
from data.domain.policy import Audience, Hours, Level
from data.domain.room import Kind, MaintenanceWindow, RoomSettings, RunbookStep, SeverityTimes, Source

Row = dict[str, Any]

_RENAMED = {"starts": "from", "ends": "until", "steps": "step"}
_ALWAYS: Mapping[type, tuple[str, ...]] = {RoomSettings: ("name", "timezone")}
# What a file leaves out of these is what the guide says of their id.
_GUIDED: Mapping[type, Kind] = {Level: Kind.LEVEL, Audience: Kind.AUDIENCE}
_ELSEWHERE: Mapping[type, tuple[str, ...]] = {
    RoomSettings: ("trusted",),
    SeverityTimes: ("severity",),
    Level: ("rank",),
}
_PAIRED = ("confirm_within", "links", "headers", "delay", "cadence", "json", "severity_table")


def row(thing: Any, zone: str) -> Row:
    """Return the table of one definition; ``zone`` is the room's, which hours need not repeat."""
    written = _table(thing, zone)
    if isinstance(thing, MaintenanceWindow) and thing.id == window_id(thing.service, thing.starts):
        del written["id"]
    if isinstance(thing, Source) and len(thing.urls) == 1:
        written = {("url" if key == "urls" else key): value for key, value in written.items()}
        written["url"] = thing.urls[0]
    return written


def _table(thing: Any, zone: str) -> Row:
    kind = type(thing)
    guide = of_the_guide(_GUIDED[kind], thing.id) if kind in _GUIDED else None
    written: Row = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        always = field.default is MISSING or field.name in _ALWAYS.get(kind, ())
        # a reader who knows nothing of the guide must still see who is told, and who never by a machine
        always = always or (guide is not None and getattr(guide, field.name) != field.default)
        if field.name in _ELSEWHERE.get(kind, ()) or (not always and value == field.default):
            continue
        if isinstance(thing, Warn) and value is None:
            written[field.name] = False
        elif field.name in _PAIRED:
            written[field.name] = {_plain(key, zone): _plain(item, zone) for key, item in value}
        else:
            written[_RENAMED.get(field.name, field.name)] = _plain(value, zone)
    return written


def _plain(value: Any, zone: str) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    if isinstance(value, Hours):
        written = {
            "days": write_weekdays(value.days),
            "from": _plain(value.opens, zone),
            "until": _plain(value.closes, zone),
        }
        return written if value.zone == zone else written | {"zone": value.zone}
    if isinstance(value, Expect | Warn | RunbookStep):
        return _table(value, zone)
    if isinstance(value, tuple):
        return [_plain(item, zone) for item in value]
    return value
