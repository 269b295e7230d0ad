"""On call: the ladder, who answers for each level, and how each of them is reached."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from data.domain.durations import format_duration
from data.domain.severity import Severity
from data.store.queries.people import on_call_view
from data.views import OnCallView
from widgets.empty import Empty
from widgets.safe import content


class OnCallScreen(Place):
    """The ladder by level and severity, and every contact."""

    WHERE: ClassVar[Where] = Where.ON_CALL
    CSS_PATH = "on_call.tcss"
    AUTO_FOCUS = "VerticalScroll"

    def body(self) -> ComposeResult:
        """Lay out the ladder and the contacts."""
        with Vertical(id="on-call"):
            yield Empty(id="empty")
            with VerticalScroll(id="scroll"):
                yield Static("Ladder", classes="pane--title")
                yield Static(id="ladder")
                yield Static("Contacts", classes="pane--title")
                yield Static(id="contacts")

    async def changed(self) -> None:
        """Read who is on call anew."""
        view = await self.room.look(on_call_view)
        if view is None or not self.in_front:
            return
        empty = self.query_one(Empty)
        empty.display = not view.people
        empty.say("No levels yet. warroom apply FILE loads them; the README shows an example.")
        self.query_one("#scroll").display = bool(view.people)
        self.query_one("#ladder", Static).update(content(_ladder(view)))
        self.query_one("#contacts", Static).update(content(_contacts(view)))


def _ladder(view: OnCallView) -> str:
    lines = []
    for level in sorted(view.policy.levels, key=lambda item: item.rank):
        person = next((item for item in view.people if item.rank == level.rank), None)
        names = ", ".join(contact.name for contact in person.contacts) if person else ""
        who = names or "NOBODY: no contact that can be reached"
        delays = "  ".join(
            f"{severity} {format_duration(view.policy.delay(level, severity))}"
            for severity in Severity
            if severity in level.severities
        )
        only = "  once a person has confirmed it" if level.confirmed_only else ""
        lines.append(f"{level.rank} {level.name:<22} {who}")
        lines.append(f"  keeps its turn for: {delays}{only}")
    return "\n".join(lines)


def _contacts(view: OnCallView) -> str:
    if not view.contacts:
        return "No contacts yet: [[contact]] in the configuration, then warroom apply FILE."
    lines = []
    for contact in sorted(view.contacts, key=lambda item: item.name):
        ways = [way for way in (contact.phone, contact.chat, contact.email) if way]
        ways += [_messages(len(contact.notify))] if contact.notify else []
        lines.append(f"{contact.name:<24} {'  '.join(ways) or 'NO WAY to reach'}")
    return "\n".join(lines)


def _messages(ways: int) -> str:
    return "1 way to notify" if ways == 1 else f"{ways} ways to notify"
