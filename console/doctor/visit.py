"""A whole visit: what is tried, in the groups it is told in."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from console.alertmanager import Client
from console.clock import Clock
from console.doctor import credentials, crew, keeping, machine, people, sources, watching, ways
from console.doctor.facts import Facts
from console.doctor.reach import Reach
from console.doctor.rounds import Group, Try
from console.workers.probe import Prober
from data.domain import readiness
from data.domain.diagnosis import Diagnosis
from data.store.store import Store


def groups(
    facts: Facts, store: Store, clock: Clock, *, skew: timedelta, terminal: bool, tests: Sequence[Try] = ()
) -> list[Group]:
    """Return everything that is to be tried; ``tests`` are messages to be sent. Needs a running loop."""
    prober, reach = Prober(), Reach()
    calendars, ladder = people.tries(facts)
    to_people, channels = ways.tries(facts, reach, prober, clock)
    return [
        ("Store", keeping.tries(store, skew)),
        ("This machine", machine.tries(facts.policy.zone, terminal=terminal)),
        ("Workers", [_known(crew.WORKER, crew.workers(facts)), watching.heartbeat(facts, reach)]),
        ("Secrets", credentials.tries(facts)),
        ("Calendars", calendars),
        ("Ladder", ladder),
        ("Contacts", [*to_people, _known(readiness.CONTACT, readiness.contacts(facts.policy))]),
        ("Channels", channels),
        ("Audiences", [_known(readiness.AUDIENCE, readiness.audiences(facts.policy.audiences))]),
        ("Alert sources", sources.tries(facts, Client(clock))),
        ("Tests", tests),
        ("Checks", [*watching.checks(facts, prober, clock), *watching.canaries(facts, prober, clock)]),
    ]


def _known(kind: str, found: Iterable[Diagnosis]) -> Try:
    """Return a try that needs no trying: the store has told it."""

    async def work() -> Iterable[Diagnosis]:
        return found

    return Try(kind, "", work)
