"""Frozen dataclasses to plain JSON values and back, by their type hints."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def encode(value: Any) -> Any:
    """Return ``value`` as JSON: UTC instants as ISO text, durations in seconds, tuples as lists.

    Raises ValueError for a naive instant and TypeError for what has no JSON form.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if is_dataclass(value):
        return {item.name: encode(getattr(value, item.name)) for item in fields(value)}
    raise TypeError(f"cannot encode {type(value).__name__}")


def decode(kind: Any, value: Any) -> Any:
    """Return the value of type ``kind`` that ``encode`` turned into ``value``."""
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        kinds = [arg for arg in get_args(kind) if arg is not type(None)]
        return decode(kinds[0], value) if len(kinds) == 1 else value
    if origin is tuple:
        args = get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(decode(args[0], item) for item in value)
        return tuple(decode(arg, item) for arg, item in zip(args, value, strict=True))
    if origin in (dict, Mapping):
        key_kind, item_kind = get_args(kind)
        return {decode(key_kind, key): decode(item_kind, item) for key, item in value.items()}
    if isinstance(kind, type):
        if issubclass(kind, datetime):
            return datetime.fromisoformat(value)
        if issubclass(kind, time):
            return time.fromisoformat(value)
        if issubclass(kind, timedelta):
            return timedelta(seconds=value)
        if issubclass(kind, Enum):
            return kind(value)
        if is_dataclass(kind):
            hints = field_types(kind)
            return kind(**{name: decode(hints[name], item) for name, item in value.items() if name in hints})
    return value


@cache
def field_types(kind: type) -> dict[str, Any]:
    """Return the resolved field types of a dataclass."""
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}
