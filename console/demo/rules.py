"""What the shop's monitoring alerts on, and what of it is muted, as Prometheus and Alertmanager have it."""

from dataclasses import dataclass

from console.demo.services import DATABASE, GATEWAY

PENDING = 30.0  # story seconds a fault lasts before its alert fires
WATCHDOG = "Watchdog"
CERTIFICATE = "CertificateExpiresSoon"


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
    "payments": Rule("PaymentFailures", "critical", "Card payments fail", "payments"),
    "exports": Rule(
        "ExportQueueGrowing", "warning", "Orders wait for the warehouse", "performance-degradation"
    ),
    "mail": Rule("MailQueueGrowing", "warning", "Order confirmations wait", "api-failures"),
    DATABASE: Rule("DatabaseDown", "critical", "checkout-db takes no connections", "database-issues"),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that somebody sets from ``begins`` to ``ends``, in story seconds of a round."""

    alert: str
    begins: float
    ends: float
    by: str
    comment: str


ORDERED = Silence(CERTIFICATE, 0, 86_400, "sam", "The new certificate is ordered")
"""Set once, before the first alert; who ends it sees the alert speak up."""

SILENCES: tuple[Silence, ...] = (
    Silence("SearchLatencyHigh", 300, 420, "lin", "Search rebuilds its index, we know"),
)
"""Those that come and go, round after round."""

CONFIG = """\
# The practice room's Alertmanager: nobody is notified from here, the room asks it for what fires.
route:
  receiver: nobody
  group_by: [alertname, service]
inhibit_rules:
  - source_matchers: ['alertname="EdgeNotAnswering"']
    target_matchers: ['severity=~"warning|info"']
  - source_matchers: ['alertname="DatabaseDown"']
    target_matchers: ['alertname=~"CheckoutErrors|PaymentFailures|ExportQueueGrowing"']
receivers:
  - name: nobody
"""
