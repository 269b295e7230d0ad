"""One try of one health check: whatever the server does, a result, bounded in time and memory (design 7)."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime, timedelta

import httpx

from console.workers.certificate import certificate_until
from console.workers.dialer import Dialer
from console.workers.exchange import Transport, header, phrase, read
from console.workers.faults import classify
from console.workers.request import Request, prepare
from console.workers.transport import Stage, Trace, dial
from data.domain.body import LIMIT, Finding, judge
from data.domain.check import Check, Outcome, Reason, Result, Warn
from data.text import clean_line

_HOPS = 5  # redirects followed at most
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSED: Finding = (Outcome.PASS, Reason.OK, "")


class Prober:
    """Probes checks; shares the TLS contexts, which are made at the first need. Nothing to close."""

    def __init__(self, *, trust: ssl.SSLContext | None = None, link_local: bool = False) -> None:
        """``trust`` replaces the system's authorities; ``link_local`` allows link-local targets."""
        self._dialer = Dialer(link_local=link_local)
        self._transport: httpx.AsyncBaseTransport = Transport(self._dialer, trust=trust)

    async def probe(self, check: Check, *, now: Callable[[], datetime]) -> Result:
        """One try, over within ``check.timeout``. Never raises, except for being cancelled from outside.

        What stopped a probe before it left this machine (a secret missing, an address that cannot be used,
        a link-local target, no sockets left) is inconclusive: nothing was learnt about the service.
        """
        at, trace, request = now(), Trace(), None
        try:
            async with asyncio.timeout(check.timeout.total_seconds()):
                request = await prepare(check)
                if request.url.scheme == "tcp":
                    finding = await self._connect(request, trace)
                else:
                    finding = await self._ask(check, request, trace)
        except Exception as error:  # noqa: BLE001 - a probe answers every failure with a result
            fault = classify(error, trace)
            outcome = Outcome.INCONCLUSIVE if fault.ours else Outcome.FAIL
            finding = outcome, fault.reason, fault.words
        timings = trace.timings()
        until = trace.certificate_until
        if trace.certificate is not None:
            until = await certificate_until(trace.certificate)
        if finding[0] in (Outcome.PASS, Outcome.WARN):
            finding = _degraded(finding, check.warn, timings.total or 0.0, until - at if until else None)
        outcome, reason, words = finding
        detail = clean_line(request.redact(words) if request else words)
        return Result(at, outcome, reason, detail, trace.status, timings, until)

    async def _connect(self, request: Request, trace: Trace) -> Finding:
        connection = await dial(self._dialer, request.host, request.port, trace)
        trace.enter(Stage.ANSWER)
        connection.close()
        return _PASSED

    async def _ask(self, check: Check, request: Request, trace: Trace) -> Finding:
        while True:
            asked = request.build(stages=trace, limit=LIMIT, verify=check.verify)
            async with aclosing(await self._transport.handle_async_request(asked)) as answer:
                status = trace.status = answer.status_code
                location = header(answer, "location") if status in _REDIRECTS else ""
                content = b"" if location and check.follow_redirects else await read(answer)
            if not location or not check.follow_redirects:
                break
            trace.hops += 1
            if trace.hops > _HOPS:
                words = f"more than {_HOPS} redirects, the last to {request.describe(location)}"
                return Outcome.FAIL, Reason.STATUS, words
            trace.status = None
            request = request.redirected(status, location)
        said = f"redirects to {request.describe(location)}" if location else phrase(answer)
        content, said = request.redact_bytes(content), request.redact(said)
        return judge(header(answer, "content-type"), content, status, check.expect, phrase=said)


def _degraded(finding: Finding, warn: Warn, latency: float, left: timedelta | None) -> Finding:
    """What of a passing answer is past the check's limits (design 3.6: slow, certificate near expiry)."""
    findings = [finding] if finding[0] is Outcome.WARN else []
    if warn.latency is not None and latency > (limit := warn.latency.total_seconds()):
        findings.append((Outcome.WARN, Reason.SLOW, f"slow: {_seconds(latency)}, limit {_seconds(limit)}"))
    if left is not None and left <= timedelta(0):
        findings.append((Outcome.WARN, Reason.CERTIFICATE, f"certificate expired {_span(-left)} ago"))
    elif left is not None and warn.certificate is not None and left < warn.certificate:
        findings.append((Outcome.WARN, Reason.CERTIFICATE, f"certificate expires in {_span(left)}"))
    if not findings:
        return finding
    return Outcome.WARN, findings[0][1], "; ".join(words for _, _, words in findings)


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} h"
