"""What a writing verb answers: a sentence for a person, the incident as it now is for a script."""

from typing import Any

from console.cli import output
from console.cli.failures import not_found, usage
from console.cli.room import Room
from data.domain.incident import Incident
from data.domain.policy import Policy
from data.domain.severity import Severity
from data.store.unit import Answer

_SHORT = 40  # characters of a mistyped key worth repeating


def done(room: Room, answer: Answer, key: str = "", **more: Any) -> None:
    """Print a command's answer; ``key`` names the incident to show where it is not the answer's own."""
    if not room.options.json:
        output.answer(answer.text)
        return
    from data import json_views

    policy, state = room.read(lambda connection: load(connection, key or answer.key))
    output.emit(json_views.incident(state, policy, room.now()) | {"answer": answer.text} | more)


def load(connection: Any, key: str) -> tuple[Policy, Incident]:
    """Return an incident and the room's policy. Raises Failure when there is none."""
    from data.store import rows
    from data.store.commands.finding import incident_number, no_incident, proposal_number
    from data.store.definitions import load_policy

    number = incident_number(key)
    found = rows.load_incident(connection, number) if number is not None else None
    if found is None and (proposal := proposal_number(key)) is not None:
        raise not_found(f"PR-{proposal} is a proposal, not an incident", f"warroom show PR-{proposal}")
    if found is None:
        missing = no_incident(key[:_SHORT])
        raise not_found(missing.reason, missing.hint)
    return load_policy(connection), found


def severity(text: str) -> Severity:
    """Read a severity; its letter may be small. Raises Failure."""
    try:
        return Severity(text.strip().upper())
    except ValueError:
        meanings = "; ".join(f"{level} {level.meaning}" for level in Severity)
        raise usage(f"{text[:_SHORT]!r} is no severity: P0, P1, P2 or P3", meanings) from None
