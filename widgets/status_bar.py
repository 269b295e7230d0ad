"""The first line: the room, how many, how late, who, and how old what is shown is (design 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from textual.reactive import reactive

from data.domain.durations import age
from widgets.panel import Panel
from widgets.safe import fit, plain
from widgets.tones import Span

STALE = timedelta(seconds=30)  # from here an age is a warning
_GAP = 3

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


class StatusBar(Panel):
    """One line that never moves: what is worst on the left, the time on the right."""

    DEFAULT_CSS = "StatusBar { height: 1; background: $panel; }"

    header: reactive[Header] = reactive(Header())

    def spans(self, y: int, width: int) -> list[Span]:
        """Return the parts that fit, the least needed leaving first."""
        clock = self._clock()
        parts = list(self._parts())
        while parts and sum(len(text) + _GAP for _, text, _ in parts) > width - len(clock) - 1:
            parts.remove(max(parts, key=lambda part: part[0]))
        spans: list[Span] = [(" ", "")]
        for _, text, tone in parts:
            spans += [(text, tone), (" " * _GAP, "")]
        used = sum(len(text) for text, _ in spans)
        return [*spans, (" " * max(0, width - used - len(clock) - 1), ""), (clock, "strong")]

    def _clock(self) -> str:
        zone = self.header.zone
        local = self.now.astimezone(ZoneInfo(zone))
        return f"{local:%H:%M:%S}" + ("Z" if zone == "UTC" else f" {local:%Z}")

    def _parts(self) -> Iterator[Part]:
        """Yield (how soon it leaves, text, tone), in order."""
        head = self.header
        yield 5, fit(f"warroom {plain(head.room)}", min(28, 8 + len(plain(head.room)))).rstrip(), "strong"
        yield 0, f"{head.live} live", ""
        if head.late:
            yield 0, f"{head.late} LATE", "late"
        if head.proposed:
            yield 1, f"{head.proposed} proposed", "accent"
        if head.nobody:
            yield 1, "no one can be paged", "alarm"
        if head.store != "ok":
            yield 0, fit(plain(head.store), min(44, len(plain(head.store)))).rstrip(), "alarm"
        if head.banner:
            yield 2, fit(plain(head.banner), min(48, len(plain(head.banner)))).rstrip(), "warn"
        yield 4, plain(head.operator), "accent"
        yield from self._checks()
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
