"""Which way a message goes out: its address resolved on this host, or why it cannot be (design 7, 10)."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module

from console.channels import Channel
from console.channels.sending import Sender, SentApart
from console.threads import in_thread
from console.workers.secrets import SecretMissing, on_disk, resolve
from data.domain import outbox
from data.domain.room import Channel as Configured
from data.store.queries.outbox import Due, Waiting

PATIENCE = 2.0  # seconds a secret's file may take

Way = tuple[str, int]  # a target, and which of a contact's ways


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that lead somewhere from here, and why others do not."""

    open: Mapping[Way, Channel] = field(default_factory=dict)
    closed: Mapping[Way, str] = field(default_factory=dict)


async def find(items: Iterable[Due], waiting: Waiting, sender: Sender) -> Ways:
    """Resolve the ways of messages that wait to be sent."""
    wanted = list(dict.fromkeys((item.target, item.way) for item in items))
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
                return SentApart(sender, await _address(contact.notify[number]))
            if channel is not None:
                return await _configured(channel, sender)
    except SecretMissing as error:
        return str(error)
    except TimeoutError:
        return "its secret cannot be read in time"
    return "it is no longer configured"


async def _configured(channel: Configured, sender: Sender) -> Channel:
    if channel.kind != "statuspage":
        return SentApart(sender, await _address(channel.url))
    token, url = await _address(channel.token), await _address(channel.url)
    statuspage = await in_thread(partial(import_module, "console.channels.statuspage"))
    made: Channel = statuspage.Statuspage(channel.page, token, url)
    return made


async def _address(text: str) -> str:
    """Resolve an address, a file's in a thread of its own: it may lie on a slow disk."""
    return await in_thread(partial(resolve, text)) if on_disk(text) else resolve(text)
