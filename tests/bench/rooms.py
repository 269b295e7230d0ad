"""Rooms to measure with: stores with incidents and checks, and board rows without a store."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, insert, select

from data.defaults import defaults
from data.domain.change import Refused
from data.domain.check import Check
from data.domain.codec import encode
from data.domain.room import Definition, Kind, Service
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.store import Store, create_store
from data.store.tables import INCIDENT
from data.views import BoardRow
from tests.bench.figures import Unmeasured

SEVERITIES = tuple(Severity)
STATUSES = ("detected", "acknowledged", "investigating", "fixing", "monitoring")


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def title(number: int) -> str:
    """What incident ``number`` is called: of some length, and different from the others."""
    return f"Checkout of region {number % 17} returns 503 to one in {number % 90 + 2} customers"


def board_rows(count: int) -> tuple[BoardRow, ...]:
    """Live incidents as the board shows them, a quarter of them not yet acknowledged."""
    at = now()
    made = []
    for number in range(1, count + 1):
        detected = at - timedelta(seconds=number % 3000)
        status = STATUSES[number % 5]
        made.append(
            BoardRow(
                key=f"INC-{number}",
                severity=SEVERITIES[number % 4],
                title=title(number),
                status=status,
                detected_at=detected,
                ic="ada" if number % 3 else "",
                response_due=detected + timedelta(hours=1),
                response_warn_at=detected + timedelta(minutes=48),
                response_took=None if status == "detected" else timedelta(seconds=130),
                update_due=at + timedelta(seconds=60 + number % 3000),
                steps_done=number % 20,
                steps_total=23,
            )
        )
    return tuple(made)


def make_store(where: str, *, live: int, checks: Iterable[Check] = ()) -> Store:
    """Make a store with the guide in it and ``live`` incidents declared by the real command."""
    wanted = tuple(checks)
    services = dict.fromkeys(check.service for check in wanted)
    definitions = (
        *defaults().definitions,
        *(Definition(Kind.SERVICE, service, encode(Service(service))) for service in services),
        *(Definition(Kind.CHECK, check.id, encode(check), position=n) for n, check in enumerate(wanted)),
    )
    store = create_store(where, now, "bench", definitions)
    for number in range(1, live + 1):
        answer = store.write(
            partial(incidents.declare, title=title(number), severity=SEVERITIES[number % 4]), by="ada"
        )
        if isinstance(answer, Refused):
            raise Unmeasured(answer.reason)
    return store


def add_history(store: Store, count: int) -> None:
    """Copy incidents into ``count`` finished ones, as years of use leave them; in one transaction."""

    def fill(connection: Connection, at: datetime) -> None:
        patterns = [dict(row) for row in connection.execute(select(INCIDENT).limit(50)).mappings()]
        first = connection.execute(select(INCIDENT.c.id).order_by(INCIDENT.c.id.desc()).limit(1)).scalar_one()
        for start in range(0, count, 5000):
            connection.execute(
                insert(INCIDENT),
                [
                    patterns[number % len(patterns)]
                    | {"id": first + 1 + number, "live": False, "status": "closed", "closed_at": at}
                    for number in range(start, min(start + 5000, count))
                ],
            )

    store.work(fill)
