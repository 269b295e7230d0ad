"""Merging two incidents into one; undoing it splits them again."""

from data.domain.change import Refused
from data.store.commands.finding import find_incident
from data.store.commands.incidents import merge_into
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
    return merge_into(write, source, target, clean_line(why))
