"""Small words that timeline lines are made of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from data.domain.change import Event
from data.domain.durations import format_duration


def said(event: Event, name: str = "why") -> str:
    return colon(event.data.get(name, ""))


def colon(text: object) -> str:
    return f": {text}" if text else ""


def list_of(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def of(value: object, lead: str) -> str:
    items = list_of(value)
    return lead + ", ".join(items) if items else ""


def count(number: Any, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def until(event: Event, instant: object) -> str:
    """Say how far ahead an instant in the data lay when the event happened."""
    return span(datetime.fromisoformat(instant) - event.at) if isinstance(instant, str) else ""


def span(span: timedelta) -> str:
    whole = timedelta(seconds=round(span.total_seconds()))
    return format_duration(whole) if whole > timedelta(0) else ""
