"""Alert sources: each instance asked once as the workers do, and whether its heartbeat is heard."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial

from console.alertmanager import Client
from console.doctor.credentials import missing
from console.doctor.facts import Facts
from console.doctor.reach import shown
from console.doctor.rounds import Try
from console.workers import alert_secrets
from data.domain.alert import Alert, AlertRole
from data.domain.alert_evidence import InstanceAnswer
from data.domain.alert_severity import verdicts
from data.domain.diagnosis import Diagnosis, Grade
from data.domain.room import Source

SOURCE = "source"


def tries(facts: Facts, client: Client) -> list[Try]:
    """Return one look at each source."""
    return [Try(SOURCE, source.id, partial(_ask, facts, client, source)) for source in facts.sources]


async def _ask(facts: Facts, client: Client, source: Source) -> list[Diagnosis]:
    if (lacks := await alert_secrets.missing([source])) and source.id in lacks:
        return [missing(facts, SOURCE, source.id, lacks[source.id])]
    answers = await asyncio.gather(*(client.pull(source, address) for address in source.urls))
    return list(judged(source, answers, facts.heartbeats.get(source.id, ())))


def judged(
    source: Source, answers: Sequence[InstanceAnswer], known: Sequence[Alert] = ()
) -> Iterator[Diagnosis]:
    """Yield what the instances' answers say; ``known`` are the heartbeats heard of this source before."""
    good = [answer for answer in answers if answer.sightings is not None]
    of = f" ({len(good)} of {len(answers)} instances)" if len(answers) > 1 else ""
    if not good:
        hint = "look at its address, its credentials and the network between"
        words = f"unreachable: {answers[0].trouble if answers else 'it has no address'}"
        yield Diagnosis(SOURCE, source.id, Grade.FAILURE, f"{words}{of}", hint)
        return
    shown_alerts = {item.fingerprint: item for answer in good for item in answer.sightings or ()}
    words = f"reachable{of}, {len(shown_alerts)} alert{'' if len(shown_alerts) == 1 else 's'}"
    yield Diagnosis(SOURCE, source.id, Grade.OK, words)
    for answer in answers:
        if answer.trouble:
            state = "unreachable" if answer.sightings is None else "reachable, in part"
            words = f"{shown(answer.address)} is {state}: {answer.trouble}"
            yield Diagnosis(SOURCE, source.id, Grade.WARNING, words, "look at this instance")
    judge = verdicts(source)
    heard = {item.fingerprint for item in shown_alerts.values() if _beats(judge.of(item.labels)[2])}
    silent = [alert.name for alert in known if alert.fingerprint not in heard]
    if silent:
        words = f"its heartbeat {silent[0]} is not heard any more: alerts may be lost before they get there"
        yield Diagnosis(SOURCE, source.id, Grade.WARNING, words, "look whether its Prometheus works")
    elif heard:
        yield Diagnosis(SOURCE, source.id, Grade.OK, "its heartbeat is heard")
    elif source.heartbeats:
        words = f"no heartbeat is heard ({', '.join(source.heartbeats[:2])}): its silence would alarm nobody"
        yield Diagnosis(SOURCE, source.id, Grade.NOTE, words, "let its rules fire one that never ends")


def _beats(role: AlertRole) -> bool:
    return role is AlertRole.HEARTBEAT
