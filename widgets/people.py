"""Who answers for each level of the ladder now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual.reactive import reactive

from data.views import OnCallPerson
from widgets.panel import Panel
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import Span


def person_spans(
    person: OnCallPerson, width: int, now: datetime | None = None, zone: str = "UTC"
) -> list[Span]:
    """Return one level as it is drawn: its rank, its name, and who it is, or that it is nobody.

    ``ada → Lin Chen`` in red until ada's incidents are handed over; a ``!`` before what cannot be relied
    on, with the reason behind it as far as there is room.
    """
    name_width = max(8, min(20, width // 2 - 3))
    left = max(0, width - name_width - 3)
    names = ", ".join(contact.name for contact in person.contacts)
    said = f"{names}{f' to {_hour(person.until, now, zone)}' if person.until else ''}" if names else "nobody"
    if person.handing_over:
        said = f"{', '.join(person.handing_over)} → {said}"
    doubt = _doubt(person)
    mark = fit("! ", min(2, left)) if doubt else ""
    left -= len(mark)
    cells = min(left, cell_len(said)) if doubt else left
    return [
        (f"{person.rank} ", "muted"),
        (fit(person.level, name_width) + " ", ""),
        (mark, "alarm"),
        (fit(said, cells), "" if names and not person.handing_over else "alarm"),
        (fit(f"  {doubt}", left - cells) if doubt else "", "alarm"),
    ]


def _doubt(person: OnCallPerson) -> str:
    """Return why who is shown may not be who should be."""
    if person.strangers:
        return f"no way to reach {', '.join(person.strangers)}"
    return "calendar STALE" if person.stale else ""


def _hour(instant: datetime, now: datetime | None, zone: str) -> str:
    hour = wall(instant, zone, seconds=False)
    if now is not None and other_day(instant, now, zone):
        return f"{instant.astimezone(ZoneInfo(zone)):%a} {hour}"
    return hour


class People(Panel):
    """The ladder's people, one line each, as many as fit."""

    people: reactive[tuple[OnCallPerson, ...]] = reactive(())
    zone: reactive[str] = reactive("UTC")

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one level."""
        if y >= len(self.people):
            return []
        return person_spans(self.people[y], width, self.now, self.zone)
