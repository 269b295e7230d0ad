"""What people silenced at a source of alerts, on the record of what it was done for (design 3.7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from data.domain.change import Change, Refused
from data.domain.instants import format_instant
from data.domain.silencing import Silencing
from data.store.commands.finding import find_incident, find_proposal, proposal_number
from data.store.unit import Answer, Write
from data.text import clean_line

MOST = 30  # matchers that are kept


def silenced(write: Write, key: str, made: Silencing, silence: str, alerts: int) -> Answer:
    """Record a silence that was made, by its id there; ``alerts`` is how many it hid just then.

    ``key`` is the incident or proposal it was made for; without one it stands on the room's record.
    """
    facts = {
        "id": clean_line(silence),
        "source": made.source,
        "matchers": [clean_line(matcher.text) for matcher in made.matchers[:MOST]],
        "until": format_instant(made.ends),
        "why": clean_line(made.why).strip(),
        "alerts": alerts,
    }
    return _record(write, key, "silenced", facts, f"silenced at {made.source}")


def unsilenced(
    write: Write, key: str, source: str, silence: str, matchers: Sequence[str] = (), why: str = ""
) -> Answer:
    """Record that a silence was ended before its time; ``why`` is what it had been made for."""
    facts = {
        "id": clean_line(silence),
        "source": source,
        "matchers": [clean_line(text) for text in matchers[:MOST]],
        "why": clean_line(why).strip(),
    }
    return _record(write, key, "unsilenced", facts, f"the silence at {source} has ended")


def _record(write: Write, key: str, kind: str, facts: Mapping[str, Any], said: str) -> Answer:
    """Write it where it belongs; what was done at the source is recorded in any case."""
    number = proposal_number(key)
    proposal = find_proposal(write, key) if number is not None else None
    if proposal is not None and not isinstance(proposal, Refused):
        if proposal.incident is None:
            write.tell(kind, f"proposal:{proposal.key}", {"key": proposal.key, **facts})
            return Answer(proposal.key, f"{proposal.key}: {said}", facts)
        key = f"INC-{proposal.incident}"
    incident = find_incident(write, key) if key else None
    if incident is None or isinstance(incident, Refused):
        write.tell(kind, f"source:{facts['source']}", facts)
        return Answer("", said, facts)
    write.change(incident, (Change(kind, facts=facts),))
    return Answer(incident.key, f"{incident.key}: {said}", facts)
