"""Roles instead of names, wherever a name stands (design 3.10)."""

import re
from collections.abc import Callable, Iterable, Mapping

from data.domain.incident import Role, is_operator
from data.domain.policy import Contact, Policy
from data.post_mortem.record import Record

_ROLES = {
    Role.IC: "incident commander",
    Role.DEPUTY: "deputy",
    Role.SCRIBE: "scribe",
    Role.COMMS: "comms lead",
    Role.EXPERT: "expert",
}
_SHORTEST = 3  # letters of a first or last name that is looked for on its own


def nobody_named(policy: Policy, record: Record, others: Iterable[str] = ()) -> Callable[[str], str]:
    """Return what replaces every known name in a text; ``others`` are names beside those of the record."""
    labels = _labels(policy, record, others)
    if not labels:
        return lambda text: text
    longest = sorted(labels, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])", re.IGNORECASE)

    words = _words(policy) - {person.casefold() for person in record.people}

    def label(match: re.Match[str]) -> str:
        found = match[0]
        if found.islower() and found.casefold() in words:
            return found  # "may" and "long" are words before they are names
        return labels.get(found.casefold(), "somebody")

    return lambda text: pattern.sub(label, text)


def _words(policy: Policy) -> set[str]:
    """Return the single words of contacts' names that are no ids."""
    ids = {contact.id.casefold() for contact in policy.contacts}
    return {word.casefold() for contact in policy.contacts for word in contact.name.split()} - ids


def _labels(policy: Policy, record: Record, others: Iterable[str]) -> Mapping[str, str]:
    """Return a label for every way a person is written."""
    by_person: dict[str, str] = {}
    for role, label in _ROLES.items():
        people = [person for person in record.roles.get(role, ()) if person not in by_person]
        for number, person in enumerate(people, start=1):
            by_person[person] = label if len(people) == 1 else f"{label} {number}"
    known = {name.casefold(): contact for contact in policy.contacts for name in (contact.id, contact.name)}
    levels = {contact: level.name.lower() for level in reversed(policy.levels) for contact in level.contacts}
    numbers: dict[str, int] = {}
    named = (*record.people, record.incident.opened_by, *others, *(item.id for item in policy.contacts))
    for person in named:
        if not person or not is_operator(person) or person in by_person:
            continue
        person_contact = known.get(person.casefold())
        same = _same(by_person, person_contact)
        base = levels.get(person_contact.id, "") if person_contact else ""
        base = base or "responder"
        if same is None:
            numbers[base] = numbers.get(base, 0) + 1
            same = base if base != "responder" and numbers[base] == 1 else f"{base} {numbers[base]}"
        by_person[person] = same
    labels: dict[str, str] = {}
    for person, label in by_person.items():
        contact = known.get(person.casefold())
        for written in (person, *(_ways(contact) if contact else ())):
            labels.setdefault(written.casefold(), label)
    return labels


def _same(by_person: Mapping[str, str], contact: Contact | None) -> str | None:
    """Return the label a contact has already under another way of writing them."""
    if contact is None:
        return None
    return by_person.get(contact.id) or by_person.get(contact.name)


def _ways(contact: Contact) -> tuple[str, ...]:
    """Return how a contact may be written: id, name, its words, mail and chat address."""
    words = tuple(word for word in contact.name.split() if len(word.strip(".")) >= _SHORTEST)
    return tuple(filter(None, (contact.id, contact.name, *words, contact.email, contact.chat, contact.phone)))
