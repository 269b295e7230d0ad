"""Who is here, and which worker has claimed what, as far as they have said so lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from data.domain.presence import GONE, Present, process_of
from data.store.queries.workers import WorkerSeen, workers
from data.store.tables import LEASE
from data.store.tables_after import PRESENCE

_HERE = (
    select(PRESENCE)
    .where(PRESENCE.c.seen_at >= bindparam("since"))
    .order_by(PRESENCE.c.operator, PRESENCE.c.holder)
)


def consoles(connection: Connection) -> frozenset[str]:
    """Return the holders of the consoles that are there, by the store's clock."""
    now = connection.get_execution_options()["clock"]()
    return frozenset(item.holder for item in present(connection, now))


@dataclass(frozen=True, slots=True)
class Working:
    """A process at work and what it has claimed at the moment: the names by kind (check, source, calendar).

    ``worker`` is None where it has claimed something and has not said that it is at work.
    """

    process: str
    worker: WorkerSeen | None
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()


def present(connection: Connection, now: datetime) -> tuple[Present, ...]:
    """Return everybody who gave a sign of life in the last seconds, by name."""
    rows = connection.execute(_HERE, {"since": now - GONE}).all()
    return tuple(
        Present(
            row.holder,
            row.operator,
            row.host,
            row.view,
            row.since,
            row.seen_at,
            f"INC-{row.incident}" if row.incident is not None else "",
            tuple(filter(None, row.writing.split(", "))),
            row.key_at,
        )
        for row in rows
    )


def working(connection: Connection, now: datetime) -> tuple[Working, ...]:
    """Return who works for the room, the latest seen first, each with what it has claimed.

    What nobody works on at the moment is in none of them.
    """
    claims = _claims(connection, now)
    said = [Working(worker.holder, worker, claims.pop(worker.holder, ())) for worker in workers(connection)]
    return (*said, *(Working(process, None, names) for process, names in sorted(claims.items())))


def _claims(connection: Connection, now: datetime) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    query = select(LEASE.c.id, LEASE.c.holder).where(LEASE.c.holder != "", LEASE.c.until > now)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(query.order_by(LEASE.c.id)):
        kind, _, name = row.id.partition(":")
        found[process_of(row.holder)][kind].append(name)
    return {
        process: tuple((kind, tuple(names)) for kind, names in kinds.items())
        for process, kinds in found.items()
    }
