"""Filtering the board by what people type (design 4, ``/``)."""

from datetime import datetime

from data.views import BoardRow
from widgets.countdown import is_late

ALL = "all"


def wants_done(query: str) -> bool:
    """True when the filter asks for incidents that are over."""
    return ALL in query.lower().split()


def matches(row: BoardRow, query: str, now: datetime) -> bool:
    """Tell whether a row fits every word; ``!word`` leaves out what fits it.

    ``p0``..``p3``, ``late``, ``unacked``, ``proposed`` and ``ic:NAME`` have their meaning, other words
    are looked for in key, title, status, services and IC.
    """
    return all(_fits(row, word, now) for word in query.lower().split() if word != ALL)


def _fits(row: BoardRow, word: str, now: datetime) -> bool:
    if word.startswith("!"):
        return len(word) == 1 or not _fits(row, word[1:], now)
    if word == "late":
        return is_late(row, now)
    if word in ("p0", "p1", "p2", "p3"):
        return row.severity.lower() == word
    if word == "unacked":
        return row.status == "detected"
    if word.startswith("ic:"):
        return word.removeprefix("ic:") in row.ic.lower()
    text = " ".join((row.key, row.title, row.status, row.ic, row.why, *row.services))
    return word in text.lower()


def filtered(rows: tuple[BoardRow, ...], query: str, now: datetime) -> tuple[BoardRow, ...]:
    """Return the rows that fit, in their order."""
    return tuple(row for row in rows if matches(row, query, now)) if query.strip() else rows
