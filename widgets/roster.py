"""The people of every level: who is on call now and next, where nobody is, how old that knowledge is."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive

from data.domain.durations import age, format_duration
from data.domain.handover import Handover
from data.domain.on_call import Calendar, Gap
from data.domain.policy import Contact, Policy
from data.domain.severity import Severity
from data.views import LevelView, OnCallView, Turn
from widgets.line_view import LineView
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import Span

RosterLine = tuple[Span, ...]
_LABEL = 8  # "  next  "
_GAPS = 4  # of a level that are named


class _Grid(NamedTuple):
    """How wide the columns are: names, spans of time, and the whole line."""

    name: int
    time: int
    width: int


def roster(view: OnCallView, now: datetime, zone: str, width: int) -> list[RosterLine]:
    """Return everything view 3 says, line by line, each in at most ``width`` cells."""
    grid = _grid(view, now, zone, width)
    lines: list[RosterLine] = []
    if view.handover:
        lines.append((("Hand over", "head"),))
        lines += [_handover(item, now, zone, width) for item in view.handover]
        lines.append(())
    lines.append((("Ladder", "head"),))
    for level in view.levels:
        lines += _level(level, view.policy, now, zone, grid)
    lines += [(), (("Contacts", "head"),)]
    if not view.contacts:
        words = "No contacts yet: [[contact]] in the configuration, then warroom apply FILE."
        lines.append((("  ", ""), (fit(words, max(0, width - 2)), "")))
    lines += [_contact(contact, grid) for contact in sorted(view.contacts, key=lambda item: item.name)]
    return lines


def _grid(view: OnCallView, now: datetime, zone: str, width: int) -> _Grid:
    turns = [turn for level in view.levels for turn in (*level.now, *level.next)]
    names = [contact.name for contact in view.contacts] + [turn.contact.name for turn in turns]
    name = min(26, width // 3, max((cell_len(name) for name in names), default=0))
    time = max((len(_span(turn, now, zone)) for turn in turns), default=0)
    return _Grid(name, min(time, max(0, (width - _LABEL - name) // 2)), width)


def when(at: datetime, now: datetime, zone: str) -> str:
    """Return an instant as people say it: ``18:00Z`` today, else ``Fri 11-27 18:00Z``."""
    if not other_day(at, now, zone):
        return wall(at, zone, seconds=False)
    return f"{at.astimezone(ZoneInfo(zone)):%a} {wall(at, zone, dated=True, seconds=False)}"


def _handover(item: Handover, now: datetime, zone: str, width: int) -> RosterLine:
    ended, incoming = when(item.ended, now, zone), ", ".join(item.incoming)
    words = f"{item.key:<8} {item.outgoing}: shift ended {ended}, {incoming} accepts it: h"
    return (("  ", ""), (fit(words, max(0, width - 2)), "alarm"))


def _level(view: LevelView, policy: Policy, now: datetime, zone: str, grid: _Grid) -> Iterator[RosterLine]:
    level = view.level
    said, tone = calendar_text(view.calendar, now)
    name = max(_LABEL + grid.name - 2, min(cell_len(level.name), grid.width // 3))
    rest = max(0, grid.width - name - 4)
    yield (
        (f"{level.rank % 100:<2}", "muted"),
        (fit(level.name, name), "strong"),
        ("  ", ""),
        (fit(said, rest), tone),
    )
    for turn in view.now:
        yield _person("now", turn.contact, _span(turn, now, zone), grid)
    if not any(turn.contact.reachable for turn in view.now):
        yield from _standing_in(view, grid)
    for turn in view.next:
        yield _person("next", turn.contact, _span(turn, now, zone), grid)
    for gap in view.gaps[:_GAPS]:
        yield _line("GAP", f"nobody {_gap_text(gap, now, zone)}", grid, "alarm")
    if len(view.gaps) > _GAPS:
        yield _line("", f"and {len(view.gaps) - _GAPS} more gaps within two weeks", grid, "alarm")
    delays = "  ".join(
        f"{severity} {format_duration(policy.delay(level, severity))}"
        for severity in Severity
        if severity in level.severities
    )
    only = ", once a person has confirmed it" if level.confirmed_only else ""
    yield _line("has", f"{delays} before the next is told{only}", grid, "muted")


def _standing_in(view: LevelView, grid: _Grid) -> Iterator[RosterLine]:
    """Yield who answers where nobody by the calendar can be reached: the level's own contacts."""
    label = "else" if view.calendar else "now"
    if not view.answering:
        yield _line(label, "NOBODY: no contact that can be reached", grid, "alarm")
    for contact in view.answering:
        yield _person(label, contact, "", grid)


