"""What differs between two definitions, in words: ``delay P0 5m → 3m``."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from data.configuration.values import write_weekdays
from data.domain.check import Expect, Warn
from data.domain.durations import format_duration
from data.domain.instants import format_instant
from data.domain.policy import Hours
from data.text import clean_line

_NOTHING = "none"


def differences(old: Any, new: Any) -> list[str]:
    """Return the fields in which two of the same dataclass differ; values are clean and short."""
    return list(_differences(old, new))


def _differences(old: Any, new: Any) -> Iterator[str]:
    for item in fields(old):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if _same(before, after):
            continue
        name = item.name.replace("_", " ")
        if isinstance(before, Expect | Warn):
            yield from (f"{name} {words}" for words in _differences(before, after))
        elif item.name == "steps":
            yield f"{name} {len(before)} → {len(after)}" if len(before) != len(after) else f"{name} rewritten"
        elif _paired(before) and _paired(after):
            was, now = dict(before), dict(after)
            changed = [key for key in dict.fromkeys((*was, *now)) if not _same(was.get(key), now.get(key))]
            for key in changed:
                yield f"{name} {_word(key)} {_word(was.get(key))} → {_word(now.get(key))}"
            if not changed:
                yield f"order of {name}"
        else:
            yield f"{name} {_word(before)} → {_word(after)}"


def _same(one: object, other: object) -> bool:
    # To Python true and 1 are equal; to a health document they are not.
    return one == other and repr(one) == repr(other)


def _paired(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, tuple) and len(item) == 2 for item in value)


def _word(value: object) -> str:
    if value is None or value in ("", ()):
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, tuple):
        return clean_line(" ".join(map(_word, value)), 80)
    if isinstance(value, Hours):
        return f"{write_weekdays(value.days)} {value.opens:%H:%M}-{value.closes:%H:%M} {value.zone}"
    return clean_line(str(value), 80)
