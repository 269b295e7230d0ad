"""Merging two incidents into one; undoing it splits them again."""

from data.domain.change import Refused
from data.domain.merge import merge as merged
from data.store import causes
from data.store.commands.finding import find_incident
from data.store.unit import Answer, Write
from data.text import clean_line


def merge(write: Write, key: str, *, into: str, why: str = "") -> Answer | Refused:
    """Fold an incident into a live one, which takes over severity, causes and audiences."""
    source = find_incident(write, key)
    if isinstance(source, Refused):
        return source
    target = find_incident(write, into)
    if isinstance(target, Refused):
        return target
    changes = merged(write.policy, source, target, write.by, write.now, clean_line(why))
    if isinstance(changes, Refused):
        return changes
    write.change(source, changes[0])
    state = write.change(target, changes[1])
    causes.settle(write.connection, state)
    return Answer(state.key, f"{source.key} merged into {state.key}", {"from": source.key})
