"""Points in time as a list shows them: UTC with its Z, or the room's zone with its name (design 3.2)."""

from datetime import datetime
from zoneinfo import ZoneInfo


def wall(at: datetime, zone: str, *, dated: bool = False, seconds: bool = True, named: bool = True) -> str:
    """Return ``13:48:21Z`` or ``14:48:21 CET``; ``dated`` puts ``11-24`` before it."""
    local = at.astimezone(ZoneInfo(zone))
    written = local.strftime(f"{'%m-%d ' if dated else ''}%H:%M{':%S' if seconds else ''}")
    if not named:
        return written
    return written + ("Z" if zone == "UTC" else f" {local:%Z}")


def other_day(one: datetime, other: datetime, zone: str) -> bool:
    """Tell whether midnight lies between two instants where the room is."""
    local = ZoneInfo(zone)
    return one.astimezone(local).date() != other.astimezone(local).date()
