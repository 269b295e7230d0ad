"""The shop's own tools: dashboards, logs and traces to open, what fires, and an inbox that receives."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from console.demo.inbox import Inbox
from console.demo.rules import CERTIFICATE, PENDING, RULES, WATCHDOG, Rule
from console.demo.services import GATEWAY, MONITORING, NAMED, SERVICES, Answer, Mode
from console.demo.wire import Request, page

KEPT = 200  # lines of log per service


@dataclass(slots=True)
class Condition:
    """How a service is, since when (UTC), and why."""

    mode: Mode
    since: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """What fires, as a rule of Prometheus would have it."""

    labels: dict[str, str]
    annotations: dict[str, str]
    url: str
    since: datetime


class Monitoring:
    """Answers for the monitoring service out of what the shop tells it; ``now`` is the wall clock."""

    def __init__(
        self,
        now: Callable[[], datetime],
        scale: float,
        inbox: Inbox,
        restart: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._now = now
        self._pending = timedelta(seconds=PENDING / scale)
        self._began = now()
        self.conditions = {service.name: Condition(Mode.OK, self._began) for service in SERVICES}
        self._logs: dict[str, deque[str]] = {service.name: deque(maxlen=KEPT) for service in SERVICES}
        self._inbox = inbox
        self._restart = restart
        self.url = ""  # where all of this is, once that is known

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
        if rest not in self.conditions:
            return None
        if first == "restart" and request.method == "POST":
            self._restart(rest)
            return Answer(200, "text/plain; charset=utf-8", f"{rest} is being restarted\n".encode())
        if first == "dashboard":
            return page(f"{rest}: dashboard", self._dashboard(rest))
        if first == "logs":
            return page(f"{rest}: logs", "\n".join(self._logs[rest]) or "nothing logged yet")
        if first == "apm":
            return page(f"{rest}: traces", self._traces(rest))
        return None

    def alerts(self) -> list[Alert]:
        """Return what fires now: the heartbeat, the certificate, and every fault that lasts."""
        now = self._now()
        found = [
            self._alert(Rule(WATCHDOG, "none", "This alert always fires", ""), MONITORING.name, self._began),
            self._alert(Rule(CERTIFICATE, "warning", "Renew within a week", ""), GATEWAY, self._began),
        ]
        for name, rule in RULES.items():
            since = self._broken_since(name)
            if since is not None and now - since >= self._pending:
                found.append(self._alert(rule, name, since))
        return found

    def _broken_since(self, name: str) -> datetime | None:
        condition = self.conditions[name]
        broken = (self.conditions[need] for need in NAMED[name].needs)
        causes = [need.since for need in broken if need.mode.breaks_followers]
        if condition.mode is not Mode.OK:
            causes.append(condition.since)
        return min(causes, default=None)

    def _alert(self, rule: Rule, service: str, since: datetime) -> Alert:
        labels = {"alertname": rule.alert, "service": service, "severity": rule.severity}
        annotations = {"summary": rule.summary}
        url = self.url
        if service in self.conditions:
            url = f"{url}/dashboard/{service}"
            annotations["dashboard_url"] = url
        if rule.runbook:
            annotations["runbook_url"] = f"https://runbooks.example/{rule.runbook}"
        return Alert(labels, annotations, url, since)

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
        self._inbox.hook(unquote(name), request.body)
        return Answer(200, "application/json", json.dumps({"received": True}).encode())

    def _inbox_page(self) -> Answer:
        shown = (
            f"{stamp(one.at)} {one.way} to {one.to}\n{one.subject}\n{one.body}\n"
            for one in reversed(self._inbox.messages)
        )
        return page("Inbox", "\n".join(shown) or "no message yet")


def stamp(instant: datetime) -> str:
    """Write an instant as Alertmanager and the shop's reports do: UTC, milliseconds, ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
