"""What deserves to call somebody back to the screen, each fact once (design 4, attention).

New P0 and P1 incidents and proposals, responses and updates that have become late, acknowledgements
that lapsed, and the ladder's turn that has come to whoever sits here.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol

from data.domain.severity import Severity

MOST = 3  # facts named in one notification, the others are counted
TITLE = 60  # characters of a title in it
_OVER = frozenset({"resolved", "closed"})


class Why(StrEnum):
    """What about a row deserves attention, the most telling first."""

    NEW = "new"
    LAPSED = "lapsed"
    LATE = "late"
    TURN = "turn"
    OVERDUE = "overdue"


class Row(Protocol):
    """What has to be known of a line of the board."""

    @property
    def key(self) -> str:
        """INC-42 or PR-3."""

    @property
    def severity(self) -> Severity:
        """How severe it is."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def status(self) -> str:
        """An incident's status, or ``proposed``."""

    @property
    def unconfirmed(self) -> bool:
        """True while only machines have said so."""

    @property
    def response_due(self) -> datetime | None:
        """When somebody has to have acknowledged."""

    @property
    def response_strict(self) -> bool:
        """True where the due itself is late already."""

    @property
    def response_took(self) -> object:
        """None until acknowledged."""

    @property
    def update_due(self) -> datetime | None:
        """When stakeholders have to hear next."""

    @property
    def lapsed(self) -> bool:
        """True once an acknowledgement counts no more."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that deserves attention, for as long as it is so; ``mark`` says how much of it.

    A ``mark`` is the severity something is new at, and the seq of the event that tells of somebody's turn.
    """

    key: str
    why: Why
    mark: str
    severity: Severity
    title: str

    @property
    def id(self) -> tuple[str, str, str]:
        """What it is known by: said once, it is not said again."""
        return self.key, self.why, self.mark


@dataclass(frozen=True, slots=True)
class Known:
    """What has been said: small, for it holds no more than what is on the board."""

    ids: frozenset[tuple[str, str, str]] = frozenset()
    proposals: frozenset[tuple[str, str]] = frozenset()  # key and title


def facts(rows: Iterable[Row], now: datetime) -> tuple[Fact, ...]:
    """Return what deserves attention at ``now``, in the order of the rows."""
    found: list[Fact] = []
    for row in rows:
        if row.status in _OVER:
            continue
        if row.severity.major:
            found.append(_fact(row, Why.NEW, row.severity))
        if row.response_due is not None and row.response_took is None and _late(row, row.response_due, now):
            found.append(_fact(row, Why.LATE))
        if row.update_due is not None and now > row.update_due:
            found.append(_fact(row, Why.OVERDUE))
        if row.lapsed:
            found.append(_fact(row, Why.LAPSED))
    return tuple(found)


def _late(row: Row, due: datetime, now: datetime) -> bool:
    return now >= due if row.response_strict else now > due


def _fact(row: Row, why: Why, mark: str = "") -> Fact:
    return Fact(row.key, why, mark, row.severity, row.title)


def look(
    known: Known | None, rows: Sequence[Row], now: datetime, own: Container[str] = ()
) -> tuple[Known, tuple[Fact, ...]]:
    """Return what is known from now on, and what has not been said yet.

    At the first look (``known`` is None) everything is as it was. How severe an incident has been stays
    known while it is on the board. One that a person made of a proposal is no news, the proposal was; nor
    is one that this operator has just made what it is (its key is in ``own``).
    """
    there = facts(rows, now)
    live = {row.key: row for row in rows if row.status not in _OVER}
    proposals = frozenset((row.key, row.title) for row in live.values() if row.status == "proposed")
    ids = frozenset(fact.id for fact in there)
    if known is None:
        return Known(ids, proposals), ()
    answered = {title for _, title in known.proposals - proposals}
    new = []
    for fact in there:
        row = live[fact.key]
        expected = fact.key in own or (fact.title in answered and not row.unconfirmed)
        if fact.id not in known.ids and not (fact.why is Why.NEW and expected):
            new.append(fact)
    kept = frozenset(item for item in known.ids if item[0] in live and item[1] == Why.NEW)
    return Known(ids | kept, proposals), tuple(new)


def next_at(rows: Iterable[Row], now: datetime) -> datetime | None:
    """Return the next instant at which something becomes late by itself, None when nothing will."""
    dues = [
        due
        for row in rows
        if row.status not in _OVER
        for due in (row.response_due if row.response_took is None else None, row.update_due)
        if due is not None and due >= now
    ]
    return min(dues, default=None)


def is_quiet(wall: time, hours: tuple[time, time] | None) -> bool:
    """Tell whether a time of day lies in the quiet hours, which may span midnight; their end does not."""
    if hours is None:
        return False
    begins, ends = hours
    return begins <= wall < ends if begins < ends else wall >= begins or wall < ends


def aloud(new: Iterable[Fact], *, quiet: bool) -> tuple[Fact, ...]:
    """Return what may be said: in quiet hours only what a P0 is about."""
    return tuple(fact for fact in new if fact.severity is Severity.P0 or not quiet)


def in_words(new: Iterable[Fact]) -> str:
    """Return one line for all of it, the worst first; an incident is named once."""
    best: dict[str, Fact] = {}
    for fact in sorted(new, key=_urgency):
        best.setdefault(fact.key, fact)
    ordered = list(best.values())
    if len(ordered) == 1:
        return _phrase(ordered[0])
    words = ", ".join(_phrase(fact) for fact in ordered[:MOST])
    rest = f", and {len(ordered) - MOST} more" if len(ordered) > MOST else ""
    return f"{len(ordered)} new: {words}{rest}"


def _urgency(fact: Fact) -> tuple[Severity, int, int, str]:
    return fact.severity, list(Why).index(fact.why), len(fact.key), fact.key


def _phrase(fact: Fact) -> str:
    title = fact.title if len(fact.title) <= TITLE else fact.title[: TITLE - 1].rstrip() + "…"
    said = {
        Why.NEW: "proposed: " if fact.key.startswith("PR-") else "",
        Why.LATE: "nobody has acknowledged: ",
        Why.OVERDUE: "update overdue: ",
        Why.LAPSED: "acknowledgement lapsed: ",
        Why.TURN: "your turn: ",
    }[fact.why]
    return f"{fact.severity} {fact.key} {said}{title}"
