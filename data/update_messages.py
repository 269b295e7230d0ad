"""From one person's answers to what each audience gets (design 3.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from data.domain.incident import Incident
from data.domain.policy import Audience, Policy
from data.domain.room import Channel, Service
from data.update_facts import Answers, Inside, Outside, facts_for, promised, subject, wall
from data.update_language import TemplateTrouble
from data.updates import guide_template, plain, render

NOTHING_SAID = Answers()


@dataclass(frozen=True, slots=True)
class UpdateView:
    """An incident as its update begins: the answers to start from, and the channels there are."""

    seq: int
    incident: Incident
    policy: Policy
    channels: tuple[Channel, ...] = ()
    answers: Answers = NOTHING_SAID
    services: tuple[Service, ...] = ()

    def facts(self, audience: Audience, answers: Answers, now: datetime) -> Inside | Outside:
        """Return what an audience may be told at ``now`` (UTC)."""
        names = {service.id: service.public for service in self.services}
        return facts_for(self.policy, self.incident, audience, answers, now, names)

    def channels_of(self, audience: Audience) -> tuple[Channel, ...]:
        """Return the channels that reach an audience; none means that it is told by other means."""
        return tuple(channel for channel in self.channels if channel.id in audience.channels)

    def applicable(self) -> tuple[str, ...]:
        """Return the audiences that are told of this incident, in the room's order."""
        told = {clock.audience for clock in self.incident.updates if clock.applies}
        return tuple(audience.id for audience in self.policy.audiences if audience.id in told)


@dataclass(frozen=True, slots=True)
class Message:
    """What one audience gets, over which channels, and when it is promised the next one (UTC).

    ``due`` is None where its text promises none. ``trouble`` says why the audience's template was not used:
    ``body`` then holds the plain facts.
    """

    audience: str
    name: str
    external: bool
    channels: tuple[str, ...]
    subject: str
    body: str
    due: datetime | None = None
    final: bool = False  # the incident is over
    trouble: TemplateTrouble | None = None

    def same_text(self, other: "Message") -> bool:
        """Tell whether two audiences read the same."""
        return (self.subject, self.body) == (other.subject, other.body)


def messages(
    view: UpdateView, answers: Answers, audiences: Iterable[str], now: datetime
) -> tuple[Message, ...]:
    """Return what each of these audiences gets at ``now``, in the order given; unknown ones are left out."""
    found = []
    for audience in _known(view, audiences):
        facts = view.facts(audience, answers, now)
        body = render(audience.template or guide_template(audience), facts)
        trouble = body if isinstance(body, TemplateTrouble) else None
        if isinstance(body, TemplateTrouble) or not body.strip():
            body = plain(facts)
        due = promised(view.policy, view.incident, audience.id, now)
        found.append(replace(_message(view, audience, facts, body), due=due, trouble=trouble))
    return tuple(found)


def in_one_text(view: UpdateView, text: str, audiences: Iterable[str], now: datetime) -> tuple[Message, ...]:
    """Return the same text, in a person's own words, for each of these audiences."""
    return tuple(
        _message(view, audience, view.facts(audience, NOTHING_SAID, now), text)
        for audience in _known(view, audiences)
    )


def _known(view: UpdateView, audiences: Iterable[str]) -> tuple[Audience, ...]:
    found = map(view.policy.audience, dict.fromkeys(audiences))
    return tuple(audience for audience in found if audience is not None)


def _message(view: UpdateView, audience: Audience, facts: Inside | Outside, body: str) -> Message:
    channels = tuple(channel.id for channel in view.channels_of(audience))
    final = view.incident.status.over
    return Message(audience.id, audience.name, audience.external, channels, subject(facts), body, final=final)


