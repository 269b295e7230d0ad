"""Addresses that lead nowhere, refused before they are in a room (design 3.5)."""

from collections.abc import Iterable, Iterator

from console.workers.secrets import SecretMissing, resolve
from data.configuration.model import Configuration, Problem, problem
from data.domain.codec import decode
from data.domain.policy import Contact
from data.domain.room import Channel, Definition, Kind

HINT = "Apprise's list of services says how its addresses are written"


def unknown_addresses(wanted: Configuration) -> list[Problem]:
    """Return a problem for each contact and channel with an address that Apprise cannot make anything of.

    What is a secret this host does not have is left alone: another one may have it. No value is repeated.
    """
    known: dict[str, bool] = {}
    found = []
    for item, key, written in _addresses(wanted.definitions):
        try:
            url = resolve(written)
        except SecretMissing:
            continue
        if url not in known:
            # costly to load, and wanted only by a file that has such an address
            from console.channels.apprise import known_scheme

            known[url] = known_scheme(url)
        if not known[url]:
            path = f"{item.kind}.{item.id}.{key}"
            words = "Apprise does not know this address, or lacks what it needs for it"
            found.append(problem(wanted.file, wanted.lines.get((item.kind, item.id), 0), path, words, HINT))
    return found


def _addresses(definitions: Iterable[Definition]) -> Iterator[tuple[Definition, str, str]]:
    """Yield what has an Apprise address, the key it stands under, and the address as it is written."""
    for item in definitions:
        if item.kind is Kind.CONTACT:
            contact: Contact = decode(Contact, item.spec)
            for place, written in enumerate(contact.notify, start=1):
                yield item, f"notify.#{place}", written
        elif item.kind is Kind.CHANNEL:
            channel: Channel = decode(Channel, item.spec)
            if channel.kind == "apprise" and channel.url:
                yield item, "url", channel.url
