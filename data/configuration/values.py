"""What one value of a configuration may be; each refusal is a sentence for who wrote it (design 8, 10)."""

import difflib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from data.domain.durations import format_duration, parse_duration
from data.domain.severity import Severity
from data.text import clean, clean_line

Scalar = str | int | float | bool | None

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_WALL = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INSTANT = "2026-12-01T22:00:00+01:00"
_DURATION_HINT = 'expected a duration in quotes, like "90s", "5m" or "1h30m"'


class At(ValueError):
    """A refusal of something inside a value; ``path`` leads to it from there."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class Several(ValueError):
    """Refusals of several things inside one value."""

    def __init__(self, refusals: Sequence[At]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


def quoted(text: str) -> str:
    """Return a value as a short quotation, with nothing in it that a terminal obeys."""
    return json.dumps(clean_line(text, 40), ensure_ascii=False)


def nearest(name: str, known: object) -> str:
    """Return the known name most like another one as a question, or an empty string."""
    names = [str(item) for item in known] if isinstance(known, list | tuple | set | frozenset) else []
    found = difflib.get_close_matches(name[:80], names, n=1, cutoff=0.6)
    return f"did you mean {quoted(found[0])}?" if found else ""


def line(text: str, limit: int = 200) -> str:
    """Return one line of clean text without blanks around it; ValueError instead of cleaning it."""
    text = text.strip(" ")
    if len(text) > limit:
        raise ValueError(f"is {len(text)} characters long, at most {limit} fit")
    if clean_line(text, limit) != text:
        raise ValueError(_unclean(text, "\n\r\t\u2028\u2029", "must be one line, without tabs"))
    return text


def name(text: str) -> str:
    """Return one line that says something, at most 80 characters."""
    if not (text := line(text, 80)):
        raise ValueError("must not be empty")
    return text


def title(text: str) -> str:
    """Return one line that says something, at most 200 characters."""
    if not (text := line(text)):
        raise ValueError("must not be empty")
    return text


def lines(text: str) -> str:
    """Return clean text of many lines; ValueError instead of cleaning or shortening it."""
    if clean(text) != text:
        if clean(text, 2 * len(text) + 100, len(text) + 2) == text:
            raise ValueError("is too long: at most 20000 characters in 500 lines fit")
        raise ValueError(_unclean(text, "\r\t\u2028\u2029", "holds a tab or a strange line end: use blanks"))
    return text


def _unclean(text: str, forms: str, words: str) -> str:
    for character in text:
        if character in forms:
            return words
        if character != "\n" and clean_line(f"x{character}x") != f"x{character}x":
            return f"holds U+{ord(character):04X}, which a terminal obeys or nobody can see"
    return "holds more combining marks on a letter than can be read"


def identifier(text: str) -> str:
    """Return an id: up to 64 of ``a-z 0-9 . _ -``, a letter or digit first."""
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{quoted(text)} is not an id: up to 64 of a-z, 0-9, dot, dash and underscore,"
            " beginning with a letter or digit"
        )
    return text


def severity(value: object) -> Severity:
    """Return P0 to P3."""
    if not isinstance(value, str) or value not in tuple(Severity):
        shown = quoted(value) if isinstance(value, str) else kind_of(value)
        raise ValueError(f"{shown} is not a severity: P0, P1, P2 or P3")
    return Severity(value)


def one_of(*choices: str) -> Callable[[object], str]:
    """Return a reader of one of these words."""
    expected = (
        f"expected {', '.join(choices[:-1])} or {choices[-1]}" if choices[1:] else f"expected {choices[0]}"
    )

    def choose(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(
                f"{expected}, found {quoted(value) if isinstance(value, str) else kind_of(value)}"
            )
        return value

    return choose


def span(value: object) -> timedelta:
    """Return a duration."""
    if not isinstance(value, str):
        raise ValueError(f"{_DURATION_HINT}, found {kind_of(value)}")  # noqa: TRY004 - pydantic collects ValueError
    return parse_duration(value)


def bounded(value: timedelta, least: timedelta = timedelta.min, most: timedelta = timedelta.max) -> timedelta:
    """Return a duration between two bounds, both allowed."""
    if value < least:
        raise ValueError(f"must be at least {format_duration(least)}, found {format_duration(value)}")
    if value > most:
        raise ValueError(f"must be at most {format_duration(most)}, found {format_duration(value)}")
    return value


def instant(value: object) -> datetime:
    """Return an instant in UTC, written as text or as a TOML date-time; naive ones are refused."""
    written: object = value
    if isinstance(value, str):
        try:
            written = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{quoted(value)} is not an instant: write {_INSTANT}") from None
    if not isinstance(written, date):
        raise ValueError(f"expected an instant like {_INSTANT}, found {kind_of(value)}")  # noqa: TRY004 - as above
    if not isinstance(written, datetime) or written.utcoffset() is None:
        raise ValueError(f"needs a time zone: write {_INSTANT}, or Z at the end for UTC")
    try:
        return written.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None


def wall_time(value: object) -> time:
    """Return a time of day, written as text (``08:00``) or as a TOML local time."""
    if isinstance(value, time) and not value.microsecond:
        return value
    if not isinstance(value, str) or not _WALL.fullmatch(value):
        shown = quoted(value) if isinstance(value, str) else kind_of(value)
        raise ValueError(f'{shown} is not a time of day: write "08:00", at most "23:59"')
    return time.fromisoformat(value.zfill(5) if value.count(":") == 1 else value.zfill(8))


def weekdays(value: object) -> tuple[int, ...]:
    """Return weekdays, Monday is 0, from ``mon-fri`` or ``mon, wed, sat-sun``."""
    if not isinstance(value, str):
        raise ValueError(f'expected days like "mon-fri", found {kind_of(value)}')  # noqa: TRY004 - as above
    days: set[int] = set()
    for part in value[:200].lower().split(","):
        first, dash, last = (word.strip()[:3] for word in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise ValueError(f'{quoted(part.strip())} is not a day: write "mon-fri" or "mon, wed, sat-sun"')
        begin = _DAYS.index(first)
        length = (_DAYS.index(last) - begin) % 7 if dash else 0
        days |= {(begin + ahead) % 7 for ahead in range(length + 1)}
    return tuple(sorted(days))


def write_weekdays(days: tuple[int, ...]) -> str:
    """Write weekdays so that `weekdays` reads the same ones, runs of them as ``mon-fri``."""
    written = []
    for day in sorted(days):
        if day - 1 in days:
            continue
        last = next(end for end in range(day, 7) if end + 1 not in days)
        written.append(_DAYS[day] if last == day else f"{_DAYS[day]}-{_DAYS[last]}")
    return ", ".join(written)


def zone(text: str) -> str:
    """Return the name of a time zone this system knows."""
    text = line(text)
    try:
        ZoneInfo(text)
    except (ValueError, KeyError, OSError):
        # The name may hold anything, so that it is compared with the list, never opened again.
        hint = nearest(text, available_timezones()) or 'write a name like "Europe/Berlin"'
        raise ValueError(f"{quoted(text)} is not a time zone: {hint}") from None
    return text


def conditions(value: object, before: str = "") -> tuple[tuple[str, Scalar], ...]:
    """Return conditions on a JSON body by dotted path; tables inside tables are paths too."""
    if not isinstance(value, Mapping):
        raise ValueError(f'expected {{ "db.status" = "up" }}, found {kind_of(value)}')  # noqa: TRY004 - as above
    found: list[tuple[str, Scalar]] = []
    refused: list[At] = []
    for key, item in value.items():
        path = f"{before}{key}"
        try:
            line(path)
            found += conditions(item, f"{path}.") if isinstance(item, Mapping) else [(path, _scalar(item))]
        except Several as error:
            refused += [At(str(inner), key, *inner.path) for inner in error.refusals]
        except ValueError as error:
            refused.append(At(str(error), key))
    if refused:
        raise Several(refused)
    return tuple(found)


def _scalar(value: object) -> Scalar:
    if isinstance(value, str):
        return line(value)
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError(f"expected text, a finite number, true or false, found {kind_of(value)}")


def kind_of(value: object) -> str:
    """Say what kind of TOML value this is; never its content, which may be a secret."""
    for kinds, words in (
        (bool, "true or false"),
        (int | float, "a number"),
        (str, "text"),
        (list | tuple, "a list"),
        (Mapping, "a table"),
        (date | time, "a date or time"),
    ):
        if isinstance(value, kinds):
            return words
    return "something else"
