"""Tables for what is watched: services, checks, maintenance and alert sources (design 3.6, 3.7, 10)."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from data.configuration import addresses
from data.configuration.fields import (
    Conditions,
    Count,
    Every,
    Feed,
    Feeds,
    Headers,
    Id,
    Ids,
    Instant,
    Line,
    Method,
    Name,
    Names,
    Page,
    Place,
    Secret,
    Sev,
    SourceKind,
    Span,
    SpanOrOff,
    Statuses,
    Table,
    Timeout,
    Title,
)
from data.configuration.values import At
from data.domain import check, room
from data.domain.severity import Severity


class ServiceTable(Table):
    """``[[service]]``"""

    id: Id
    links: dict[Name, Page] = Field(default_factory=dict)
    runbooks: Ids = ()
    public: Title = ""

    def build(self, place: Place) -> room.Service:
        """Return the service."""
        return room.Service(self.id, tuple(self.links.items()), self.runbooks, self.public)


class ExpectTable(Table):
    """What an answer must be."""

    status: Statuses = ()
    json_: Conditions = Field(default=(), alias="json")
    text: Title | None = None


class WarnTable(Table):
    """Limits past which a passing answer is degraded."""

    latency: Span | None = None
    certificate: SpanOrOff = timedelta(days=14)


class CheckTable(Table):
    """``[[check]]``"""

    id: Id
    service: Id
    url: Annotated[str, AfterValidator(addresses.target)]
    every: Every = timedelta(seconds=30)
    timeout: Timeout = timedelta(seconds=5)
    fail_after: Count = 3
    ok_after: Count = 2
    expect: ExpectTable = ExpectTable()
    warn: WarnTable = WarnTable()
    depends_on: Ids = ()
    severity: Sev = Severity.P2
    opens: bool = False
    follow_redirects: bool = False
    verify: bool = True
    method: Method = "GET"
    headers: Headers = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        reads = "json" if self.expect.json_ else "text" if self.expect.text else ""
        if self.method == "HEAD" and reads:
            raise At("an answer to HEAD has no body to look at", "expect", reads)
        if self.url.startswith("tcp:"):
            for key in ("expect", "method", "headers", "follow_redirects", "verify"):
                if key in self.model_fields_set:
                    raise At("a tcp check only connects: nothing is asked or answered", key)
        return self

    def build(self, place: Place) -> check.Check:
        """Return the check."""
        return check.Check(
            self.id,
            self.service,
            self.url,
            self.every,
            self.timeout,
            self.fail_after,
            self.ok_after,
            check.Expect(self.expect.status, self.expect.json_, self.expect.text),
            check.Warn(self.warn.latency, self.warn.certificate),
            self.depends_on,
            self.severity,
            self.opens,
            self.follow_redirects,
            self.verify,
            self.method,
            tuple(self.headers.items()),
        )


class MaintenanceTable(Table):
    """``[[maintenance]]``; without an id it is known by its service and start."""

    id: Id | None = None
    service: Id
    starts: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")
    why: Line = ""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.ends <= self.starts:
            raise At('must be later than "from"', "until")
        return self

    def build(self, place: Place) -> room.MaintenanceWindow:
        """Return the window."""
        key = self.id or window_id(self.service, self.starts)
        return room.MaintenanceWindow(key, self.service, self.starts, self.ends, self.why)


def window_id(service: str, starts: datetime) -> str:
    """Return the id of a window that was given none."""
    return f"{service}-{starts:%Y%m%dt%H%M%S}z"


class SourceTable(Table):
    """``[[source]]``: one ``url``, or the ``urls`` of a cluster."""

    id: Id
    kind: SourceKind = "alertmanager"
    url: Feed | None = None
    urls: Feeds = ()
    every: Every = timedelta(seconds=15)
    headers: Headers = Field(default_factory=dict)
    group_by: Names = ("alertname", "service")
    bearer: Secret | None = None
    basic: Secret | None = None
    verify: bool = True
    severity_labels: Names = ("severity", "priority", "urgency", "level")
    severity_table: dict[Name, Sev] = Field(default_factory=dict)
    priority_base: Annotated[int, Field(ge=0, le=1)] = 0
    heartbeats: Names = ("Watchdog", "DeadMansSwitch")
    resolve_timeout: Span = timedelta(minutes=5)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.url is not None and self.urls:
            raise At('give "url" or "urls", not both', "urls")
        if self.url is None and not self.urls:
            raise ValueError('"url" is missing')
        if self.bearer is not None and self.basic is not None:
            raise At('give "bearer" or "basic", not both', "basic")
        return self

    def build(self, place: Place) -> room.Source:
        """Return the source."""
        return room.Source(
            id=self.id,
            kind=self.kind,
            urls=(self.url,) if self.url is not None else self.urls,
            every=self.every,
            headers=tuple(self.headers.items()),
            group_by=self.group_by,
            bearer=self.bearer or "",
            basic=self.basic or "",
            verify=self.verify,
            severity_labels=self.severity_labels,
            severity_table=tuple(self.severity_table.items()),
            priority_base=self.priority_base,
            heartbeats=self.heartbeats,
            resolve_timeout=self.resolve_timeout,
        )
