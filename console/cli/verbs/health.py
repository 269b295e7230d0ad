"""The verb that looks at the services itself: check."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import REFUSED, not_found
from console.cli.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.domain.check import Check, Result
    from data.text_table import Line

_AT_ONCE = 50


@verb("check")
def check(
    options: Options,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A check or a service; default: all.")
    ] = None,
) -> None:
    """Probe the checks once and print what they answer.

    Nothing is recorded. The exit code is 1 when one fails.
    """
    import asyncio

    from console.cli.room import opened
    from data.domain.check import Outcome
    from data.store.definitions import load_checks

    with opened(options) as room:
        checks = room.read(load_checks)
        clock = room.store.now
    chosen = [one for one in checks if name in (None, one.id, one.service)]
    if not chosen and name is not None:
        known = ", ".join(one.id for one in checks) or "none yet"
        raise not_found(f"there is no check {name[:40]}", f"checks: {known}")
    results = asyncio.run(_probe(chosen, clock))
    now = clock()
    if options.json:
        output.emit({"checks": [_json(one, result, now) for one, result in results]})
    elif results:
        output.show(_table(results, now))
    else:
        output.answer("no check is configured")
    if any(result.outcome is Outcome.FAIL for _, result in results):
        raise typer.Exit(REFUSED)


async def _probe(checks: "Sequence[Check]", now: "Callable[[], datetime]") -> "list[tuple[Check, Result]]":
    import asyncio

    from console.workers.probe import Prober

    prober, turns = Prober(), asyncio.Semaphore(_AT_ONCE)

    async def one(item: "Check") -> "tuple[Check, Result]":
        async with turns:
            return item, await prober.probe(item, now=now)

    return list(await asyncio.gather(*map(one, checks)))


def _days(result: "Result", now: datetime) -> int | None:
    return None if result.certificate_until is None else (result.certificate_until - now).days


def _json(item: "Check", result: "Result", now: datetime) -> dict[str, Any]:
    from data.json_views import instant

    timings = result.timings
    spans = (
        ("connect", timings.connect),
        ("tls", timings.tls),
        ("first_byte", timings.first_byte),
        ("total", timings.total),
    )
    return {
        "id": item.id,
        "service": item.service,
        "outcome": result.outcome.value,
        "reason": result.reason.value,
        "detail": result.detail,
        "status": result.status,
        "at": instant(result.at),
        "seconds": {name: None if value is None else round(value, 6) for name, value in spans},
        "certificate_until": instant(result.certificate_until),
        "certificate_days": _days(result, now),
    }


def _table(results: "Sequence[tuple[Check, Result]]", now: datetime) -> "list[Line]":
    from data.domain.check import Outcome
    from data.text_table import Column, Part, table

    words = {
        Outcome.PASS: Part("ok", "good"),
        Outcome.WARN: Part("warn", "soon"),
        Outcome.FAIL: Part("FAIL", "late"),
        Outcome.INCONCLUSIVE: Part("unknown", "soon"),
    }
    columns = (
        Column("STATE"),
        Column("CHECK"),
        Column("STATUS", right=True),
        Column("CONNECT", rank=3, right=True),
        Column("TLS", rank=2, right=True),
        Column("FIRST BYTE", rank=4, right=True),
        Column("TOTAL", right=True),
        Column("CERT", rank=1, right=True),
        Column("WHY", flexible=True),
    )
    rows = []
    for item, result in results:
        timings, days = result.timings, _days(result, now)
        why = result.detail or ("" if result.outcome is Outcome.PASS else result.reason.value)
        cells = (
            item.id,
            str(result.status or "—"),
            *map(_seconds, (timings.connect, timings.tls, timings.first_byte, timings.total)),
            "—" if days is None else f"{days} d",
            why,
        )
        rows.append((words[result.outcome], *map(Part, cells)))
    return table(columns, rows, output.width())


def _seconds(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"
