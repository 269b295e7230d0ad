"""The band over what is past: which instant is shown, and the way back to now (design 4)."""

from dataclasses import dataclass
from datetime import datetime

from textual.reactive import reactive

from data.domain.instants import t_plus
from widgets.panel import Panel
from widgets.safe import fit, plain
from widgets.times import other_day, wall
from widgets.tones import Span

_GAP = "   "


@dataclass(frozen=True, slots=True)
class Past:
    """The instant that is shown, how many steps of how many lead to it, and how much has come since."""

    at: datetime
    detected_at: datetime
    step: int
    steps: int
    new: int = 0  # lines of the record since somebody looked back
    keys: tuple[tuple[str, str], ...] = ()  # what leads on, the most needed last


class PastBand(Panel):
    """One line in another colour; the words say it too, where there are no colours."""

    DEFAULT_CSS = """
    PastBand { height: 1; background: $warning; color: $text; text-style: bold; display: none; }
    PastBand.-there { display: block; }
    """

    past: reactive[Past | None] = reactive(None)
    zone: reactive[str] = reactive("UTC")

    def watch_past(self, past: Past | None) -> None:
        """Be there only while something past is shown."""
        self.set_class(past is not None, "-there")

    def watch_now(self) -> None:
        """Nothing about it ticks: it stands at its instant."""

    def spans(self, y: int, width: int) -> list[Span]:
        """Return the instant, what is new, and as many keys as fit."""
        past = self.past
        if past is None or y:
            return []
        dated = other_day(past.at, past.detected_at, self.zone)
        line = f" PAST {wall(past.at, self.zone, dated=dated)} {t_plus(past.at - past.detected_at)}"
        line += f"{_GAP}{past.step}/{past.steps}"
        if past.new:
            line += f"{_GAP}{past.new} new since"
        keys = [f"{plain(key)} {label}" for key, label in past.keys]
        while keys and len(line) + len(_GAP) + len(" · ".join(keys)) > width:
            keys.pop(0)
        return [(fit(line + (_GAP + " · ".join(keys) if keys else ""), width), "")]
