"""The verb that says how the room does: report."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import usage
from console.cli.options import Options

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.domain.report import Report

_FORMATS = ("table", "csv", "json")
_EVER = "all"


@verb("report")
def report(
    options: Options,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="DURATION|INSTANT",
            help="Detected from then on: 30d, 2026-10-01T00:00Z, or all.",
        ),
    ] = "90d",
    by: Annotated[
        str, typer.Option("--by", metavar="WHAT", help="Grouped by severity, month or service.")
    ] = "severity",
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="table, csv or json; csv in seconds.")
    ] = "table",
) -> None:
    """Report times to detect and resolve, and promises kept.

    MTTD counts from the beginning of the trouble to its detection, MTTA to the acknowledgement, MTTR the
    time an incident was live. RESPONSE and UPDATES say how many came by their due. What was recorded
    afterwards or imported ran no clock: it counts in MTTR only. A duplicate is told by its original.
    """
    from console.cli.room import opened
    from data import report_views
    from data.domain.report import By

    if form not in _FORMATS:
        raise usage(f"--format: {form[:40]!r} is none of {', '.join(_FORMATS)}")
    if by not in list(By):
        raise usage(f"--by: {by[:40]!r} is none of {', '.join(By)}")
    with opened(options) as room:
        now = room.now()
        found = room.read(lambda connection: _report(connection, now, since, by))
    if options.json or form == "json":
        output.emit(report_views.to_json(found))
    elif form == "csv":
        output.answer(report_views.to_csv(found).rstrip("\n"))
    else:
        output.show(report_views.lines(found, output.width()))


def _report(connection: "Connection", now: datetime, since: str, by: str) -> "Report":
    from data.domain.report import By
    from data.store.definitions import load_policy
    from data.store.queries.reports import report_of

    return report_of(connection, now, _since(since, now, load_policy(connection).zone), By(by))


def _since(text: str, now: datetime, zone: str) -> datetime | None:
    """Return where the window begins; None for ever."""
    from console.cli.room import instant
    from data.domain.durations import parse_duration

    if text.strip().lower() == _EVER:
        return None
    try:
        span: timedelta = parse_duration(text)
    except ValueError:
        return instant(text, now, zone, "--since")
    return now - span
