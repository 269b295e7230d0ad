"""The ways to people and audiences: whether each leads somewhere, without sending anything along it."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

from console.channels import apprise, statuspage
from console.clock import Clock
from console.doctor.credentials import missing
from console.doctor.facts import Facts
from console.doctor.reach import Endpoint, Reach, hidden
from console.doctor.rounds import Try
from console.threads import in_thread
from console.workers.probe import Prober
from console.workers.secrets import SecretMissing, resolve
from data.domain.check import Check, Outcome
from data.domain.diagnosis import Diagnosis, Grade
from data.domain.room import Channel

CONTACT, CHANNEL = "contact", "channel"
_PUBLIC = ("notify_url", "webhook_url", "cloud_notify_url", "api_url")  # where a service's own servers are
_HOST = re.compile(r"[A-Za-z0-9.-]+")
_CHECK = "warroom doctor --send-test sends a message along it"


def tries(facts: Facts, reach: Reach, prober: Prober, clock: Clock) -> tuple[list[Try], list[Try]]:
    """Return a look at each way to a contact, and at each channel."""
    ways = []
    for contact in facts.policy.contacts:
        for number, reference in enumerate(contact.notify, start=1):
            name = contact.id if len(contact.notify) == 1 else f"{contact.id}, way {number}"
            ways.append(Try(CONTACT, name, partial(_apprise, facts, reach, CONTACT, name, reference)))
    channels = [
        Try(CHANNEL, item.id, partial(_page, facts, item, prober, clock))
        if item.kind == "statuspage"
        else Try(CHANNEL, item.id, partial(_apprise, facts, reach, CHANNEL, item.id, item.url))
        for item in facts.channels
    ]
    return ways, channels


async def _apprise(facts: Facts, reach: Reach, kind: str, name: str, reference: str) -> list[Diagnosis]:
    try:
        servers = await in_thread(lambda: apprise.servers_of(resolve(reference)))
    except SecretMissing as error:
        return [missing(facts, kind, name, error)]
    if not servers or None in servers:
        hint = "Apprise's list of services says how its addresses are written"
        return [Diagnosis(kind, name, Grade.FAILURE, f"misconfigured: {apprise.UNKNOWN}", hint)]
    return [await _server(server, reach, partial(Diagnosis, kind, name)) for server in servers]


async def _server(server: Any, reach: Reach, said: Callable[..., Diagnosis]) -> Diagnosis:
    service = str(server.service_name)
    found = endpoint(server)
    if found is None:
        return said(
            Grade.OK, f"{service}: the address is well formed; its host is not known before a send", _CHECK
        )
    if not getattr(server, "smtp_host", "") and await in_thread(lambda: _by_proxy(found.host)):
        words = f"{service}: the address is well formed; a proxy leads there, which was not tried"
        return said(Grade.OK, words, _CHECK)
    trouble = await reach.trouble(found)
    if trouble:
        hint = "look at the network from this host to there, and at the address"
        return said(Grade.FAILURE, f"{service}: unreachable: {trouble}", hint)
    return said(Grade.OK, f"{service}: reachable; whether it takes a message was not tried", _CHECK)


def _by_proxy(host: str) -> bool:
    """Tell whether what Apprise sends to a host goes through a proxy, as the environment says."""
    return bool(getproxies().keys() & {"http", "https", "all"}) and not proxy_bypass(host)


def endpoint(server: Any) -> Endpoint | None:
    """Return where Apprise connects for one of its services; None where only sending would tell."""
    secure = bool(server.secure)
    if smtp := getattr(server, "smtp_host", ""):
        mode = str(getattr(server, "secure_mode", ""))
        return Endpoint(str(smtp), int(server.port or 25), mode == "ssl")
    own = "host" in (getattr(server, "template_tokens", None) or {})
    if own and server.host and getattr(server, "mode", "") != "cloud":
        return Endpoint(str(server.host), int(server.port or (443 if secure else 80)), secure)
    for name in _PUBLIC:
        address = getattr(type(server), name, None)
        if isinstance(address, str):
            parts = urlsplit(address)
            host = parts.hostname or ""
            if parts.scheme == "https" and _HOST.fullmatch(host):
                return Endpoint(host, parts.port or 443, tls=True)
    return None


async def _page(facts: Facts, item: Channel, prober: Prober, clock: Clock) -> list[Diagnosis]:
    """Ask a status page for itself, with the token and without changing anything."""
    try:
        token, address = await in_thread(lambda: (resolve(item.token), resolve(item.url)))
    except SecretMissing as error:
        return [missing(facts, CHANNEL, item.id, error)]
    base = (address or statuspage.ADDRESS).rstrip("/").removesuffix("/v1")
    asked = Check(
        item.id,
        "",
        f"{base}/v1/pages/{quote(item.page, safe='')}",
        headers=(("Authorization", f"OAuth {token}"),),
    )
    result = await prober.probe(asked, now=clock)
    said = partial(Diagnosis, CHANNEL, item.id)
    if result.status in (401, 403):
        words = f"Statuspage: misconfigured: it refuses the token (HTTP {result.status})"
        return [said(Grade.FAILURE, words, "make a new token there, and set it")]
    if result.status == 404:
        words = "Statuspage: misconfigured: it knows no page of that id"
        return [said(Grade.FAILURE, words, "look at the channel's page")]
    if result.outcome in (Outcome.PASS, Outcome.WARN):
        return [said(Grade.OK, "Statuspage: reachable, and it takes the token")]
    why = f"HTTP {result.status}" if result.status else _safe(result.detail, (token, address, base))
    hint = "look at the channel's url and at the network from this host"
    outcome = "misconfigured" if result.outcome is Outcome.INCONCLUSIVE else "unreachable"
    return [said(Grade.FAILURE, f"Statuspage: {outcome}: {why}", hint)]


def _safe(words: str, secrets: Sequence[str]) -> str:
    hosts = [host for text in secrets if (host := urlsplit(text).hostname)]
    return hidden(words, (*secrets, *hosts))
