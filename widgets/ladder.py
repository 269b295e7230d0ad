"""The escalation ladder: who was told when, who is next, and whom only a call reaches (design 3.4)."""

from collections.abc import Iterator
from datetime import datetime

from textual.reactive import reactive

from data.domain.durations import brief
from data.domain.ladder import Rung
from data.domain.policy import Contact
from widgets.countdown import Said
from widgets.lines import Lines
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import Span

_CALL_NOW = "call now"


class LadderView(Lines[Rung, Said]):
    """One line per level; posts `Highlighted` and `Opened` with a level's id."""

    rungs: reactive[tuple[Rung, ...]] = reactive((), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another level."""

    class Opened(Lines.Opened):
        """A level is to be opened."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._level_width = 0

    def watch_rungs(self) -> None:
        """Show the new rungs."""
        self.forget()
        self.show(self.rungs)

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self._ticks.clear()
        self.forget()

    def start(self) -> int:
        """Begin on the level that is told next."""
        return next((place for place, rung in enumerate(self.rungs) if rung.state == "next"), 0)

    def key_of(self, item: Rung) -> str:
        """Return the level's id."""
        return item.level.id

    def ticking(self, item: Rung, now: datetime) -> Said:
        """Return where a level stands, in words."""
        return rung_text(item, now, self._climbing, self.zone)

    def draw(self, item: Rung, ticking: Said, width: int) -> Iterator[Span]:
        """Return rank, level, people and state; people give way first, the state last."""
        state = min(len(ticking.text), max(0, width - 10))
        names = ", ".join(contact.name for contact in item.contacts) or "nobody"
        left = width - 2 - state - 2
        level = min(self._level_width, left)
        yield f"{item.level.rank % 100:<2}", "muted"
        yield fit(item.level.name, level), "strong" if item.state == "next" else ""
        if left > level:
            yield " " + fit(names, left - level - 1), "" if item.contacts else "alarm"
        yield "  ", ""
        yield fit(ticking.text, state), ticking.tone

    def plan(self, width: int) -> None:
        """Keep the levels' names apart from the people's."""
        longest = max((len(rung.level.name) for rung in self.rungs), default=0)
        self._level_width = max(7, min(20, longest, (width - 16) // 2))

    @property
    def _climbing(self) -> bool:
        return any(rung.state == "next" for rung in self.rungs)


# what a machine sent, never what somebody heard; without a page it was only that level's turn
_PAGED = {
    "sent": ("told", "good"),
    "sending": ("paging", "accent"),
    "waiting": ("paging", "accent"),
    "failed": ("NOT TOLD", "alarm"),
}


def rung_text(rung: Rung, now: datetime, climbing: bool, zone: str = "UTC") -> Said:
    """Say where a level stands: "told 13:48Z", "paging 13:48Z", "in 03:12", "call now", "not for P2".

    ``climbing`` is False once somebody has the incident: then nobody needs to be called any more.
    """
    by_hand, due = only_phone(rung.contacts), rung.due
    match rung.state:
        case "told" if rung.page == "failed" and due is None:
            return Said("NOT TOLD", "alarm")
        case "told" if due is not None:
            if climbing and by_hand:
                return Said(_CALL_NOW, "alarm")
            told = wall(due, zone, dated=other_day(due, now, zone), seconds=False)
            word, tone = _PAGED.get(rung.page, ("turn", "good"))
            return Said(f"{word} {told}", tone)
        case "next" if due is not None and now > due:
            return Said(_CALL_NOW if by_hand else f"LATE {brief(now - due)}", "late")
        case "next" | "later" if due is not None:
            word = "call in" if by_hand else "in"
            return Said(f"{word} {brief(due - now)}", "accent" if rung.state == "next" else "muted")
        case "nobody":
            return Said("skipped", "muted")
        case "told":
            return Said("passed", "muted")
        case state:
            return Said(state, "muted")


def only_phone(contacts: tuple[Contact, ...]) -> bool:
    """Tell whether a level can be reached by a call alone, which no machine makes."""
    return bool(contacts) and not any(contact.notify or contact.email or contact.chat for contact in contacts)
