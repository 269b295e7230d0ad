"""The first line: the room, how many, how late, who, and how old what is shown is (design 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
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
_GOES_ON = ": "  # a part that belongs to the one before it, and leaves sooner

Part = tuple[int, str, str]  # how soon it leaves (the highest first), text, tone


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
        parts = list(self._parts())
        while parts and sum(cell_len(text) + _GAP for _, text, _ in parts) > width - len(clock) - 1:
            parts.remove(max(parts, key=lambda part: part[0]))
        spans: list[Span] = [(" ", "")]
        for place, (_, text, tone) in enumerate(parts):
            gap = 0 if place == 0 or text.startswith(_GOES_ON) else _GAP
            spans += [(" " * gap, ""), (text, tone)]
        used = sum(cell_len(text) for text, _ in spans)
        return [*spans, (" " * max(0, width - used - len(clock) - 1), ""), (clock, "strong")]

    def _clock(self) -> str:
        zone = self.header.zone
        local = self.now.astimezone(ZoneInfo(zone))
        return f"{local:%H:%M:%S}" + ("Z" if zone == "UTC" else f" {local:%Z}")

    def _parts(self) -> Iterator[Part]:
        """Yield (how soon it leaves, text, tone), in order."""
        head = self.header
        yield 5, _short(f"warroom {head.room}", 28), "strong"
        yield 0, f"{head.live} live", ""
        if head.read_only:
            yield 0, "READ-ONLY", "warn"
        if head.late:
            yield 0, f"{head.late} LATE", "late"
        if head.proposed:
            yield 1, f"{head.proposed} proposed", "accent"
        if head.nobody:
            yield 1, "no one can be paged", "alarm"
        if head.away_at is not None:
            yield 0, f"store away {age(self.now - head.away_at)}", "alarm"
            yield 1, _short(f"{_GOES_ON}{head.store.partition(' (')[0]}", 46), "alarm"
        elif head.store != "ok":
            yield 0, _short(head.store, 44), "alarm"
        if head.unsent:
            yield 1, f"{head.unsent} note{' waits' if head.unsent == 1 else 's wait'}", "warn"
        if head.banner:
            yield 2, _short(head.banner, 48), "warn"
        yield 4, _short(head.operator, 16), "accent"
        if head.here > 1:
            yield 4, f"{head.here} here", "muted"
        yield from self._checks()
        yield from self._alerts()
        if head.store == "ok":
            yield 6, "store ok", "muted"

    def _checks(self) -> Iterator[Part]:
        head = self.header
        if head.checks_at is None:
            if head.has_checks:
                yield 3, "checks: none yet", "warn"
            return
        old = self.now - head.checks_at
        if old > STALE:
            yield 2, f"checks STALE {age(old)}", "alarm"
        else:
            yield 3, f"checks {age(max(old, timedelta()))}", "muted"

    def _alerts(self) -> Iterator[Part]:
        """Yield how old the newest good poll is, or what keeps a source's news from coming."""
        sources = self.header.sources
        old = sorted(
            (found for view in sources if (found := stale(view, self.now))),
            key=lambda found: (found.unasked, found.since or self.now),
        )
        if old and old[0].unasked:
            named = "" if len(old) == len(sources) else f"{old[0].source} "
            yield 0, _short(f"nobody asks {named}for alerts", 40), "alarm"
        elif old:
            since = old[0].since
            yield 0, f"alerts STALE {age(self.now - since)}" if since else "alerts STALE", "alarm"
            others = f" +{len(old) - 1}" if len(old) > 1 else ""
            yield 2, _short(f"{_GOES_ON}{old[0].source} {old[0].why}{others}", 44), "alarm"
        elif sources:
            answered = [view.state.ok_at for view in sources if view.state.ok_at]
            if answered:
                yield 3, f"alerts {age(max(self.now - max(answered), timedelta()))}", "muted"
            else:
                yield 3, "alerts: none yet", "warn"


def _short(text: str, most: int) -> str:
    """Return text cut to at most so many cells, without blanks after it."""
    return fit(text, most).rstrip()
