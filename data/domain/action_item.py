"""What is to be done after an incident: who, until when, and what it is good for (design 3.10)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from data.domain.change import ACTION, Change, Refused
from data.domain.durations import parse_duration
from data.domain.lifecycle import NEEDS_REASON


class ItemKind(StrEnum):
    """What an item is good for; of the guide, "preventive measures" prevent, "update runbooks" is process."""

    PREVENT = "prevent"
    MITIGATE = "mitigate"
    DETECT = "detect"
    PROCESS = "process"


class ItemState(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


_OTHER_WORDS = {
    "preventive": ItemKind.PREVENT,
    "preventive measure": ItemKind.PREVENT,
    "preventive measures": ItemKind.PREVENT,
    "prevention": ItemKind.PREVENT,
    "mitigation": ItemKind.MITIGATE,
    "detection": ItemKind.DETECT,
    "runbook": ItemKind.PROCESS,
    "update runbook": ItemKind.PROCESS,
    "update runbooks": ItemKind.PROCESS,
}


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One action item; ``number`` counts from 1 within its incident, ``why`` is why it was dropped."""

    incident: int
    number: int
    title: str
    kind: ItemKind
    created_at: datetime
    by: str
    owner: str = ""
    due: date | None = None
    state: ItemState = ItemState.OPEN
    ticket: str = ""
    runbook: str = ""
    ended_at: datetime | None = None
    why: str = ""

    @property
    def key(self) -> str:
        """The name people say: INC-42/3."""
        return f"INC-{self.incident}/{self.number}"

    def overdue(self, today: date) -> bool:
        """True while it is open past its due date; on that date it is still in time."""
        return self.state is ItemState.OPEN and self.due is not None and self.due < today


def read_kind(text: str) -> ItemKind:
    """Read a type as people write it. Raises ValueError with a sentence."""
    words = " ".join(text.strip().lower().replace("-", " ").replace("_", " ").split())
    try:
        return _OTHER_WORDS.get(words) or ItemKind(words)
    except ValueError:
        known = ", ".join(ItemKind)
        raise ValueError(f"{text[:40]!r} is no type of action item: {known}") from None


def read_due(text: str, today: date) -> date | None:
    """Read a due date: ``2026-12-01``, ``today``, ``tomorrow`` or ``14d`` from today; nothing is none.

    Raises ValueError with a sentence.
    """
    words = text.strip().lower()
    if not words:
        return None
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    try:
        return date.fromisoformat(words) if len(words) == 10 else today + _days(words)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is no date: write 2026-12-01, tomorrow or 14d") from None


def _days(words: str) -> timedelta:
    weeks = words.removesuffix("w")
    if weeks != words and weeks.isascii() and weeks.isdigit() and len(weeks) < 4:
        return timedelta(weeks=int(weeks))
    return parse_duration(words.removeprefix("+"))


_FACTS = ("title", "owner", "due", "kind", "state", "ticket", "runbook")


def _facts(item: ActionItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _FACTS} | {"due": item.due.isoformat() if item.due else ""}


def change(old: ActionItem | None, new: ActionItem, why: str = "") -> Change:
    """Return the event of an item that was added or changed, with what it said before and after."""
    before, after = (_facts(old) if old else {}), _facts(new)
    moved = {name: value for name, value in after.items() if before.get(name) != value}
    facts: dict[str, Any] = {
        "number": new.number,
        "title": new.title,
        "before": {name: before[name] for name in moved if name in before},
        "after": moved,
    }
    return Change("action", subject=f"{ACTION}{new.number}", facts=facts | ({"why": why} if why else {}))


def edit(item: ActionItem, **values: Any) -> ActionItem | Refused:
    """Return an item with other values; refused when that changes nothing or leaves it without a title."""
    new = replace(item, **values)
    if not new.title.strip():
        return Refused("an action item needs a title")
    return new if new != item else Refused(f"{item.key} says that already")


def end(item: ActionItem, to: ItemState, now: datetime, why: str = "") -> ActionItem | Refused:
    """Set an item done, dropped (with a reason) or open again."""
    if item.state is to:
        return Refused(f"{item.key} is already {to}")
    if to is ItemState.DROPPED and not why.strip():
        return Refused("dropping an action item needs a reason", "say why", NEEDS_REASON)
    return replace(
        item,
        state=to,
        ended_at=None if to is ItemState.OPEN else now,
        why=why if to is ItemState.DROPPED else "",
    )


def sorted_items(items: Iterable[ActionItem], today: date) -> tuple[ActionItem, ...]:
    """Return items as a list shows them: overdue first, then open by due date, then what has ended."""
    return tuple(
        sorted(
            items,
            key=lambda item: (
                item.state is not ItemState.OPEN,
                not item.overdue(today),
                item.due or date.max,
                item.incident,
                item.number,
            ),
        )
    )


COLUMNS = tuple(item.name for item in fields(ActionItem) if item.name != "why")
