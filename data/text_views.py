"""What people read in a shell: the list and one incident as calm, aligned plain text (design 9)."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from data import alert_views, delivery_views
from data.domain import clocks
from data.domain.alert import Alert
from data.domain.cause_names import cause_name
from data.domain.clocks import Reading, ResponseState, UpdateState
from data.domain.delivery import Delivery
from data.domain.durations import age, brief
from data.domain.incident import Incident, LadderState, Role, Step, StepState
from data.domain.instants import format_instant, t_plus
from data.domain.ladder import reachable
from data.domain.policy import Policy
from data.domain.proposal import Proposal
from data.domain.severity import Severity
from data.text_table import Column, Line, Part, cells, line, table
from data.views import TimelineLine

if TYPE_CHECKING:
    from data.domain.explain import Line as Because

DASH = "—"
_MARKS = {Severity.P0: "!!", Severity.P1: "!", Severity.P2: "-", Severity.P3: "."}
_BOXES = {StepState.TODO: "[ ]", StepState.DOING: "[>]", StepState.DONE: "[x]", StepState.SKIPPED: "[-]"}
_COLUMNS = (
    Column("SEV"),
    Column("INCIDENT"),
    Column("TITLE", flexible=True),
    Column("STATUS", rank=1),
    Column("IC", rank=2),
    Column("RESPOND"),
    Column("NEXT UPDATE"),
    Column("STEPS", rank=3, right=True),
    Column("AGE", rank=4, right=True),
)
_ALERTS = 10  # that an incident is shown with
_LABEL = 11  # cells before a fact's value


def severity(level: Severity) -> Part:
    """Return a severity as text and glyph: ``P0 !!``."""
    return Part(f"{level.value} {_MARKS[level]}", level.value.lower())


def clock_time(at: datetime, now: datetime) -> str:
    """Return ``13:46:11Z``, with its date where that is not the present one."""
    written = format_instant(at)
    return written[11:] if at.date() == now.date() else written.replace("T", " ")


def response(reading: Reading | None, now: datetime) -> Part:
    """Say how the response clock stands: "in 03:12", "soon …", "LATE 01:22", "met 02:10", "breached …"."""
    if reading is None or reading.due is None:
        return Part(DASH)
    if reading.took is not None:
        word = "breached" if reading.state == ResponseState.BREACHED else "met"
        return Part(f"{word} {brief(reading.took)}", "late" if word == "breached" else "good")
    if reading.state == ResponseState.LATE:
        return Part(f"LATE {brief(now - reading.due)}", "late")
    soon = reading.state == ResponseState.WARNING
    return Part(f"{'soon' if soon else 'in'} {brief(reading.due - now)}", "soon" if soon else "")


def update(reading: Reading, now: datetime) -> Part:
    """Say when stakeholders hear next: "in 12:44", "LATE 03:10", "snoozed 05:00", or "stopped"."""
    if reading.due is None:
        return Part("stopped")
    if reading.state == UpdateState.OVERDUE:
        return Part(f"LATE {brief(now - reading.due)}", "late")
    return Part(f"{'snoozed' if reading.snoozed else 'in'} {brief(reading.due - now)}")


def opens(item: Proposal, now: datetime) -> Part:
    """Say when an unanswered proposal opens by itself: "opens in 01:40", "opens now", or "waits"."""
    if item.opens_at is None:
        return Part("waits")
    return Part(f"opens in {brief(item.opens_at - now)}" if item.opens_at > now else "opens now", "soon")


def order(item: Incident | Proposal, now: datetime) -> tuple[object, ...]:
    """Sort as the board does: severity, proposals first, then the soonest running clock."""
    if isinstance(item, Proposal):
        return (False, item.severity, 0, item.opens_at or datetime.max.replace(tzinfo=now.tzinfo), item.id)
    readings = (clocks.read_response(item, now), clocks.read_update(item, now))
    soonest = clocks.soonest(readings) or datetime.max.replace(tzinfo=now.tzinfo)
    return (item.status.over, item.severity, 1, soonest, item.id)


def listing(items: Iterable[Incident | Proposal], now: datetime, width: int | None) -> list[Line]:
    """Return incidents and proposals as a table with both clocks."""
    rows = [
        _proposed(item, now) if isinstance(item, Proposal) else _incident(item, now)
        for item in sorted(items, key=lambda item: order(item, now))
    ]
    return table(_COLUMNS, rows, width)


def _incident(item: Incident, now: datetime) -> tuple[Part, ...]:
    status = item.status.value if item.confirmed else f"{item.status.value}, unconfirmed"
    return (
        severity(item.severity),
        Part(item.key, "strong"),
        Part(item.title),
        Part(f"{status}, lapsed" if item.lapsed_at and item.live else status),
        Part(item.role(Role.IC) or DASH),
        response(clocks.read_response(item, now), now),
        update(clocks.read_update(item, now), now),
        Part(f"{item.steps_done}/{len(item.steps)}"),
        Part(age(now - item.detected_at)),
    )


def _proposed(item: Proposal, now: datetime) -> tuple[Part, ...]:
    level = Part(f"{item.severity.value} ?", item.severity.value.lower())
    because = f"{item.title} ({item.why})" if item.why else item.title
    rest = (Part("proposed"), Part(DASH), opens(item, now), Part(DASH), Part(DASH))
    return (level, Part(item.key, "strong"), Part(because), *rest, Part(age(now - item.proposed_at)))


def proposal(item: Proposal, now: datetime, width: int | None) -> list[Line]:
    """Return one proposal."""
    lines = [line(severity(item.severity), "  ", Part(item.key, "strong"), f"  {item.title}")]
    became = f" as INC-{item.incident}" if item.incident else ""
    by = f" by {item.answered_by}" if item.answered_by else ""
    lines += _fact("status", f"{item.state}{became}{by}", width)
    if item.state == "proposed":
        told = opens(item, now)
        text = "never by itself: it waits for an answer" if item.opens_at is None else told.text
        lines += _fact("opens", Part(text.removeprefix("opens "), told.tone), width)
    lines += _fact(
        "proposed", f"{clock_time(item.proposed_at, now)}, {age(now - item.proposed_at)} ago", width
    )
    for label, words in (("why", item.why), ("services", ", ".join(item.services))):
        lines += _fact(label, words, width) if words else []
    return lines


def show(
    item: Incident,
    policy: Policy,
    timeline: Sequence[TimelineLine],
    now: datetime,
    width: int | None,
    deliveries: Sequence[Delivery] = (),
    alerts: Sequence[Alert] = (),
) -> list[Line]:
    """Return one incident: head, both clocks, who is on it, alerts, checklist, who was told, timeline."""
    title = Part(item.title, "strong")
    lines = [line(severity(item.severity), "  ", Part(item.key, "strong"), "  ", title)]
    for label, words in facts(item, policy, now):
        lines += _fact(label, words, width)
    if alerts:
        counts = alert_views.summary(alert_views.tally_of(alerts))
        lines += [line(), line(Part(f"Alerts {counts}", "head"))]
        lines += alert_views.lines(alerts[:_ALERTS], now, width)
        if len(alerts) > _ALERTS:
            lines.append(line(f"and {len(alerts) - _ALERTS} more: warroom alerts {item.key}"))
    if item.steps:
        lines += [line(), line(Part(f"Checklist {item.steps_done}/{len(item.steps)}", "head"))]
        lines += _checklist(item.steps, now)
    if deliveries:
        lines += [line(), line(Part("Told", "head")), *delivery_views.lines(deliveries, policy, now, width)]
    lines += [line(), line(Part("Timeline", "head"))]
    return lines + list(_timeline(timeline, item.detected_at, now, width))


def facts(item: Incident, policy: Policy, now: datetime) -> Iterator[tuple[str, str | Part]]:
    """Yield what stands in an incident's head: a label and what it says."""
    status = item.status.value if item.confirmed else f"{item.status.value}, unconfirmed"
    yield "status", f"{status} ({item.status.phase})"
    why = f": {item.severity_why}" if item.severity_why else ""
    yield "severity", f"{item.severity} {item.severity.word}, by {item.severity_by or DASH}{why}"
    since = t_plus(now - item.detected_at)
    yield "detected", f"{clock_time(item.detected_at, now)}, {since}, opened by {item.opened_by}"
    if item.began_at:
        yield "began", clock_time(item.began_at, now)
    reading = clocks.read_response(item, now)
    words = response(reading, now)
    due = f", due {clock_time(reading.due, now)}" if reading and reading.due else ""
    by = f", by {item.acknowledged_by}" if item.acknowledged_by else ""
    yield (
        "respond",
        Part("no clock: recorded afterwards" if reading is None else words.text + due + by, words.tone),
    )
    told = clocks.read_update(item, now)
    words = update(told, now)
    due = f", due {clock_time(told.due, now)}, {told.audience}" if told.due else ""
    yield "update", Part(words.text + due, words.tone)
    if item.roles:
        yield "roles", ", ".join(f"{role} {person}" for role, person in item.roles)
    if item.services:
        yield "services", ", ".join(item.services)
    if item.live and not item.backfilled:
        yield "escalation", _ladder(item, policy, now)
    for cause in item.causes:
        state = f"clear since {clock_time(cause.cleared_at, now)}" if cause.cleared_at else "failing"
        yield "cause", f"{cause_name(cause.key)}, {state}"
    for link in item.links:
        yield "link", f"{link.kind} {link.target}"
    if item.resolved_at:
        of = f" of INC-{item.duplicate_of}" if item.duplicate_of else ""
        yield "resolved", f"{clock_time(item.resolved_at, now)}: {item.disposition or ''}{of}"
    if item.closed_at:
        yield "closed", clock_time(item.closed_at, now)