def outdated(view: UpdateView, told: Sequence[Message], now: datetime) -> str:
    """Say why what was shown must not go out any more; empty while it may."""
    incident = view.incident
    for message in told:
        audience = view.policy.audience(message.audience)
        due = promised(view.policy, incident, message.audience, now)
        if audience is None or message.channels != tuple(item.id for item in view.channels_of(audience)):
            return f"the channels of {message.audience} have changed since"
        if message.final != incident.status.over:
            return f"{incident.key} is {incident.status} now"
        if message.due is not None and message.due <= now:
            return f"it promises the next update for {wall(message.due, now)}, which has passed"
        if message.due is not None and due is not None and message.due > due:
            return f"{incident.key} is {incident.severity} now: the next update is due {wall(due, now)}"
    return ""


def sent_facts(told: Sequence[Message], text: str, means: str, *, final: bool) -> dict[str, Any]:
    """Return what the timeline keeps of an update: whom it went to, how, and who read something else."""
    facts: dict[str, Any] = {"text": text, "audiences": [message.audience for message in told]}
    if not all(message.channels for message in told):
        facts["means"] = means
    if channels := {message.audience: list(message.channels) for message in told if message.channels}:
        facts["channels"] = channels
    if texts := {message.audience: message.body for message in told if message.body != text}:
        facts["texts"] = texts
    return facts | ({"final": True} if final else {})


def in_words(told: Sequence[Message], means: str) -> str:
    """Say what became of an update: what is on its way, and what was written down."""
    on_their_way = ", ".join(message.audience for message in told if message.channels)
    written_down = ", ".join(message.audience for message in told if not message.channels)
    said = [f"{on_their_way} on its way over {_channels(told)}"] if on_their_way else []
    return "; ".join([*said, *([f"{written_down} recorded as sent {means}"] if written_down else [])])


class Post(NamedTuple):
    """What goes out over one channel, and for which audiences (ids, by comma)."""

    message: Message
    channel: str
    audience: str


def posts(told: Sequence[Message]) -> tuple[Post, ...]:
    """Return what goes out: a channel gets the same text once, whoever reads it there."""
    found: list[Post] = []
    for message in told:
        for channel in message.channels:
            known = [n for n, post in enumerate(found) if post.channel == channel]
            same = next((n for n in known if message.same_text(found[n].message)), None)
            if same is None:
                found.append(Post(message, channel, message.audience))
            else:
                post = found[same]
                found[same] = post._replace(audience=f"{post.audience},{message.audience}")
    return tuple(found)


def shared(told: Sequence[Message]) -> tuple[tuple[Message, ...], ...]:
    """Return messages in groups of those that read the same, in the order of the first of each."""
    groups: list[list[Message]] = []
    for message in told:
        group = next((one for one in groups if one[0].same_text(message)), None)
        if group is None:
            groups.append([message])
        else:
            group.append(message)
    return tuple(map(tuple, groups))


def addressed(group: Sequence[Message]) -> str:
    """Say who reads a text, and how it reaches them: "Engineering teams: chat; Support: by other means"."""
    over = [_named(message) for message in group if message.channels]
    by_hand = [_named(message) for message in group if not message.channels]
    names = dict.fromkeys(channel for message in group for channel in message.channels)
    said = [f"{', '.join(over)}: {', '.join(names)}"] if over else []
    return "; ".join([*said, *([f"{', '.join(by_hand)}: by other means"] if by_hand else [])])


def outlook(told: Sequence[Message]) -> str:
    """Say what sending does: "send to 3 audiences over 4 channels", "record as sent to 2 audiences"."""
    sent = [message for message in told if message.channels]
    by_hand = len(told) - len(sent)
    if not sent:
        return f"record as sent to {_count(by_hand, 'audience')}"
    words = f"send to {_count(len(sent), 'audience')} over {_channels(told)}"
    return f"{words}, record {by_hand} as sent" if by_hand else words


def _named(message: Message) -> str:
    return f"{message.name} (outside the company)" if message.external else message.name


def _channels(told: Sequence[Message]) -> str:
    return _count(len({channel for message in told for channel in message.channels}), "channel")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
