"""Health checks and what one probe of them found."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from data.domain.severity import Severity


class Outcome(StrEnum):
    """What one probe means for the service."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Reason(StrEnum):
    """Why a probe came out as it did; one word a responder can read aloud."""

    OK = "ok"
    SLOW = "slow"
    CERTIFICATE = "certificate"  # near expiry or expired
    STATUS = "status"  # unexpected HTTP status
    BODY = "body"  # the body says so, or a condition on it does not hold
    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    OFFLINE = "offline"  # our own network, by the canaries
    CANCELLED = "cancelled"
    SECRET = "secret"  # noqa: S105 - a secret this host cannot resolve

    @property
    def no_connection(self) -> bool:
        """True for what mass failure counts: the target could not be reached at all."""
        return self in _NO_CONNECTION


_NO_CONNECTION = frozenset({Reason.DNS, Reason.REFUSED, Reason.UNREACHABLE, Reason.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Timings:
    """Where a probe's time went, in seconds; None where it did not get that far."""

    connect: float | None = None  # dns + connect
    tls: float | None = None
    first_byte: float | None = None  # from request sent to first byte
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One probe: when it began (UTC), what it means, and why in one clean line."""

    at: datetime
    outcome: Outcome
    reason: Reason
    detail: str = ""  # at most 200 characters, cleaned
    status: int | None = None  # HTTP status
    timings: Timings = Timings()
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What an answer must be to pass: any of these statuses; every JSON condition by dotted path."""

    status: tuple[int, ...] = ()  # empty: any 2xx (and 3xx when redirects are off is a failure)
    json: tuple[tuple[str, str | int | float | bool | None], ...] = ()
    text: str | None = None  # the body contains


@dataclass(frozen=True, slots=True)
class Warn:
    """Limits past which a passing answer is degraded."""

    latency: timedelta | None = None
    certificate: timedelta | None = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Check:
    """A health check of a service (design 3.6). ``url`` may be a secret reference."""

    id: str
    service: str
    url: str  # https://, http:// or tcp://host:port
    every: timedelta = timedelta(seconds=30)
    timeout: timedelta = timedelta(seconds=5)
    fail_after: int = 3
    ok_after: int = 2
    expect: Expect = Expect()
    warn: Warn = Warn()
    depends_on: tuple[str, ...] = ()
    severity: Severity = Severity.P2
    opens: bool = False
    follow_redirects: bool = False
    verify: bool = True
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = field(default=())  # values may be secret references
