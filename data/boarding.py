"""From stored values to the board's lines: pure, so that any reader of the store shows the same board."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from data.domain.change import Event
from data.domain.clocks import WARN_SHARE
from data.domain.describe import describe
from data.domain.incident import Status
from data.domain.ladder import reachable
from data.domain.policy import GUIDE_TIMES, Policy, Times
from data.domain.proposal import Proposal
from data.domain.room import Kind, RoomSettings, SeverityTimes
from data.domain.severity import Severity
from data.views import BoardRow, OnCallPerson, TimelineLine

COLUMNS = (
    "id",
    "severity",
    "title",
    "status",
    "detected_at",
    "ic",
    "confirmed",
    "response_due",
    "response_from",
    "response_started",
    "response_strict",
    "acknowledged_at",
    "update_due",
    "update_snoozed",
    "steps_done",
    "steps_total",
    "services",
    "lapsed_at",
    "nobody",
    "causes_clear",
)
LATEST = 12  # lines of the record beside the board
Columns = Any  # a mapping by column name; drivers' own row mappings are no typing.Mapping
_SEVERITIES = {severity.value: severity for severity in Severity}
_FAR = datetime.max.replace(tzinfo=UTC)


def incident_row(row: Columns) -> BoardRow:
    """Return a board line from an incident's columns, instants as aware datetimes."""
    due, acknowledged = row["response_due"], row["acknowledged_at"]
    started = row["response_from"]
    took = acknowledged - row["response_started"] if acknowledged is not None and due is not None else None
    over = row["status"] in (Status.RESOLVED.value, Status.CLOSED.value)
    return BoardRow(
        key=f"INC-{row['id']}",
        severity=_SEVERITIES[row["severity"]],
        title=row["title"],
        status=row["status"],
        detected_at=row["detected_at"],
        ic=row["ic"],
        unconfirmed=not row["confirmed"],
        response_due=due,
        response_warn_at=started + WARN_SHARE * (due - started) if due is not None else None,
        response_strict=row["response_strict"],
        response_took=took,
        response_breached=took is not None
        and (acknowledged >= due if row["response_strict"] else acknowledged > due),
        update_due=row["update_due"],
        update_snoozed=row["update_snoozed"],
        steps_done=row["steps_done"],
        steps_total=row["steps_total"],
        services=tuple(row["services"] or ()),
        lapsed=row["lapsed_at"] is not None,
        nobody=row["nobody"],
        proposes_resolve=row["causes_clear"] and not over,
    )


def proposal_row(proposal: Proposal) -> BoardRow:
    """Return a board line for a proposal."""
    return BoardRow(
        key=proposal.key,
        severity=proposal.severity,
        title=proposal.title,
        status="proposed",
        detected_at=proposal.proposed_at,
        services=proposal.services,
        opens_at=proposal.opens_at,
        why=proposal.why,
    )


def order(row: BoardRow) -> tuple[object, ...]:
    """Sort as the board does: severity, proposals first, then the soonest running clock."""
    dues = [row.update_due, row.opens_at]
    if row.response_took is None or row.lapsed:
        dues.append(row.response_due)
    soonest = min((due for due in dues if due is not None), default=_FAR)
    kind, number = row.key.split("-")
    return (row.severity, not row.proposed, soonest, kind, int(number))


def on_call(policy: Policy) -> tuple[OnCallPerson, ...]:
    """Return who answers for each level now."""
    levels = sorted(policy.levels, key=lambda level: level.rank)
    return tuple(OnCallPerson(level.rank, level.name, reachable(policy, level)) for level in levels)


def lines(events: Iterable[Event]) -> tuple[TimelineLine, ...]:
    """Return the events worth telling, in their order."""
    told = ((event, describe(event)) for event in events)
    return tuple(
        TimelineLine(
            event.seq,
            event.at,
            event.by,
            event.kind,
            text,
            f"INC-{event.incident}" if event.incident is not None else "",
        )
        for event, text in told
        if text
    )


def policy_of(specs: Mapping[Kind, tuple[Any, ...]]) -> Policy:
    """Return what the rules need to know about a room, from its decoded definitions."""
    settings: RoomSettings = (specs.get(Kind.ROOM) or (RoomSettings(),))[0]
    severities: tuple[SeverityTimes, ...] = specs.get(Kind.SEVERITY, ())
    return Policy(
        times=dict(GUIDE_TIMES) | {item.severity: Times(item.response, item.update) for item in severities},
        audiences=specs.get(Kind.AUDIENCE, ()),
        levels=specs.get(Kind.LEVEL, ()),
        contacts=specs.get(Kind.CONTACT, ()),
        zone=settings.timezone,
        ladder_repeats=settings.ladder_repeats,
        reopen_within=settings.reopen_within,
        confirm_within=settings.confirm_within,
    )
