"""Notes that were written while the store was away, and come in later (design 6)."""

from datetime import datetime

from data.domain.change import Change, Changes, Refused
from data.domain.incident import Incident
from data.store.commands.incidents import act
from data.store.unit import Answer, Write
from data.text import clean


def note(
    write: Write, key: str, text: str, at: datetime, detected_at: datetime | None = None
) -> Answer | Refused:
    """Write a note on the timeline as of the instant it was written.

    Refused where the incident of that name was detected after ``detected_at``: it is another one by now.
    """
    words = clean(text).strip()
    if not words:
        return Refused("a note needs some text")

    def rule(incident: Incident) -> Changes | Refused:
        # a merge makes it earlier, nothing makes it later
        if detected_at is not None and incident.detected_at > detected_at:
            return Refused(f"{incident.key} is another incident than the one it was written on")
        return (Change("note", facts={"text": words}, at=min(max(at, incident.detected_at), write.now)),)

    return act(write, key, rule, lambda state: f"noted on {state.key}")
