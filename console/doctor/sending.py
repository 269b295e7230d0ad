"""Test messages, really sent, once a person has agreed to whom."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from console.channels import Message
from console.channels.apprise import AppriseChannel
from console.doctor.credentials import missing
from console.doctor.facts import Facts
from console.doctor.rounds import Try
from console.threads import in_thread
from console.workers.secrets import SecretMissing, resolve
from data.domain.diagnosis import Diagnosis, Grade

TEST = "test"
SECONDS = 20.0  # one send; longer than a channel's own patience, which says more


@dataclass(frozen=True, slots=True)
class Target:
    """Who would get a test message, and the reference of the way to them."""

    name: str
    reference: str


def targets(facts: Facts) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Return who can be sent a test, and the channels that get none: the public reads them."""
    outside = {name for item in facts.policy.audiences if item.external for name in item.channels}
    found = [
        Target(f"contact {contact.id}" + (f", way {number}" if len(contact.notify) > 1 else ""), reference)
        for contact in facts.policy.contacts
        for number, reference in enumerate(contact.notify, start=1)
    ]
    public = []
    for channel in facts.channels:
        if channel.kind != "apprise" or channel.id in outside:
            public.append(channel.id)
        else:
            found.append(Target(f"channel {channel.id}", channel.url))
    return tuple(found), tuple(public)


def tries(facts: Facts, wanted: Sequence[Target], public: Sequence[str], operator: str) -> list[Try]:
    """Return a send to each target, and a note for each channel that is left out, or that there is none."""
    run = uuid.uuid4().hex[:8]

    def send(target: Target) -> Try:
        async def work() -> list[Diagnosis]:
            subject = f"Test message from warroom {facts.settings.name}"
            body = (
                f"{operator} tests whether warroom reaches you ({target.name}). Nothing to do: all is well."
            )
            try:
                channel = AppriseChannel(await in_thread(lambda: resolve(target.reference)))
            except SecretMissing as error:
                return [missing(facts, TEST, target.name, error)]
            message = Message(f"test:{run}:{target.name}", subject, body, facts.now)
            outcome = await channel.send(message)
            if outcome.ok:
                return [Diagnosis(TEST, target.name, Grade.OK, f"sent: {outcome.result} took it")]
            hint = "mend the address behind it, then try again"
            return [Diagnosis(TEST, target.name, Grade.FAILURE, f"not sent: {outcome.result}", hint)]

        return Try(TEST, target.name, work, SECONDS)

    def skip(channel: str) -> Try:
        async def work() -> list[Diagnosis]:
            words = "not sent: people outside read it"
            return [Diagnosis(TEST, f"channel {channel}", Grade.NOTE, words, "nothing to do")]

        return Try(TEST, f"channel {channel}", work)

    async def nobody() -> list[Diagnosis]:
        words = "nobody can be sent one: no contact has a notify, and no channel an address"
        return [Diagnosis(TEST, "", Grade.NOTE, words, "give a contact a notify, or an audience a channel")]

    return [*map(send, wanted), *map(skip, public)] or [Try(TEST, "", nobody)]
