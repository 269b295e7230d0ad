"""A night in the room: the incidents and proposals of the design's board."""

from datetime import UTC, datetime, timedelta

from data.domain.severity import Severity
from data.views import BoardRow

NOW = datetime(2026, 11, 24, 14, 3, 27, tzinfo=UTC)


def span(text: str) -> timedelta:
    """Read ``"01:22"`` or ``"2:51:09"`` as a span."""
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return timedelta(seconds=total)


CHECKOUT = BoardRow(
    "INC-42",
    Severity.P0,
    "Checkout returns 503",
    "investigating",
    NOW - span("17:16"),
    ic="ada",
    response_due=NOW - span("12:16"),
    response_strict=True,
    response_took=span("02:10"),
    update_due=NOW + span("12:44"),
    steps_done=7,
    steps_total=19,
)
SEARCH = BoardRow(
    "INC-41",
    Severity.P1,
    "Search p99 above 4 s",
    "detected",
    NOW - span("16:22"),
    response_due=NOW - span("01:22"),
    response_warn_at=NOW - span("04:22"),
    update_due=NOW + span("41:10"),
    steps_total=19,
)
PAYMENTS = BoardRow(
    "PR-3",
    Severity.P1,
    "payments-db DOWN",
    "proposed",
    NOW - span("01:00"),
    opens_at=NOW + span("01:40"),
    why="3 of 3",
)
EXPORT = BoardRow(
    "INC-40",
    Severity.P2,
    "Export queue grows",
    "monitoring",
    NOW - span("1:00:00"),
    ic="lin",
    response_due=NOW,
    response_took=span("11:02"),
    update_due=NOW + span("2:51:09"),
    steps_done=15,
    steps_total=23,
)
NIGHT = (PAYMENTS, CHECKOUT, SEARCH, EXPORT)


def many(count: int) -> tuple[BoardRow, ...]:
    """Return as many incidents, INC-0 first."""
    return tuple(CHECKOUT._replace(key=f"INC-{number}", title=f"number {number}") for number in range(count))
