"""A room whose audiences have channels, and a person who reads what is to be sent before sending it."""

from dataclasses import replace

from data.domain.codec import decode, encode
from data.domain.policy import Audience, Hours
from data.domain.room import Channel, Definition, Kind
from tests.console.room import User
from tests.store.room import definitions

CHANNELS = (
    Channel("chat", "env:CHAT"),
    Channel("mail", "env:MAIL"),
    Channel("page", kind="statuspage", page="abc", token="env:TOKEN"),
)
REACHED = {
    "engineering": ("chat",),
    "product": ("chat",),
    "executives": ("chat", "mail"),
    "customers": ("page",),
}


def connected(templates: dict[str, str] | None = None, hours: Hours | None = None) -> tuple[Definition, ...]:
    """Return the room of the tests with channels; support is told by other means."""
    found = []
    for item in definitions():
        if item.kind is not Kind.AUDIENCE:
            found.append(item)
            continue
        audience: Audience = decode(Audience, item.spec)
        template = (templates or {}).get(item.id, "")
        audience = replace(audience, channels=REACHED.get(item.id, ()), template=template, hours=hours)
        found.append(replace(item, spec=encode(audience)))
    for place, channel in enumerate(CHANNELS):
        found.append(Definition(Kind.CHANNEL, channel.id, encode(channel), position=place))
    return tuple(found)


async def reads_on(user: User, until: str) -> None:
    """Press F2 until the button says what it would do."""
    for _ in range(20):
        seen = await user.sees("F2")
        if until in seen:
            return
        await user.press("f2")
    raise AssertionError(f"F2 never says {until}")
