"""Action items as lines of plain text, an overdue one said in words."""

from collections.abc import Iterable
from datetime import date

from data.domain.action_item import ActionItem, ItemState
from data.text_table import Column, Line, Part, table

_COLUMNS = (
    Column("ITEM"),
    Column("WHAT", flexible=True),
    Column("OWNER"),
    Column("DUE"),
    Column("TYPE", rank=1),
    Column("STATE", rank=2),
    Column("TICKET", rank=3),
)


def due(item: ActionItem, today: date) -> Part:
    """Say when an item is due; past it while open: ``OVERDUE 3d``."""
    if item.due is None:
        return Part("no date")
    if item.overdue(today):
        return Part(f"OVERDUE {(today - item.due).days}d", "late")
    return Part(item.due.isoformat(), "soon" if item.due == today and item.state is ItemState.OPEN else "")


def lines(items: Iterable[ActionItem], today: date, width: int | None) -> list[Line]:
    """Return a head and a line for each item, no wider than ``width``."""
    rows = [
        (
            Part(item.key, "strong"),
            Part(item.title + (f" (dropped: {item.why})" if item.why else "")),
            Part(item.owner or "nobody"),
            due(item, today),
            Part(item.kind.value),
            Part(item.state.value),
            Part(item.ticket),
        )
        for item in items
    ]
    return table(_COLUMNS, rows, width)
