"""Messages go out: put into the outbox by commands, claimed and settled by workers (design 3.5, 7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from data.domain import outbox
from data.domain.delivery import Delivery
from data.domain.incident import Incident
from data.domain.room import Channel
from data.store import outgoing
from data.store.unit import Write


def enqueue_update(
    write: Write,
    incident: Incident,
    seq: int,
    audience: str,
    channels: Sequence[Channel],
    subject: str,
    body: str,
    options: Mapping[str, Any],
) -> tuple[Delivery, ...]:
    """Put an update a person confirmed into the outbox, one message per channel; return them.

    ``seq`` is that of the update's event. Options a channel understands: ``notify`` (a status page tells
    its subscribers; it does not unless this is true).
    """
    names = [channel.id for channel in channels]
    items = outbox.updates(incident, seq, audience, names, subject, body, options, write.now)
    outgoing.put(write.connection, items)
    return items
