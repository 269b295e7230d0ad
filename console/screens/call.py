"""Calling somebody: number, chat, the words to say, and what came of it (design 3.4)."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from console.sizes import Modal
from data.domain.policy import Contact
from data.views import IncidentView
from widgets.safe import content, line

Outcome = tuple[str, str, bool]  # contact id, reached / no-answer / left-message, takes it

_OUTCOMES = (
    ("t", "reached", True, "reached, takes it: acknowledges in their name"),
    ("i", "reached", False, "reached, informed only"),
    ("n", "no-answer", False, "no answer: the next is asked"),
    ("m", "left-message", False, "left a message"),
)


def words_to_say(view: IncidentView) -> str:
    """Return what to say on the phone, to be read aloud."""
    incident = view.incident
    services = f" on {', '.join(incident.services)}" if incident.services else ""
    return (
        f'"This is about {incident.key}, a {incident.severity} {incident.severity.word} incident{services}: '
        f"{incident.title}. It was detected at {incident.detected_at:%H:%M} UTC, status {incident.status}. "
        'Can you take it?"'
    )


def callable_contacts(view: IncidentView) -> list[tuple[str, Contact]]:
    """Return (level, contact) to call, those of the level told last first, then upwards."""
    ladder = view.incident.ladder
    told = view.policy.level(ladder.level) if ladder and ladder.level else None
    rank = told.rank if told else 0
    ordered = sorted(view.rungs, key=lambda rung: (rung.level.rank < rank, rung.level.rank))
    tried = ladder.no_answer if ladder else ()
    found = [(rung.level.name, contact) for rung in ordered for contact in rung.contacts]
    return sorted(found, key=lambda item: item[1].id in tried)


class CallScreen(Modal[Outcome | None]):
    """First whom, then what came of it; escape writes nothing down."""

    CSS_PATH = "call.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        *(Binding(key, f"outcome({number})", show=False) for number, (key, *_) in enumerate(_OUTCOMES)),
    ]

    def __init__(self, view: IncidentView) -> None:
        super().__init__()
        self._view = view
        self._contacts = callable_contacts(view)

    def compose(self) -> ComposeResult:
        """Lay out the people, the words, and the outcomes."""
        incident = self._view.incident
        with Vertical(id="call"):
            yield Static(content(f"Call about {incident.key}"), id="heading")
            if not self._contacts:
                yield Static("Nobody can be called: no level has a contact. warroom apply FILE adds some.")
            yield OptionList(
                *(
                    Option(line(f"{contact.name}  {level}  {self._ways(contact)}"))
                    for level, contact in self._contacts
                )
            )
            yield Static(content(words_to_say(self._view)), id="words")
            if self._contacts:
                keys = "\n".join(f"{key}  {text}" for key, _, _, text in _OUTCOMES)
                yield Static(content(keys), id="outcomes")
                yield Static(
                    "t takes it · i informed only · n no answer · m left message", id="outcomes-short"
                )
            yield Static("arrows choose the person · esc goes back", id="form-keys")

    def _ways(self, contact: Contact) -> str:
        return (
            "  ".join(way for way in (contact.phone, contact.chat, contact.email) if way) or "only by message"
        )

    def on_mount(self) -> None:
        """Put the cursor on whom to call first."""
        people = self.query_one(OptionList)
        people.display = bool(self._contacts)
        if self._contacts:
            people.highlighted = 0
            people.focus()

    def action_leave(self) -> None:
        """Write nothing down."""
        self.dismiss(None)

    def action_outcome(self, number: int) -> None:
        """Write down what came of the call."""
        chosen = self.query_one(OptionList).highlighted
        if self._contacts and chosen is not None:
            _, result, takes, _ = _OUTCOMES[number]
            self.dismiss((self._contacts[chosen][1].id, result, takes))

    @on(OptionList.OptionSelected)
    def hint(self, event: OptionList.OptionSelected) -> None:
        """Enter alone says nothing about the call."""
        event.stop()
        self.query_one("#form-keys", Static).update("Call, then press t, i, n or m for what came of it.")
