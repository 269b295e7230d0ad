"""What the practice shop consists of: eight HTTP services, their database, and what each says of itself."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How a service behaves towards everybody who asks it."""

    OK = "ok"
    SLOW = "slow"  # right, but late
    FLAPPING = "flapping"  # now 200, now 503
    DOWN_BODY = "down-body"  # status 200, and a body that says down
    DRIPPING = "dripping"  # a byte now and then
    REFUSING = "refusing"  # nobody listens on its port
    ERROR_503 = "error-503"
    HANG = "hang"  # accepts, reads, never answers

    @property
    def breaks_followers(self) -> bool:
        """True when a service that needs this one cannot work either."""
        return self not in (Mode.OK, Mode.SLOW, Mode.FLAPPING)


class Speaks(StrEnum):
    """The shape of a health answer."""

    PLAIN = "plain"  # a flat JSON object
    HEALTH_JSON = "health+json"  # application/health+json
    SPRING = "spring"  # Spring Boot's actuator
    KUBERNETES = "kubernetes"  # lines of [+] and [-], as with ?verbose


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the shop; ``latency`` is its usual answer time in seconds."""

    name: str
    does: str
    part: str  # what inside it fails when it is broken
    breaks_as: Mode
    speaks: Speaks = Speaks.PLAIN
    needs: tuple[str, ...] = ()
    latency: float = 0.01
    slow_latency: float = 2.4
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to a client."""

    status: int
    content_type: str
    body: bytes


DATABASE = "checkout-db"
GATEWAY = "gateway"

SERVICES: tuple[Service, ...] = (
    Service(
        GATEWAY, "TLS edge in front of the shop", "routes", Mode.HANG, Speaks.KUBERNETES, (), 0.002, tls=True
    ),
    Service("catalog", "products and prices", "price-cache", Mode.ERROR_503, Speaks.HEALTH_JSON, (), 0.006),
    Service("search", "finds products", "index", Mode.SLOW, Speaks.PLAIN, (), 0.045),
    Service("recommendations", "what others bought", "model", Mode.FLAPPING, Speaks.PLAIN, (), 0.03),
    Service("checkout", "cart and orders", "cart", Mode.ERROR_503, Speaks.PLAIN, (DATABASE,), 0.02),
    Service("payments", "cards", "card-processor", Mode.DOWN_BODY, Speaks.SPRING, (DATABASE,), 0.035),
    Service("exports", "orders to the warehouse", "queue", Mode.DRIPPING, Speaks.PLAIN, (DATABASE,), 0.015),
    Service("mail", "order confirmations", "smtp", Mode.REFUSING, Speaks.HEALTH_JSON, (), 0.008),
    Service(DATABASE, "orders, carts and payments on disk", "storage", Mode.REFUSING, latency=0.003),
)
"""The eight HTTP services and ``checkout-db``, which answers TCP and HTTP on its one port."""

MONITORING = Service("monitoring", "dashboards, logs, traces and the inbox", "disk", Mode.HANG)
"""Where the links, the canary and the messages of the practice room end."""

NAMED: dict[str, Service] = {service.name: service for service in (*SERVICES, MONITORING)}


def named(name: str) -> Service:
    """Return a service by name; ValueError names the known ones."""
    if name not in NAMED:
        raise ValueError(f"no such service: {name!r} (there are {', '.join(NAMED)})")
    return NAMED[name]


def mode_of(word: str) -> Mode:
    """Return a mode by its word; ValueError names the known ones."""
    try:
        return Mode(word)
    except ValueError:
        raise ValueError(f"no such mode: {word!r} (there are {', '.join(Mode)})") from None


def health(service: Service, status: int, down: Iterable[str] = ()) -> Answer:
    """Write a service's health answer in its own shape, naming the parts that are ``down``."""
    failed = frozenset(down)
    parts = (service.part, *service.needs)
    if service.speaks is Speaks.KUBERNETES:
        lines = [
            f"[-]{part} failed: reason withheld" if part in failed else f"[+]{part} ok" for part in parts
        ]
        lines.append(f"healthz check {'failed' if failed else 'passed'}")
        return Answer(status, "text/plain; charset=utf-8", ("\n".join(lines) + "\n").encode())
    body: dict[str, object]
    if service.speaks is Speaks.SPRING:
        kind = "application/vnd.spring-boot.actuator.v3+json"
        components = {part: {"status": "DOWN" if part in failed else "UP"} for part in parts}
        body = {"status": "DOWN" if failed else "UP", "components": components}
    elif service.speaks is Speaks.HEALTH_JSON:
        kind = "application/health+json"
        checks = {part: [{"status": "fail" if part in failed else "pass"}] for part in parts}
        body = {"status": "fail" if failed else "pass", "serviceId": service.name, "checks": checks}
        if failed:
            body["output"] = f"{', '.join(sorted(failed))} does not answer"
    else:
        kind = "application/json"
        body = {"status": "down" if failed else "up", "service": service.name}
        body |= {part: "down" if part in failed else "up" for part in parts}
    return Answer(status, kind, json.dumps(body).encode())
