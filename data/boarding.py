"""From stored values to the board's lines: pure, so that any reader of the store shows the same board."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from data.domain.change import Event
from data.domain.clocks import warning_at
from data.domain.describe import describe
from data.domain.handover import Handover
from data.domain.incident import Status
from data.domain.policy import GUIDE_TIMES, Policy, Times
from data.domain.proposal import Proposal
from data.domain.room import Kind, RoomSettings, SeverityTimes
from data.domain.running import open_ends, standing
from data.domain.severity import Severity
from data.views import BoardRow, TimelineLine

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
    "call_now",
)
_SERVICES = COLUMNS.index("services")
LATEST = 12  # lines of the record beside the board
_SEVERITIES = {severity.value: severity for severity in Severity}
_OVER = frozenset(status.value for status in Status if status.over)
_FAR = datetime.max.replace(tzinfo=UTC)


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


@lru_cache(maxsize=1024)
def _names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def incident_row(values: Sequence[Any]) -> BoardRow:
    """Return a board line from ``COLUMNS`` as the driver gives them.

    Most lines were read a moment ago, and are known again by what the driver gives.
    """
    given = tuple(values)
    return _known_row(given) if isinstance(given[_SERVICES], str) else _incident_row(given)


def _incident_row(values: tuple[Any, ...]) -> BoardRow:
    (
        number,
        severity,
        title,
        status,
        detected_at,
        ic,
        confirmed,
        response_due,
        response_from,
        response_started,
        strict,
        acknowledged_at,
        update_due,
        update_snoozed,
        steps_done,
        steps_total,
        services,
        lapsed_at,
        nobody,
        causes_clear,
        call_now,
    ) = values
    parse = datetime.fromisoformat if isinstance(detected_at, str) else _to_utc
    due = took = warn_at = None
    breached = False
    if response_due is not None:
        due = parse(response_due)
        warn_at = warning_at(parse(response_from), due)
        if acknowledged_at is not None:
            acknowledged = parse(acknowledged_at)
            took = acknowledged - parse(response_started)
            breached = acknowledged >= due if strict else acknowledged > due
    # positional, and in the order of BoardRow's fields: naming them costs as much as all the rest
    return BoardRow(
        f"INC-{number}",
        _SEVERITIES[severity],
        title,
        status,
        parse(detected_at),
        ic,
        not confirmed,
        due,
        warn_at,
        bool(strict),
        took,
        breached,
        None if update_due is None else parse(update_due),
        bool(update_snoozed),
        steps_done,
        steps_total,
        _names(services) if isinstance(services, str) else tuple(services or ()),
        lapsed_at is not None,
        bool(nobody),
        bool(causes_clear) and status not in _OVER,
        bool(call_now),
    )


_known_row = lru_cache(maxsize=4096)(_incident_row)  # PostgreSQL's lists are no keys


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


def handing_over(rows: Iterable[BoardRow], due: Iterable[Handover]) -> tuple[BoardRow, ...]:
    """Return lines of the board, those marked whose incident has to be handed over."""
    outgoing = {item.key: item.outgoing for item in due}
    return tuple(row._replace(outgoing=outgoing[row.key]) if row.key in outgoing else row for row in rows)


def order(row: BoardRow) -> tuple[object, ...]:
    """Sort as the board does: severity, proposals first, then the soonest running clock."""
    soonest = row.update_due or _FAR
    if row.opens_at is not None and row.opens_at < soonest:
        soonest = row.opens_at
    if (
        row.response_due is not None
        and row.response_due < soonest
        and (row.response_took is None or row.lapsed)
    ):
        soonest = row.response_due
    return (row.severity, row.status != "proposed", soonest, len(row.key), row.key)


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


def record(events: Sequence[Event], here: Collection[str] = ()) -> tuple[TimelineLine, ...]:
    """Return the whole record of an incident; a command whose end nobody wrote down says so.

    ``here`` are the consoles that are there: what one of them started and has not ended runs.
    """
    unended = open_ends(events)
    told = lines(events)
    if not unended:
        return told
    stands = {
        event.seq: standing(str(event.data.get("console", "")), event.host, event.at, here)
        for event in events
        if event.seq in unended
    }
    return tuple(
        replace(line, text=f"{line.text} ({stands[line.seq]})") if line.seq in stands else line
        for line in told
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
