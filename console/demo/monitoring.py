"""The shop's own tools: dashboards, logs and traces to open, an alert feed to pull, an inbox that receives.

Alerts follow Alertmanager's v2 API as recorded from a real one; the practice room needs no other program.
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.demo.services import DATABASE, GATEWAY, NAMED, SERVICES, Answer, Mode
from console.demo.wire import Request, page

PENDING = 30.0  # story seconds a fault lasts before its alert fires
KEPT = 200  # lines of log per service, and messages in the inbox


@dataclass(slots=True)
class Condition:
    """How a service is, since when (UTC), and why."""

    mode: Mode
    since: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What fires while a service is broken."""

    alert: str
    severity: str
    summary: str
    runbook: str


RULES: dict[str, Rule] = {
    GATEWAY: Rule("EdgeNotAnswering", "critical", "No answer through the gateway", "api-failures"),
    "catalog": Rule("CatalogErrors", "warning", "Catalog answers 503 to every page", "api-failures"),
    "search": Rule("SearchLatencyHigh", "warning", "Search p99 above 2 s", "performance-degradation"),
    "recommendations": Rule("PodRestarting", "info", "Recommendations restart", "performance-degradation"),
    "checkout": Rule("CheckoutErrors", "critical", "Orders fail with 503", "api-failures"),
    "payments": Rule("PaymentFailures", "critical", "Card payments fail", "api-failures"),
    "exports": Rule(
        "ExportQueueGrowing", "warning", "Orders wait for the warehouse", "performance-degradation"
    ),
    "mail": Rule("MailQueueGrowing", "warning", "Order confirmations wait", "api-failures"),
    DATABASE: Rule("DatabaseDown", "critical", "checkout-db takes no connections", "database-issues"),
}


class Monitoring:
    """Answers for the monitoring service out of what the shop tells it; ``now`` is the wall clock."""

    def __init__(self, now: Callable[[], datetime], scale: float) -> None:
        self._now = now
        self._pending = timedelta(seconds=PENDING / scale)
        self._began = now()
        self.conditions = {service.name: Condition(Mode.OK, self._began) for service in SERVICES}
        self._logs: dict[str, deque[str]] = {service.name: deque(maxlen=KEPT) for service in SERVICES}
        self._inbox: deque[str] = deque(maxlen=KEPT)

    def note(self, name: str, mode: Mode, why: str) -> None:
        """Keep what became of a service."""
        now = self._now()
        if name in self.conditions:
            self.conditions[name] = Condition(mode, now, why)
        for follower in SERVICES:
            if name == follower.name:
                self._log(name, now, "INFO" if mode is Mode.OK else "ERROR", why)
            elif name in follower.needs:
                healthy = not mode.breaks_followers
                word = "answers again" if healthy else "does not answer, giving up after 3 tries"
                self._log(follower.name, now, "INFO" if healthy else "ERROR", f"{name} {word}")

    def answer(self, request: Request) -> Answer | None:
        """Return the page for a request, or None where there is none."""
        first, _, rest = request.path.partition("?")[0].strip("/").partition("/")
        if first == "inbox":
            return self._post(rest, request) if request.method == "POST" else self._inbox_page()
        if (first, rest) == ("api", "v2/alerts"):
            return _json(self.alerts())
        if (first, rest) == ("api", "v2/status"):
            return _json(self._status())
        if rest not in self.conditions:
            return None
        if first == "dashboard":
            return page(f"{rest}: dashboard", self._dashboard(rest))
        if first == "logs":
            return page(f"{rest}: logs", "\n".join(self._logs[rest]) or "nothing logged yet")
        if first == "apm":
            return page(f"{rest}: traces", self._traces(rest))
        return None

    def alerts(self) -> list[dict[str, object]]:
        """Return what fires now: the heartbeat, the certificate, and every fault that lasts."""
        now = self._now()
        found = [
            self._alert("Watchdog", "none", "monitoring", "This alert always fires", "", self._began, now),
            self._alert(
                "CertificateExpiresSoon", "warning", GATEWAY, "Renew within a week", "", self._began, now
            ),
        ]
        for name, rule in RULES.items():
            since = self._broken_since(name)
            if since is not None and now - since >= self._pending:
                found.append(
                    self._alert(rule.alert, rule.severity, name, rule.summary, rule.runbook, since, now)
                )
        return found

    def _broken_since(self, name: str) -> datetime | None:
        condition = self.conditions[name]
        broken = (self.conditions[need] for need in NAMED[name].needs)
        causes = [need.since for need in broken if need.mode.breaks_followers]
        if condition.mode is not Mode.OK:
            causes.append(condition.since)
        return min(causes, default=None)

    @staticmethod
    def _alert(
        alert: str, severity: str, service: str, summary: str, runbook: str, since: datetime, now: datetime
    ) -> dict[str, object]:
        labels = {"alertname": alert, "service": service, "severity": severity}
        annotations = {"summary": summary}
        if runbook:
            annotations["runbook_url"] = f"https://runbooks.example/{runbook}"
        return {
            "annotations": annotations,
            "endsAt": stamp(now + timedelta(minutes=4)),
            "fingerprint": fingerprint(labels),
            "receivers": [{"name": "warroom"}],
            "startsAt": stamp(since),
            "status": {"inhibitedBy": [], "silencedBy": [], "mutedBy": [], "state": "active"},
            "updatedAt": stamp(now),
            "labels": labels,
        }

    def _status(self) -> dict[str, object]:
        # A source that came up just now would not be believed when an alert goes missing.
        up_since = self._began - timedelta(days=3)
        return {
            "cluster": {"peers": [], "status": "disabled"},
            "config": {"original": "route:\n  receiver: warroom\n"},
            "uptime": stamp(up_since),
            "versionInfo": {"version": "0.28.0"},
        }

    def _log(self, name: str, now: datetime, level: str, text: str) -> None:
        self._logs[name].append(f"{stamp(now)} {level:5} {name} {text}")

    def _dashboard(self, name: str) -> str:
        condition = self.conditions[name]
        lines = [NAMED[name].does, f"{condition.mode} since {stamp(condition.since)}"]
        lines += [f"needs {need}: {self.conditions[need].mode}" for need in NAMED[name].needs]
        return "\n".join(lines)

    def _traces(self, name: str) -> str:
        service, slow = NAMED[name], self.conditions[name].mode is Mode.SLOW
        took = service.slow_latency if slow else service.latency
        spans = [f"GET /{name}  {took * 1000:.0f} ms", f"  {service.part}  {took * 900:.0f} ms"]
        spans += [f"  {need}  {self.conditions[need].mode}" for need in service.needs]
        return "\n".join(spans)

    def _post(self, name: str, request: Request) -> Answer:
        text = request.body.decode("utf-8", errors="replace")
        self._inbox.append(f"{stamp(self._now())} to {name}\n{text}\n")
        return _json({"received": True})

    def _inbox_page(self) -> Answer:
        return page("Inbox", "\n".join(reversed(self._inbox)) or "no message yet")


def stamp(instant: datetime) -> str:
    """Write an instant as the alert feed and the shop's reports do: UTC, milliseconds, ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fingerprint(labels: dict[str, str]) -> str:
    """Return Alertmanager's identity of a label set: FNV-1a, 64 bits, over the sorted pairs."""
    value = 0xCBF29CE484222325
    for name in sorted(labels):
        for byte in f"{name}\xff{labels[name]}\xff".encode("latin-1"):
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def _json(body: object) -> Answer:
    return Answer(200, "application/json", json.dumps(body).encode())
