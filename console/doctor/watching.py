"""Checks, canaries and the heartbeat, each tried once as the workers do; the heartbeat without a beat."""

from dataclasses import replace
from datetime import timedelta

import httpx

from console.clock import Clock
from console.doctor.credentials import missing
from console.doctor.facts import Facts
from console.doctor.reach import Endpoint, Reach, shown
from console.doctor.rounds import Try
from console.threads import in_thread
from console.workers.faults import Unusable
from console.workers.probe import Prober
from console.workers.request import parse
from console.workers.secrets import SecretMissing, is_reference, resolve
from data.domain.check import Check, Outcome, Reason, Result, Warn
from data.domain.diagnosis import Diagnosis, Grade

CHECK, CANARY, HEARTBEAT = "check", "canary", "heartbeat"
_CANARY = timedelta(seconds=3)
_LONGEST = timedelta(seconds=10)  # a check may be more patient than the doctor


def checks(facts: Facts, prober: Prober, clock: Clock) -> list[Try]:
    """Return a probe of each check; one that is down is a warning: the doctor's part of it works."""

    def of(check: Check) -> Try:
        async def work() -> list[Diagnosis]:
            patient = replace(check, timeout=min(check.timeout, _LONGEST))
            return [probed(facts, CHECK, check.id, await prober.probe(patient, now=clock))]

        return Try(CHECK, check.id, work, late=Grade.WARNING)

    return [of(check) for check in facts.checks]


def probed(facts: Facts, kind: str, name: str, result: Result) -> Diagnosis:
    """Return what a probe comes to."""
    why = result.detail or result.reason.value
    match result.outcome:
        case Outcome.PASS:
            return Diagnosis(kind, name, Grade.OK, "reachable")
        case Outcome.WARN:
            return Diagnosis(kind, name, Grade.WARNING, f"reachable, with a warning: {why}", "look at it")
        case Outcome.FAIL:
            hint = "the service is down, or its address is wrong: warroom check shows more"
            return Diagnosis(kind, name, Grade.WARNING, f"down: {why}", hint)
        case Outcome.INCONCLUSIVE if result.reason is Reason.SECRET:
            return missing(facts, kind, name, why)
        case _:
            return Diagnosis(kind, name, Grade.FAILURE, f"misconfigured: {why}", "mend its address")


def canaries(facts: Facts, prober: Prober, clock: Clock) -> list[Try]:
    """Return a probe of each canary; none at all is worth a note where there are checks."""

    def of(url: str) -> Try:
        name = shown(url)

        async def work() -> list[Diagnosis]:
            asked = Check("canary", "", url, timeout=_CANARY, warn=Warn(certificate=None))
            return [probed(facts, CANARY, name, await prober.probe(asked, now=clock))]

        return Try(CANARY, name, work, late=Grade.WARNING)

    async def none() -> list[Diagnosis]:
        words = "none: when this console's own network fails, everything looks down"
        hint = "name one or two hosts outside in [room] canaries"
        return [Diagnosis(CANARY, "", Grade.NOTE, words, hint)]

    found = [of(url) for url in facts.settings.canaries]
    return found or ([Try(CANARY, "", none)] if facts.checks else [])


def heartbeat(facts: Facts, reach: Reach) -> Try:
    """Return a look at the heartbeat's host; a beat would say that somebody works when nobody does."""

    async def work() -> list[Diagnosis]:
        if not facts.settings.heartbeat:
            words = "none: when nobody works for the room, nobody else notices"
            return [Diagnosis(HEARTBEAT, "", Grade.NOTE, words, "name one in [room] heartbeat")]
        try:
            address = await in_thread(lambda: resolve(facts.settings.heartbeat))
            url = parse(address, secret=is_reference(facts.settings.heartbeat), schemes=("https", "http"))
        except SecretMissing as error:
            return [missing(facts, HEARTBEAT, "", error)]
        except Unusable as error:
            return [Diagnosis(HEARTBEAT, "", Grade.FAILURE, f"misconfigured: {error}", "mend its address")]
        return [_reached(await reach.trouble(_endpoint(url)))]

    return Try(HEARTBEAT, "", work)


def _endpoint(url: httpx.URL) -> Endpoint:
    tls = url.scheme == "https"
    return Endpoint(url.raw_host.decode("ascii"), url.port or (443 if tls else 80), tls)


def _reached(trouble: str) -> Diagnosis:
    if trouble:
        hint = "look at it from this host: whoever waits for it will think that nobody works"
        return Diagnosis(HEARTBEAT, "", Grade.WARNING, f"unreachable: {trouble}", hint)
    return Diagnosis(HEARTBEAT, "", Grade.OK, "reachable; no beat was sent")