def _span(turn: Turn, now: datetime, zone: str) -> str:
    if turn.starts > now:
        return f"from {when(turn.starts, now, zone)}"
    return f"to {when(turn.ends, now, zone)}" if turn.ends else ""


def _person(label: str, contact: Contact, span: str, grid: _Grid) -> RosterLine:
    lost = not contact.reachable
    time = fit(span, grid.time) + "  " if grid.time else ""
    left = max(0, grid.width - _LABEL - grid.name - 2 - len(time))
    return (
        (f"  {label:<{_LABEL - 2}}", "muted"),
        (fit(contact.name, grid.name) + "  ", "alarm" if lost else ""),
        (time, ""),
        (fit("no way to be reached" if lost else ways(contact), left), "alarm" if lost else "muted"),
    )


def _line(label: str, text: str, grid: _Grid, tone: str) -> RosterLine:
    head = (f"  {label:<{_LABEL - 2}}", "alarm" if label == "GAP" else "muted")
    return (head, (fit(text, max(0, grid.width - _LABEL)), tone))


def _gap_text(gap: Gap, now: datetime, zone: str) -> str:
    starts = "now" if gap.starts <= now else f"from {when(gap.starts, now, zone)}"
    return f"{starts} on" if gap.open else f"{starts} to {when(gap.ends, now, zone)}"


def calendar_text(calendar: Calendar | None, now: datetime) -> tuple[str, str]:
    """Say how far a level's calendar can be trusted: "calendar 3m", "calendar STALE 2h: …"; and the tone."""
    if calendar is None:
        return "its contacts", "muted"
    why = f": {calendar.trouble}" if calendar.trouble else ""
    if calendar.ok_at is None:
        return (f"calendar NOT READ{why}", "alarm") if why else ("calendar not read yet", "warn")
    old = age(now - calendar.ok_at)
    if calendar.stale(now):
        return f"calendar STALE {old}{why}", "alarm"
    return f"calendar {old}{why}", "warn" if why else "muted"


def ways(contact: Contact) -> str:
    """Return how a contact is reached, the phone first; how many ways of notifying there are, never which."""
    found = [way for way in (contact.phone, contact.chat, contact.email) if way]
    if contact.notify:
        found.append(
            "1 way to notify" if len(contact.notify) == 1 else f"{len(contact.notify)} ways to notify"
        )
    return "  ".join(found)


def _contact(contact: Contact, grid: _Grid) -> RosterLine:
    lost = not contact.reachable
    name, left = _LABEL - 2 + grid.name, max(0, grid.width - _LABEL - grid.name - 2)
    said = "NO WAY to reach" if lost else ways(contact)
    return (("  ", ""), (fit(contact.name, name) + "  ", ""), (fit(said, left), "alarm" if lost else "muted"))


class Roster(LineView[int, RosterLine], can_focus=True):
    """Who answers, as far down as there is to say; it scrolls and has no cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", show=False, id="list.down"),
        Binding("up,k", "scroll_up", "Up", show=False, id="list.up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="list.page-down"),
        Binding("pageup", "page_up", "Page up", show=False, id="list.page-up"),
        Binding("home,g", "scroll_home", "First", show=False, id="list.first"),
        Binding("end,G", "scroll_end", "Last", show=False, id="list.last"),
    ]

    view: reactive[OnCallView] = reactive(OnCallView(), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._written: tuple[object, list[RosterLine]] = (None, [])

    def watch_view(self) -> None:
        """Show other people."""
        count = len(roster(self.view, self.now, self.zone, 80))
        self._items = tuple(range(count))
        self._keys = tuple(map(str, self._items))
        self.virtual_size = Size(1, count)
        self._ticks.clear()
        self.forget()

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self._ticks.clear()
        self.forget()

    def key_of(self, item: int) -> str:
        """Return a line's number."""
        return str(item)

    def ticking(self, item: int, now: datetime) -> RosterLine:
        """Return the line itself: ages grow, shifts end."""
        state = (self.view, now, self.zone, self._width)
        if self._written[0] != state:
            self._written = (state, roster(self.view, now, self.zone, max(1, self._width - 1)))
        lines = self._written[1]
        return lines[item] if item < len(lines) else ()

    def draw(self, item: int, ticking: RosterLine, width: int) -> RosterLine:
        """Return the line."""
        return ticking
