"""Which way a message goes out: its address resolved on this host, or why it cannot be (design 7, 10)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from console.channels import Channel
from console.channels.sending import Sender, SentApart
from console.threads import in_thread
from console.workers.secrets import SecretMissing, resolve
from data.domain import outbox
from data.domain.room import Channel as Configured
from data.store.queries.outbox import Waiting

PATIENCE = 2.0  # seconds a secret's file may take

Way = tuple[str, int]  # a target, and which of a contact's ways


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that lead somewhere from here, and why others do not."""

    open: Mapping[Way, Channel] = field(default_factory=dict)
    closed: Mapping[Way, str] = field(default_factory=dict)


async def find(waiting: Waiting, sender: Sender) -> Ways:
    """Resolve the ways of what is to be sent, each in a thread of its own: a file may lie on a slow disk."""
    wanted = list(dict.fromkeys((item.target, item.way) for item in waiting.due))
    found = await asyncio.gather(*(_find(way, waiting, sender) for way in wanted))
    ways = list(zip(wanted, found, strict=True))
    return Ways(
        {way: channel for way, channel in ways if not isinstance(channel, str)},
        {way: why for way, why in ways if isinstance(why, str)},
    )


async def _find(way: Way, waiting: Waiting, sender: Sender) -> Channel | str:
    target, number = way
    contact = waiting.contacts.get(outbox.contact_of(target))
    channel = waiting.channels.get(outbox.channel_of(target))
    try:
        async with asyncio.timeout(PATIENCE):
            if contact is not None and number < len(contact.notify):
                return await in_thread(lambda: SentApart(sender, resolve(contact.notify[number])))
            if channel is not None:
                return await in_thread(lambda: _configured(channel, sender))
    except SecretMissing as error:
        return str(error)
    except TimeoutError:
        return "its secret cannot be read in time"
    return "it is no longer configured"


def _configured(channel: Configured, sender: Sender) -> Channel:
    if channel.kind != "statuspage":
        return SentApart(sender, resolve(channel.url))
    from console.channels.statuspage import Statuspage

    return Statuspage(channel.page, resolve(channel.token), resolve(channel.url) if channel.url else "")
