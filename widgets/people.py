"""Who answers for each level of the ladder now."""

from datetime import datetime

from textual.reactive import reactive

from data.views import OnCallPerson
from widgets.panel import Panel
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import Span


def person_spans(person: OnCallPerson, width: int, now: datetime | None = None) -> list[Span]:
    """Return one level as it is drawn: its rank, its name, who it is, and what is wrong with that."""
    name_width = max(8, min(20, width // 2 - 3))
    left = max(0, width - name_width - 3)
    names = ", ".join(contact.name for contact in person.contacts)
    until = f" to {_hour(person.until, now)}" if person.until else ""
    said, wrong = f"{names}{until}" if names else "nobody", _wrong(person)
    cells = min(left, len(said)) if wrong else left
    return [
        (f"{person.rank} ", "muted"),
        (fit(person.level, name_width) + " ", ""),
        (fit(said, cells), "" if names else "alarm"),
        (fit(f"  {wrong}", left - cells) if wrong else "", "alarm"),
    ]


def _wrong(person: OnCallPerson) -> str:
    found = []
    if person.handing_over:
        found.append(f"{', '.join(person.handing_over)} to hand over")
    if person.strangers:
        found.append(f"{', '.join(person.strangers)}: no way to be reached")
    if person.stale:
        found.append("calendar STALE")
    return ", ".join(found)


def _hour(instant: datetime, now: datetime | None) -> str:
    if now is not None and other_day(instant, now, "UTC"):
        return f"{instant:%a} {wall(instant, 'UTC', seconds=False)}"
    return wall(instant, "UTC", seconds=False)


class People(Panel):
    """The ladder's people, one line each, as many as fit."""

    people: reactive[tuple[OnCallPerson, ...]] = reactive(())

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one level."""
        return person_spans(self.people[y], width, self.now) if y < len(self.people) else []
