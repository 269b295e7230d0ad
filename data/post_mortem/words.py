"""Sentences and cells that all written forms share."""

from datetime import datetime, timedelta

from data.domain.durations import spoken
from data.domain.instants import format_instant
from data.domain.post_mortem import Section
from data.post_mortem.model import Attained, Document, Moment, Row, Span

NO_NAMES = "Blameless: people are called by their roles."
_SECOND = timedelta(seconds=1)


def moment(item: Moment) -> str:
    """Return an instant as the header writes it, ``~`` before one that nobody measured."""
    who = f" by {item.who}" if item.who else ""
    return f"{'~' if item.about else ''}{format_instant(item.at)}{who}"


def span(item: Span) -> str:
    """Return a duration without its parts of a second."""
    return whole(item.took)


def whole(took: timedelta) -> str:
    """Return a span in whole seconds."""
    return spoken(took // _SECOND * _SECOND)


def attained(item: Attained) -> str:
    """Return a share: ``3 of 4 (75 %)``."""
    return f"{item.met} of {item.of} ({item.met * 100 // item.of} %)"


def clock(row: Row, first: datetime, last: datetime) -> str:
    """Return a timeline's time in UTC, with the date once it spans several days; ``~`` where uncertain."""
    written = format_instant(row.at)
    day, time = written[:10], written[11:]
    dated = f"{day} {time}" if first.date() != last.date() else time
    return ("~" if row.about else "") + dated


def days(document: Document) -> tuple[datetime, datetime]:
    """Return the instants of the first and the last row of the timeline."""
    if not document.timeline:
        return document.written_at, document.written_at
    return document.timeline[0].at, document.timeline[-1].at


def over_days(document: Document) -> str:
    """Return the heading of the column of times: its date where one day holds everything."""
    first, last = days(document)
    return "Time (UTC)" if first.date() != last.date() else f"{first.date().isoformat()} (UTC)"


def standing(document: Document) -> str:
    """Say how far it has come: ``draft, 4 of 6 sections complete; to do: Root cause analysis``."""
    if document.state == "not needed":
        return "not needed"
    state = document.state or "not begun"
    if state == "final":
        return "final"
    left = ", ".join(section.heading for section in document.missing)
    todo = f"; to do: {left}" if left else ""
    return f"{state}, {document.done} of {len(Section)} sections complete{todo}"


def facts(document: Document) -> list[tuple[str, str]]:
    """Return the header, label and words."""
    how = f", {document.disposition.replace('-', ' ')}" if document.disposition else ""
    return [
        ("Severity", f"{document.severity} ({document.severity.word})"),
        ("Status", document.status + how),
        ("Services", ", ".join(document.services) or "none named"),
        *((item.label, moment(item)) for item in document.moments),
        *((item.label, span(item)) for item in document.spans),
        *((item.label, attained(item)) for item in document.attained),
        *((item.role, ", ".join(item.people)) for item in document.people),
    ]


LEVELS = ("Severity from (UTC)", "Severity", "By", "Why")
ITEMS = ("#", "What", "Type", "Owner", "Due", "State", "Ticket")


def levels(document: Document) -> list[tuple[str, ...]]:
    """Return the rows under ``LEVELS``; none where the severity never changed."""
    if len(document.levels) < 2:
        return []
    return [(format_instant(item.at), item.severity.value, item.by, item.why) for item in document.levels]


def timeline(document: Document) -> list[tuple[str, ...]]:
    """Return the rows of the timeline table: time, who, what."""
    first, last = days(document)
    return [(clock(row, first, last), row.who, row.text) for row in document.timeline]


def items(document: Document) -> list[tuple[str, ...]]:
    """Return the rows under ``ITEMS``."""
    return [
        (
            str(item.number),
            item.title + (f" (dropped: {item.why})" if item.why else ""),
            item.kind.value,
            item.owner or "nobody",
            item.due.isoformat() if item.due else "none",
            item.state.value,
            " ".join(filter(None, (item.ticket, item.runbook and f"runbook {item.runbook}"))),
        )
        for item in document.items
    ]
