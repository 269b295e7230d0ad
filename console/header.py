"""What the first line says: how many, how late, who, and how old what is shown is."""

from typing import TYPE_CHECKING

from widgets.countdown import is_late
from widgets.status_bar import Header

if TYPE_CHECKING:
    from console.app import WarRoom


def header(room: "WarRoom") -> Header:
    """Return the first line's facts at this instant."""
    board, health, now = room.board, room.health, room.now
    live = [row for row in board.rows if not row.proposed and row.status not in ("resolved", "closed")]
    crew_trouble = room.crew.trouble if room.crew else ""
    return Header(
        room="" if board.room == "warroom" else board.room,
        live=len(live),
        late=sum(is_late(row, now) for row in live),
        proposed=sum(row.proposed for row in board.rows),
        operator=room.operator,
        checks_at=health.newest_result_at,
        has_checks=bool(health.checks),
        store=room.trouble or room.notice or crew_trouble or "ok",
        nobody=board.nobody_on_call,
        banner=room.practice or health.banner,
        zone=board.zone if room.local_times else "UTC",
        sources=room.feed.sources,
        read_only=room.read_only,
        here=room.presence.people,
        away_at=room.away.since if room.trouble else None,
        unsent=len(room.away.waiting),
    )
