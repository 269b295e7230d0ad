"""Frozen dataclasses to plain JSON values and back, by their type hints.

What a type needs is worked out once and kept: every probe's result passes here twice.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from functools import cache, partial
from typing import Any, Union, get_args, get_origin, get_type_hints

Turn = Callable[[Any], Any]


def encode(value: Any) -> Any:
    """Return ``value`` as JSON: UTC instants as ISO text, durations in seconds, tuples as lists.

    Raises ValueError for a naive instant and TypeError for what has no JSON form.
    """
    return _encoder(value.__class__)(value)


@cache
def _encoder(kind: Any) -> Turn:
    # An enum may be a str too: its value is what is meant.
    if issubclass(kind, Enum):
        return lambda value: value.value
    if kind is types.NoneType or issubclass(kind, bool | int | float | str):
        return _same
    if issubclass(kind, datetime):
        return _instant
    if issubclass(kind, time):
        return lambda value: value.isoformat()
    if issubclass(kind, timedelta):
        return lambda value: value.total_seconds()
    if issubclass(kind, tuple | list):
        return lambda value: [_encoder(item.__class__)(item) for item in value]
    if issubclass(kind, Mapping):
        return lambda value: {str(key): encode(item) for key, item in value.items()}
    if is_dataclass(kind):
        names = tuple(item.name for item in fields(kind))

        def encoded(value: Any) -> dict[str, Any]:
            found = {}
            for name in names:
                item = getattr(value, name)
                found[name] = _encoder(item.__class__)(item)
            return found

        return encoded
    raise TypeError(f"cannot encode {kind.__name__}")


def _same(value: Any) -> Any:
    return value


def _instant(value: datetime) -> str:
    if value.tzinfo is UTC:
        return value.isoformat()
    if value.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return value.astimezone(UTC).isoformat()


def decode(kind: Any, value: Any) -> Any:
    """Return the value of type ``kind`` that ``encode`` turned into ``value``."""
    return None if value is None else _decoder(kind)(value)


@cache
def _decoder(kind: Any) -> Turn:
    """Return what turns a JSON value of ``kind``, never None, into the thing itself."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        kinds = [arg for arg in args if arg is not types.NoneType]
        return _decoder(kinds[0]) if len(kinds) == 1 else _same
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            each = args[0]
            return lambda value: tuple(decode(each, item) for item in value)
        return lambda value: tuple(decode(arg, item) for arg, item in zip(args, value, strict=True))
    if origin in (dict, Mapping):
        key_kind, item_kind = args
        return lambda value: {decode(key_kind, key): decode(item_kind, item) for key, item in value.items()}
    if isinstance(kind, type):
        if issubclass(kind, datetime | time):
            return kind.fromisoformat
        if issubclass(kind, timedelta):
            return lambda value: timedelta(seconds=value)
        if issubclass(kind, Enum):
            return kind
        if is_dataclass(kind):
            return _dataclass_decoder(kind)
    return _same


def _dataclass_decoder(kind: type) -> Turn:
    decoders = {name: _later(hint) for name, hint in field_types(kind).items()}

    def decoded(value: Mapping[str, Any]) -> Any:
        found = {}
        for name, item in value.items():
            if name in decoders:
                turn = decoders[name]
                found[name] = item if item is None or turn is _same else turn(item)
        return kind(**found)

    return decoded


def _later(hint: Any) -> Turn:
    """Return the decoder of a field; a dataclass may hold its own kind."""
    inner = [arg for arg in get_args(hint) if arg is not types.NoneType]
    holds = any(is_dataclass(arg) for arg in (hint, *inner))
    return partial(decode, hint) if holds else _decoder(hint)


@cache
def field_types(kind: type) -> dict[str, Any]:
    """Return the resolved field types of a dataclass."""
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}
