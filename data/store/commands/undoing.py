"""Taking back one's own last change."""

from data.domain.change import Refused
from data.domain.undo import Undo, last_undoable, undo
from data.store import causes
from data.store.commands.finding import find_incident
from data.store.unit import Answer, Write


def prepare(write: Write, key: str) -> Undo | Refused:
    """Find the operator's own last undoable change on an incident, without doing anything."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    command = last_undoable(write.history(found.id), write.by)
    if isinstance(command, Refused):
        return command
    return undo(command, {number: write.history(number) for number in write.of_command(command)})


def take_back(write: Write, key: str, *, expected: str | None = None) -> Answer | Refused:
    """Undo it, on every incident the command touched; ``expected`` is the command that was asked about."""
    plan = prepare(write, key)
    if isinstance(plan, Refused):
        return plan
    if expected is not None and plan.command != expected:
        return Refused("your last change here is another one by now", "look again, then undo")
    answered = key
    for number, changes in plan.changes.items():
        before = write.incident(number)
        if before is None:
            continue
        state = write.change(before, changes, ticks=False)
        causes.settle(write.connection, state)
        answered = before.key if before.key.lower() == key.lower() else answered
    return Answer(answered, f"undone: {plan.prompt}", {"undone": plan.prompt})
