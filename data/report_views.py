"""A report as lines for a terminal, as CSV, and as JSON."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from data import uptime_views
from data.domain.cause_names import cause_name
from data.domain.durations import spoken
from data.domain.instants import format_instant
from data.domain.kept import Attainment
from data.domain.report import By, Group, Report, Spread
from data.domain.severity import Severity
from data.domain.words import count
from data.text_table import Column, Line, Part, line, table

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHADES = " ▁▂▃▄▅▆▇█"
EIGHTHS = " ▏▎▍▌▋▊▉█"
_COLUMNS = (
    Column("INCIDENTS", right=True),
    Column("", rank=3),
    Column("LIVE", rank=7, right=True),
    Column("MTTD", rank=4, right=True),
    Column("MTTA", right=True),
    Column("MTTR", right=True),
    Column("MEDIAN", rank=5, right=True),
    Column("LONGEST", rank=6, right=True),
    Column("RESPONSE", rank=1, right=True),
    Column("UPDATES", rank=2, right=True),
)
_BAR = 10  # cells of the longest bar


def lines(found: Report, width: int | None = None) -> list[Line]:
    """Return a report as it is read in a terminal; MTTA and MTTR are means, MEDIAN is that of MTTR."""
    uptimes = [line(), *uptime_views.lines(found.uptimes, width)] if found.uptimes else []
    if not found.all.incidents and not found.noisiest:
        return [line(_window(found)), line("no incident in this time"), *uptimes]
    shown = [group for group in found.groups if group.incidents or found.by is By.MONTH]
    most = max((group.incidents for group in shown), default=0)
    figures = [*(_row(group, most) for group in shown), _row(found.all, 0)]
    told = [
        line(_window(found)),
        line(),
        *table((Column(found.by.upper(), flexible=True), *_COLUMNS), figures, width),
        line(),
    ]
    told += [line(Part("Detected by hour", "head")), *_heat(found.hours)]
    if found.noisiest:
        told += [line(), *_noise(found, width)]
    told += uptimes
    notes = [line(words) for words in _notes(found)]
    return [*told, line(), *notes] if notes else told


def to_csv(found: Report) -> str:
    """Return the groups as CSV with a head; durations in whole seconds, shares from 0 to 1."""
    written = io.StringIO()
    records = [_figures(group) for group in (*found.groups, found.all)]
    writer = csv.DictWriter(written, list(records[0]), lineterminator="\n")
    writer.writeheader()
    # what a spreadsheet would take for a formula is told to be text
    writer.writerows(record | {"group": _text(record["group"])} for record in records)
    return written.getvalue()


def to_json(found: Report) -> dict[str, Any]:
    """Return a report for scripts; durations in seconds, instants in UTC, shares from 0 to 1."""
    return {
        "since": format_instant(found.since) if found.since else None,
        "until": format_instant(found.until),
        "by": found.by.value,
        "groups": [_figures(group) for group in found.groups],
        "all": _figures(found.all),
        "hours": dict(zip(WEEKDAYS, map(list, found.hours), strict=True)),
        "noisiest": [
            {
                "cause": item.cause,
                "title": item.title,
                "proposed": item.found,
                "opened": item.opened,
                "false_alarms": item.false_alarms,
            }
            for item in found.noisiest
        ],
        "action_items": {
            "total": found.follow_up.total,
            "done": found.follow_up.done,
            "dropped": found.follow_up.dropped,
            "overdue": found.follow_up.overdue,
        },
        "backfilled": found.backfilled,
        "duplicates": found.duplicates,
        "uptimes": uptime_views.to_json(found.uptimes),
    }


def heat(counts: Sequence[int], most: int) -> str:
    """Return a bar of blocks, one for each count: the higher the more, against ``most``."""
    top = len(SHADES) - 1
    return "".join(SHADES[-(-number * top // most)] if most else SHADES[0] for number in counts)


def bar(number: int, most: int, width: int) -> str:
    """Return a bar of up to ``width`` cells, in eighths; what is not nothing shows."""
    eighths = -(-number * width * 8 // most) if most else 0
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def _window(found: Report) -> str:
    since = f"{found.since:%Y-%m-%d}" if found.since else "the beginning"
    return f"{count(found.all.incidents, 'incident')} from {since} to {found.until:%Y-%m-%d %H:%M}Z"


def _row(group: Group, most: int) -> tuple[Part, ...]:
    tone = group.name.lower() if group.name in list(Severity) else ""
    return (
        Part(group.name, tone if most else "strong"),
        Part(str(group.incidents)),
        Part(bar(group.incidents, most, _BAR), tone),
        Part(str(group.live or "")),
        Part(_mean(group.detect)),
        Part(_mean(group.acknowledge)),
        Part(_mean(group.resolve)),
        Part(_short(group.resolve.median)),
        Part(_short(group.resolve.longest)),
        Part(_share(group.response), "late" if group.response.missed else ""),
        Part(_share(group.updates), "late" if group.updates.missed else ""),
    )


def _mean(spread: Spread) -> str:
    return _short(spread.mean)


def _short(span: timedelta | None) -> str:
    """Write a duration in its two largest units: a mean needs no more."""
    if span is None:
        return "—"
    seconds = round(span.total_seconds())
    for size in (86_400, 3_600, 60):
        if seconds >= size:
            step = {86_400: 3_600, 3_600: 60, 60: 1}[size]
            return spoken(timedelta(seconds=seconds // step * step))
    return spoken(timedelta(seconds=seconds))


def _share(attainment: Attainment) -> str:
    """Write how many promises were kept; never 100 % while one was not."""
    share = attainment.share
    return "—" if share is None else f"{int(share * 100)} % of {attainment.total}"


def _heat(hours: Sequence[Sequence[int]]) -> list[Line]:
    most = max(map(max, hours))
    scale = "".join(f"{hour:<6}" for hour in (0, 6, 12, 18))
    days = [
        line(f"{day}  ", Part(f"{heat(counts, most)}  "), str(sum(counts)))
        for day, counts in zip(WEEKDAYS, hours, strict=True)
    ]
    return [line(Part(f"     {scale}", "head")), *days]


def _noise(found: Report, width: int | None) -> list[Line]:
    columns = (
        Column("NOISIEST", flexible=True),
        Column("PROPOSED", right=True),
        Column("OPENED", rank=1, right=True),
        Column("FALSE", right=True),
        Column("LAST", rank=2, flexible=True),
    )
    rows = [
        (
            Part(cause_name(item.cause)),
            Part(str(item.found)),
            Part(str(item.opened or "")),
            Part(str(item.false_alarms or ""), "soon"),
            Part(item.title),
        )
        for item in found.noisiest
    ]
    return table(columns, rows, width)


def _notes(found: Report) -> list[str]:
    notes, items = [], found.follow_up
    if items.total:
        notes.append(
            f"{count(items.total, 'action item')}: {items.done} done, {items.dropped} dropped, "
            f"{items.overdue} overdue"
        )
    if found.backfilled:
        notes.append(f"{count(found.backfilled, 'incident')} recorded afterwards: no response clock ran")
    if found.duplicates:
        notes.append(f"{count(found.duplicates, 'duplicate')} left out")
    return notes


def _figures(group: Group) -> dict[str, Any]:
    record: dict[str, Any] = {"group": group.name, "incidents": group.incidents, "live": group.live}
    for name, spread in (("mttd", group.detect), ("mtta", group.acknowledge), ("mttr", group.resolve)):
        record |= {
            f"{name}_count": spread.count,
            f"{name}_mean": _seconds(spread.mean),
            f"{name}_median": _seconds(spread.median),
            f"{name}_longest": _seconds(spread.longest),
        }
    for name, attainment in (("response", group.response), ("update", group.updates)):
        share = attainment.share
        record |= {
            f"{name}_met": attainment.met,
            f"{name}_missed": attainment.missed,
            f"{name}_share": None if share is None else round(share, 4),
        }
    return record


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