def _ladder(item: Incident, policy: Policy, now: datetime) -> str | Part:
    ladder = item.ladder
    if ladder is None:  # looked at as it stood before it was declared here
        return "not begun"
    if ladder.state is LadderState.NOBODY:
        return Part("no one can be paged: no level has a contact", "late")
    level = policy.level(ladder.level) if ladder.level else None
    told = (
        f"turn of {level.name} since {clock_time(ladder.told_at, now)}"
        if level and ladder.told_at
        else "nobody"
    )
    people = ", ".join(contact.name for contact in reachable(policy, level)) if level else ""
    told += f" ({people})" if people else ""
    coming = policy.level(ladder.next_level) if ladder.next_level else None
    if coming and ladder.next_at:
        left = ladder.next_at - now
        when = f"in {brief(left)}" if left > timedelta() else f"due {brief(left)} ago"
        return f"{told}; next {coming.name} {when}, at {clock_time(ladder.next_at, now)}"
    return f"{told}; {ladder.state.value}"


def _fact(label: str, words: str | Part, width: int | None) -> list[Line]:
    part = words if isinstance(words, Part) else Part(words)
    first, *rest = _wrapped(part.text, width, _LABEL)
    head = line(Part(f"{label:<{_LABEL}}", "head"), Part(first, part.tone))
    return [head, *(line(" " * _LABEL, Part(more, part.tone)) for more in rest)]


