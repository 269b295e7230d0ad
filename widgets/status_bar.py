"""The first line: the room, how many, how late, who, and how old what is shown is (design 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual.reactive import reactive

from data.alert_views import stale
from data.domain.durations import age
from data.views import SourceView
from widgets.panel import Panel
from widgets.safe import fit
from widgets.tones import Span

STALE = timedelta(seconds=30)  # from here an age is a warning
_GAP = 3
_MERE = 5  # from here a part leaves for the end of a sentence, too
_CUT = 16  # cells, the least that says anything of a trouble
_GOES_ON = ": "  # a part that belongs to the one before it, and leaves sooner


class Part(NamedTuple):
    """``leaves``: how soon (the highest first); ``least``: the cells it is cut to before anything leaves."""

    leaves: int
    text: str
    tone: str
    least: int = 0  # 0 is never cut

    @property
    def cells(self) -> int:
        """The least it takes."""
        cells = cell_len(self.text)
        return min(cells, self.least) if self.least else cells


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says. ``store`` is "ok" or a sentence; ``checks_at`` the newest result (UTC)."""

    room: str = ""
    live: int = 0
    late: int = 0
    proposed: int = 0
    operator: str = ""
    checks_at: datetime | None = None
    has_checks: bool = False
    store: str = "ok"
    nobody: bool = False
    banner: str = ""
    zone: str = "UTC"
    sources: tuple[SourceView, ...] = ()  # of alerts
    here: int = 1  # people, this one among them
    read_only: bool = False
    away_at: datetime | None = None  # since when the store cannot be read
    unsent: int = 0  # notes that wait for it


class StatusBar(Panel):
    """One line that never moves: what is worst on the left, the time on the right."""

    DEFAULT_CSS = "StatusBar { height: 1; background: $panel; }"

    header: reactive[Header] = reactive(Header())

    def spans(self, y: int, width: int) -> list[Span]:
        """Return the parts that fit, the least needed leaving first."""
        clock = self._clock()
        # what is longer than the line is not measured to its end: it may be a megabyte
        parts = [part._replace(text=part.text[: width + 1]) for part in self._parts()]
        cells = _shares(parts, width - len(clock) - 1)
        spans: list[Span] = [(" ", "")]
        for part, most in zip(parts, cells, strict=True):
            if most:
                gap = 0 if len(spans) == 1 or part.text.startswith(_GOES_ON) else _GAP
                spans += [(" " * gap, ""), (_short(part.text, most), part.tone)]
        used = sum(cell_len(text) for text, _ in spans)
        return [*spans, (" " * max(0, width - used - len(clock) - 1), ""), (clock, "strong")]

    def _clock(self) -> str:
        zone = self.header.zone
        local = self.now.astimezone(ZoneInfo(zone))
        return f"{local:%H:%M:%S}" + ("Z" if zone == "UTC" else f" {local:%Z}")

    def _parts(self) -> Iterator[Part]:
        """Yield (how soon it leaves, text, tone), in order."""
        head = self.header
        yield Part(5, f"warroom {head.room}", "strong", least=28)
        yield Part(0, f"{head.live} live", "")
        if head.read_only:
            yield Part(0, "READ-ONLY", "warn")
        if head.late:
            yield Part(0, f"{head.late} LATE", "late")
        if head.proposed:
            yield Part(1, f"{head.proposed} proposed", "accent")
        if head.nobody:
            yield Part(1, "no one can be paged", "alarm")
        if head.away_at is not None:
            yield Part(0, f"store away {age(self.now - head.away_at)}", "alarm")
            yield Part(1, f"{_GOES_ON}{head.store.partition(' (')[0]}", "alarm", least=46)
        elif head.store != "ok":
            yield Part(0, head.store, "alarm", least=44)
        if head.unsent:
            yield Part(1, f"{head.unsent} note{' waits' if head.unsent == 1 else 's wait'}", "warn")
        if head.banner:
            yield Part(2, head.banner, "warn", least=48)
        yield Part(4, head.operator, "accent", least=16)
        if head.here > 1:
            yield Part(4, f"{head.here} here", "muted")
        yield from self._checks()
        yield from self._alerts()
        if head.store == "ok":
            yield Part(6, "store ok", "muted")

    def _checks(self) -> Iterator[Part]:
        head = self.header
        if head.checks_at is None:
            if head.has_checks:
                yield Part(3, "checks: none yet", "warn")
            return
        old = self.now - head.checks_at
        if old > STALE:
            yield Part(2, f"checks STALE {age(old)}", "alarm")
        else:
            yield Part(3, f"checks {age(max(old, timedelta()))}", "muted")

    def _alerts(self) -> Iterator[Part]:
        """Yield how old the newest good poll is, or what keeps a source's news from coming."""
        sources = self.header.sources
        old = sorted(
            (found for view in sources if (found := stale(view, self.now))),
            key=lambda found: (found.unasked, found.since or self.now),
        )
        if old and old[0].unasked:
            named = "" if len(old) == len(sources) else f"{old[0].source} "
            yield Part(0, f"nobody asks {named}for alerts", "alarm", least=40)
        elif old:
            since = old[0].since
            yield Part(0, f"alerts STALE {age(self.now - since)}" if since else "alerts STALE", "alarm")
            others = f" +{len(old) - 1}" if len(old) > 1 else ""
            yield Part(2, f"{_GOES_ON}{old[0].source} {old[0].why}{others}", "alarm", least=44)
        elif sources:
            answered = [view.state.ok_at for view in sources if view.state.ok_at]
            if answered:
                yield Part(3, f"alerts {age(max(self.now - max(answered), timedelta()))}", "muted")
            else:
                yield Part(3, "alerts: none yet", "warn")


def _shares(parts: list[Part], width: int) -> list[int]:
    """Return how many cells each part has, 0 for what leaves; what is left makes the most needed whole."""
    cells = [part.cells for part in parts]

    def over() -> int:
        return sum(most + _GAP for most in cells if most) - width

    cut = sum(cell_len(part.text) - part.cells for part in parts)
    for place in sorted(range(len(parts)), key=lambda place: (-parts[place].leaves, place)):
        if over() + (cut if parts[place].leaves >= _MERE else 0) <= 0:
            break
        if parts[place].leaves:
            cells[place] = 0
        elif parts[place].least:  # what stays is cut further, before a count is lost to it
            cells[place] = max(min(cells[place], _CUT), cells[place] - over())
    for place in reversed(range(len(parts))):
        if over() > 0:
            cells[place] = 0
    for place in sorted(range(len(parts)), key=lambda place: parts[place].leaves):
        if cells[place]:
            cells[place] = min(cell_len(parts[place].text), cells[place] + max(0, -over()))
    return cells


def _short(text: str, most: int) -> str:
    """Return text cut to at most so many cells, without blanks after it."""
    return fit(text, most).rstrip()
