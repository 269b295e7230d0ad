"""Lines of plain text and tables of them, fitted to a terminal; a part's tone says how it may be coloured."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

ELLIPSIS = "…"
GAP = 2  # blanks between two columns
LEAST = 20  # cells a flexible column keeps before others are dropped for it


class Part(NamedTuple):
    """A piece of a line and its tone, "" for none; the tone only repeats what the text says."""

    text: str
    tone: str = ""


Line = tuple[Part, ...]


def line(*parts: str | Part) -> Line:
    """Return a line of these parts."""
    return tuple(Part(part) if isinstance(part, str) else part for part in parts)


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text without tones."""
    return "\n".join("".join(part.text for part in one) for one in lines)


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, width: int) -> str:
    """Return a text in at most ``width`` cells; what was cut off shows as an ellipsis."""
    if cells(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += _width(character)
        if used > width - 1:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS if width > 0 else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``rank`` orders dropping: the highest goes first, 0 never does."""

    head: str
    rank: int = 0
    flexible: bool = False  # gives way to the others
    right: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[Part]], width: int | None = None) -> list[Line]:
    """Return a head and one line per row, no wider than ``width`` (None: as wide as it needs)."""
    needs = [
        max(cells(column.head), *(cells(row[index].text) for row in rows)) if rows else cells(column.head)
        for index, column in enumerate(columns)
    ]
    shown = list(range(len(columns)))
    while width is not None and _total(columns, needs, shown) > width:
        droppable = [index for index in shown if columns[index].rank]
        if not droppable:
            break
        shown.remove(max(droppable, key=lambda index: columns[index].rank))
    if width is not None:
        spare = width - GAP * (len(shown) - 1)
        spare -= sum(needs[index] for index in shown if not columns[index].flexible)
        for index in shown:
            if columns[index].flexible:
                needs[index] = max(1, min(needs[index], spare))
    heads = [Part(column.head, "head") for column in columns]
    return [_row(columns, row, needs, shown) for row in (heads, *rows)]


def _total(columns: Sequence[Column], needs: Sequence[int], shown: Sequence[int]) -> int:
    wanted = (min(needs[index], LEAST) if columns[index].flexible else needs[index] for index in shown)
    return sum(wanted) + GAP * (len(shown) - 1)


def _row(columns: Sequence[Column], row: Sequence[Part], needs: Sequence[int], shown: Sequence[int]) -> Line:
    parts: list[Part] = []
    for index in shown:
        text = fit(row[index].text, needs[index])
        pad = " " * (needs[index] - cells(text))
        last = index == shown[-1]
        if columns[index].right:
            text = pad + text
        elif not last:
            text += pad
        parts.append(Part(text + ("" if last else " " * GAP), row[index].tone))
    return tuple(parts)
