"""Columns that give way as the width shrinks, in an order that is data (design 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``width`` in cells, which for the one that ``grows`` is the least it is content with."""

    name: str
    width: int
    right: bool = False  # aligned to the right
    leaves: int = 0  # 1 leaves first; 0 never
    grows: bool = False
    at_most: int = 0  # how far it grows; 0 has no end
    x: int = 0  # its first cell, once placed


def place(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """Return the columns that fit into ``width`` cells, placed from the left with gaps between.

    They leave in their order until the growing one has its least; after that it is the one that is cut.
    """
    kept = list(columns)
    for leaving in sorted((column for column in columns if column.leaves), key=lambda item: item.leaves):
        if _needed(kept) <= width:
            break
        kept.remove(leaving)
    spare = width - _needed(kept)
    placed = []
    x = 0
    for column in kept:
        cells = column.width
        if column.grows:
            cells = max(1, cells + spare)
            cells = min(cells, column.at_most) if column.at_most else cells
        placed.append(replace(column, width=cells, x=x))
        x += cells + GAP
    return tuple(placed)


def _needed(columns: Iterable[Column]) -> int:
    return sum(column.width + GAP for column in columns) - GAP
