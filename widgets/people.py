"""Who answers for each level of the ladder now."""

from datetime import datetime

from textual.reactive import reactive

from data.views import OnCallPerson
from widgets.panel import Panel
from widgets.safe import fit
from widgets.tones import Span


def person_spans(person: OnCallPerson, width: int) -> list[Span]:
    """Return one level as it is drawn: its rank, its name, and who it is, or that it is nobody."""
    name_width = max(8, min(20, width // 2 - 3))
    names = ", ".join(contact.name for contact in person.contacts)
    until = f" to {_hour(person.until)}" if person.until else ""
    return [
        (f"{person.rank} ", "muted"),
        (fit(person.level, name_width) + " ", ""),
        (
            fit(f"{names}{until}" if names else "nobody", max(0, width - name_width - 3)),
            "" if names else "alarm",
        ),
    ]


def _hour(instant: datetime) -> str:
    return f"{instant:%H:%M}Z"


class People(Panel):
    """The ladder's people, one line each, as many as fit."""

    people: reactive[tuple[OnCallPerson, ...]] = reactive(())

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one level."""
        return person_spans(self.people[y], width) if y < len(self.people) else []
