"""Calendars as the feeds write them, and a hand that writes more."""

from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent


def feed(name: str) -> bytes:
    """Return a feed that is kept beside this file."""
    return (HERE / f"{name}.ics").read_bytes()


def event(starts: str, ends: str, summary: str = "Ada", *, uid: str = "", more: Iterable[str] = ()) -> str:
    """Write an event; ``starts`` and ``ends`` are what stands behind the property's name (":2026…Z")."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid or summary + starts}",
        f"DTSTART{starts}",
        f"DTEND{ends}",
        f"SUMMARY:{summary}",
        *more,
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(*parts: str) -> bytes:
    """Write a calendar of events, zones and properties."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//acme//on call//EN", *parts, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()