def _wrapped(text: str, width: int | None, indent: int) -> list[str]:
    if width is None or cells(text) <= width - indent:
        return [text]
    # a line of wide characters takes two cells each
    room = max(20, width - indent) * len(text) // max(1, cells(text))
    return textwrap.wrap(text, max(10, room)) or [""]


def _checklist(steps: Sequence[Step], now: datetime) -> Iterator[Line]:
    longest = max(len(step.id) for step in steps)
    for phase, group in groupby(steps, key=lambda step: step.phase):
        yield line(f"  {phase}")
        for step in group:
            who = f"  {step.by}" if step.by else ""
            when = f" {clock_time(step.at, now)}" if step.at else ""
            why = f": {step.why}" if step.why else ""
            text = f"    {_BOXES[step.state]} {step.id:<{longest}}  {step.title}"
            yield line(text, Part(who + when + why, "head"))


def _timeline(
    lines: Sequence[TimelineLine], since: datetime, now: datetime, width: int | None
) -> Iterator[Line]:
    days = {entry.at.date() for entry in lines} | {now.date()}
    people = min(20, max((cells(entry.by) for entry in lines), default=0))
    for entry in lines:
        written = format_instant(entry.at)
        at = written[11:] if len(days) == 1 else written.replace("T", " ")
        head = f"  {at}  {t_plus(entry.at - since):<9}  "
        by = entry.by + " " * (people - cells(entry.by)) + "  "
        indent = cells(head + by)
        first, *rest = _wrapped(entry.text, width, indent)
        yield line(Part(head, "head"), by, first)
        yield from (line(" " * indent, more) for more in rest)


def explanation(item: Incident, lines: "Sequence[Because]", now: datetime, width: int | None) -> list[Line]:
    """Return how an incident's deadlines came about, in order of time."""
    days = {entry.at.date() for entry in lines}
    told = [line(severity(item.severity), "  ", Part(item.key, "strong"), f"  {item.title}")]
    for entry in lines:
        written = format_instant(entry.at)
        head = f"  {written[11:] if len(days) == 1 else written.replace('T', ' ')}  "
        first, *rest = _wrapped(entry.text, width, len(head))
        told.append(line(Part(head, "head"), first))
        told += [line(" " * len(head), more) for more in rest]
    return told
