"""Maintenance windows: they silence opening, not measuring (design 3.6)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from data.domain.check import Check
from data.domain.health import Health, stale
from data.domain.room import MaintenanceWindow

USUAL = timedelta(minutes=30)  # what one key means by "now"


def window_now(
    key: str, service: str, now: datetime, lasting: timedelta = USUAL, why: str = ""
) -> MaintenanceWindow:
    """Return a window that begins ``now`` (UTC); ValueError when it would not last at all."""
    if lasting <= timedelta():
        raise ValueError(f"a maintenance of {lasting} would not last")
    return MaintenanceWindow(key, service, now, now + lasting, why)


def in_maintenance(
    windows: Iterable[MaintenanceWindow], service: str, now: datetime
) -> MaintenanceWindow | None:
    """Return the open window of a service that ends last, None when there is none.

    A window is open from its start up to, not including, its end.
    """
    opened = (item for item in windows if item.service == service and item.starts <= now < item.ends)
    return max(opened, key=lambda item: item.ends, default=None)


def ended(windows: Iterable[MaintenanceWindow], since: datetime, now: datetime) -> frozenset[str]:
    """Return the services whose maintenance ended after ``since`` and is over ``now``.

    Ask with the instant of the last asking: each end is answered once. An end inside another
    window of the same service is none.
    """
    windows = tuple(windows)
    over = {item.service for item in windows if item.starts < item.ends and since < item.ends <= now}
    return frozenset(service for service in over if in_maintenance(windows, service, now) is None)


def still_down(
    windows: Iterable[MaintenanceWindow],
    checks: Iterable[Check],
    healths: Mapping[str, Health],
    since: datetime,
    now: datetime,
) -> tuple[Check, ...]:
    """Return the checks to announce: hard down, freshly seen, their maintenance just over."""
    services = ended(windows, since, now)
    return tuple(
        check
        for check in checks
        if check.service in services
        and (health := healths.get(check.id)) is not None
        and health.down
        and not stale(check, health, now)
    )
