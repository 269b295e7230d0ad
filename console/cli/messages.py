"""What an update would send, shown before it is sent: on the terminal, and as JSON."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.cli import asking, output
from console.cli.answers import load
from console.cli.failures import Failure, not_found, usage
from console.cli.room import Room
from data.update_messages import Message, UpdateView, addressed, outlook, posts, shared

if TYPE_CHECKING:
    from data.domain.delivery import Delivery


def view(room: Room, key: str, audiences: Sequence[str]) -> UpdateView:
    """Return what an update on an incident to these audiences starts from. Raises Failure."""
    from data.store.queries.updates import update_view

    room.read(lambda connection: load(connection, key))
    found = room.read(lambda connection: update_view(connection, key))
    if found is None:
        raise not_found(f"there is no incident {key[:40]}", "warroom list shows them")
    for item in audiences:
        if found.policy.audience(item) is None:
            choices = ", ".join(one.id for one in found.policy.audiences)
            raise not_found(f"there is no audience {item[:40]}", f"audiences: {choices}")
    return found


def confirm(view: UpdateView, told: Sequence[Message]) -> None:
    """Show texts, audiences and channels and ask; raises Failure when the answer is no (design 3.5)."""
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        raise usage("an update is shown and asked about first", "without a terminal give --yes")
    incident = view.incident
    over = f"{incident.key} is {incident.status}: this is the final update\n" if incident.status.over else ""
    output.warn(f"{incident.key}  {incident.title}\n{over}")
    for words in shown(told):
        output.warn(words)
    if not asking.agreed(f"{outlook(told)}?"):
        raise Failure("not confirmed", "nothing was sent")


def warn(told: Sequence[Message]) -> None:
    """Say of which audiences the templates fail, where nobody is shown their texts."""
    for message in told:
        if message.trouble is not None:
            output.warn(
                f"the template of {message.audience} fails, {message.trouble}: it gets the plain facts"
            )


def rehearse(room: Room, view: UpdateView, told: Sequence[Message], *, notify: bool) -> None:
    """Print what would go to each audience, and to a status page the request itself."""
    from data.store.queries.outbox import deliveries_of

    sent = room.read(lambda connection: deliveries_of(connection, view.incident.id))
    asked = tuple(requests(view, told, sent, room.now(), notify=notify))
    if room.options.json:
        output.emit({"id": view.incident.key, "messages": as_json(told, asked)})
        return
    for words in shown(told):
        output.answer(words)
    for channel, request in asked:
        output.answer(f"{channel} is sent:\n{request}\n")
    output.answer(f"nothing was sent; without --dry-run: {outlook(told)}")


def shown(told: Sequence[Message]) -> Iterator[str]:
    """Yield each text with who reads it and how it reaches them."""
    for group in shared(told):
        first = group[0]
        yield f"to {addressed(group)}"
        if first.trouble is not None:
            yield f"its template fails, {first.trouble}; these are the plain facts"
        if any(message.channels for message in group):
            yield f"Subject: {first.subject}"
        yield f"{first.body}\n"


def requests(
    view: UpdateView, told: Sequence[Message], sent: Sequence["Delivery"], now: datetime, *, notify: bool
) -> Iterator[tuple[str, str]]:
    """Yield for each status page its channel's id and the request that would be sent, the token hidden.

    ``sent`` is what went out before: it says whether an incident is made there or the one there updated.
    """
    from console.channels import Message as Post
    from console.channels.statuspage import Statuspage
    from data.domain import outbox

    channels = {channel.id: channel for channel in view.channels}
    for message, channel, audience in posts(told):
        page = channels[channel]
        if page.kind != "statuspage":
            continue
        (item,) = outbox.updates(
            view.incident,
            view.seq + 1,
            audience,
            [channel],
            message.subject,
            message.body,
            {"notify": notify},
            now,
        )
        item = outbox.knowing(item, [other for other in sent if other.target == item.target])
        post = Post(outbox.key_of(item), item.subject, item.body, now, item.options)
        yield channel, Statuspage(page.page, "", page.url).dry_run(post)


def as_json(told: Sequence[Message], asked: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return each message as scripts get it; ``asked`` are the requests to status pages, by channel."""
    from data.json_views import instant

    words = dict(asked)
    return [
        {
            "audience": message.audience,
            "channels": list(message.channels),
            "subject": message.subject,
            "text": message.body,
            "next_update": instant(message.due),
            "requests": {name: words[name] for name in message.channels if name in words},
            "trouble": str(message.trouble) if message.trouble else None,
        }
        for message in told
    ]
