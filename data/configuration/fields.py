"""The kinds of value the tables of a configuration are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from data.configuration import addresses, values
from data.configuration.values import At
from data.domain.severity import Severity


@dataclass(frozen=True, slots=True)
class Place:
    """What a table cannot know by itself: its number among its kind, from 1, and the room's zone."""

    number: int = 1
    zone: str = "UTC"


class Table(BaseModel):
    """Strict, closed and frozen: TOML says what is text and what is a number, and unknown keys are errors."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def pairs(spans: Mapping[Severity, timedelta]) -> tuple[tuple[Severity, timedelta], ...]:
    """Return durations by severity as the domain keeps them, the worst severity first."""
    return tuple(sorted(spans.items()))


def _bounds(least: timedelta, most: timedelta = timedelta.max) -> Callable[[timedelta], timedelta]:
    return lambda value: values.bounded(value, least, most)


def _no_repeats(items: tuple[str, ...]) -> tuple[str, ...]:
    for number, item in enumerate(items):
        if item in items[:number]:
            raise At(f"{values.quoted(item)} is named twice", number)
    return items


def _some(items: tuple[Severity, ...]) -> tuple[Severity, ...]:
    if not items:
        raise ValueError("names no severity: it would never apply")
    return tuple(sorted(set(items)))


def _never(value: object) -> object:
    return None if value == "never" else values.span(value)


def _off(value: object) -> object:
    return None if value is False else values.span(value)


def _alone(value: object) -> object:
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, AfterValidator(values.identifier)]
# TOML gives lists; a frozen table keeps tuples of them.
Ids = Annotated[tuple[Id, ...], Field(strict=False), AfterValidator(_no_repeats)]
Line = Annotated[str, AfterValidator(values.line)]
Name = Annotated[str, AfterValidator(values.name)]
Names = Annotated[tuple[Name, ...], Field(strict=False), AfterValidator(_no_repeats)]
Title = Annotated[str, AfterValidator(values.title)]
Lines = Annotated[str, AfterValidator(values.lines)]
Zone = Annotated[str, AfterValidator(values.zone)]
Sev = Annotated[Severity, BeforeValidator(values.severity)]
Severities = Annotated[tuple[Sev, ...], Field(strict=False), AfterValidator(_some)]
Span = Annotated[timedelta, BeforeValidator(values.span)]
Every = Annotated[Span, AfterValidator(_bounds(timedelta(milliseconds=200)))]
Timeout = Annotated[Span, AfterValidator(_bounds(timedelta(milliseconds=10), timedelta(seconds=60)))]
Within = Annotated[timedelta | None, BeforeValidator(_never)]
SpanOrOff = Annotated[timedelta | None, BeforeValidator(_off)]
Spans = dict[Sev, Span]
Instant = Annotated[datetime, BeforeValidator(values.instant)]
WallTime = Annotated[time, BeforeValidator(values.wall_time)]
Days = Annotated[tuple[int, ...], PlainValidator(values.weekdays)]
Conditions = Annotated[tuple[tuple[str, values.Scalar], ...], PlainValidator(values.conditions)]
Statuses = Annotated[
    tuple[Annotated[int, Field(ge=100, le=599)], ...], Field(strict=False), BeforeValidator(_alone)
]
Secret = Annotated[str, AfterValidator(addresses.secret)]
Secrets = Annotated[tuple[Secret, ...], Field(strict=False), AfterValidator(_no_repeats)]
Target = Annotated[str, AfterValidator(addresses.target)]
Targets = Annotated[tuple[Target, ...], Field(strict=False), AfterValidator(_no_repeats)]
Feed = Annotated[str, AfterValidator(addresses.feed)]
Page = Annotated[str, AfterValidator(addresses.page)]
PageTemplate = Annotated[str, AfterValidator(addresses.page_template)]
Feeds = Annotated[tuple[Feed, ...], Field(strict=False), AfterValidator(_no_repeats)]
Headers = Annotated[dict[str, str], AfterValidator(addresses.headers)]
Count = Annotated[int, Field(ge=1, le=100)]
Fact = Annotated[
    str,
    BeforeValidator(
        values.one_of("acknowledged", "severity", "stakeholders", "ticket", "resolved", "post-mortem")
    ),
]
Method = Annotated[str, BeforeValidator(values.one_of("GET", "HEAD", "OPTIONS", "POST"))]
SourceKind = Annotated[str, BeforeValidator(values.one_of("alertmanager"))]
ChannelKind = Annotated[str, BeforeValidator(values.one_of("apprise", "statuspage"))]
