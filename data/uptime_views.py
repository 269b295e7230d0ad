"""How long services were up, as a part of a report: lines for a terminal, and JSON."""

from collections.abc import Sequence
from typing import Any

from data.domain.uptime import ServiceUptime, Uptime, share
from data.text_table import Column, Line, Part, table

_COLUMNS = (
    Column("UPTIME", flexible=True),
    Column("24 H", right=True),
    Column("30 D", right=True),
    Column("MEASURED", rank=2, right=True),
    Column("BY", rank=1, flexible=True),
)


def lines(found: Sequence[ServiceUptime], width: int | None = None) -> list[Line]:
    """Return a row for each service; MEASURED is how much of the thirty days is known, BY the worst check."""
    rows = [
        (
            Part(item.service),
            Part(share(item.worst.day.share)),
            Part(share(item.worst.month.share)),
            Part(f"{int(item.worst.month.measured * 100)} %"),
            Part(item.worst.check),
        )
        for item in found
    ]
    return table(_COLUMNS, rows, width)


def to_json(found: Sequence[ServiceUptime]) -> list[dict[str, Any]]:
    """Return the same for scripts; shares from 0 to 1, null where nothing was measured."""
    return [
        {
            "service": item.service,
            "check": item.worst.check,
            "day": _figures(item.worst.day),
            "month": _figures(item.worst.month),
        }
        for item in found
    ]


def _figures(found: Uptime) -> dict[str, Any]:
    return {
        "uptime": None if found.share is None else round(found.share, 6),
        "measured": round(found.measured, 4),
        "down_seconds": round(found.down.total_seconds()),
    }
