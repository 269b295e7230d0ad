"""Verbs about alerts: alerts lists them, silence hides some at their source for a while."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from console.cli import asking, output
from console.cli.common import CommandId, verb
from console.cli.failures import Failure, not_found, refused, usage
from console.cli.options import Options

if TYPE_CHECKING:
    from datetime import datetime

    from console.cli.room import Room
    from data.domain.alert import Alert
    from data.domain.room import Source
    from data.domain.silencing import Silencing
    from data.store.unit import Answer
    from data.views import AlertsView

_NEW = "new"  # the code that says that a command id was not used before


@verb("alerts")
def alerts(
    options: Options,
    key: Annotated[
        str, typer.Argument(metavar="[INC|PR]", help="An incident or a proposal. Default: all that fires.")
    ] = "",
) -> None:
    """List the alerts of an incident or a proposal, or all.

    Those that are loud come first, then silenced and inhibited ones, then what has cleared. A source that
    cannot be asked is named, with the age of what is known of it.
    """
    from console.cli.room import opened

    with opened(options) as room:
        view = _view(room, key)
        now = room.now()
    if options.json:
        output.emit(_json(view, now))
        return
    from data.alert_views import lines, stale, stale_words, summary

    for source in view.sources:
        if (old := stale(source, now)) is not None:
            output.answer(stale_words(old, now))
    if not view.alerts:
        output.answer(_nothing(view))
        return
    output.answer(f"{view.key}  {view.title}" if view.key else "all that fires")
    output.answer(summary(view.tally))
    output.show(lines(view.alerts, now, output.width()))


def _view(room: "Room", key: str) -> "AlertsView":
    """Return the alerts of what a key names. Raises Failure."""
    from data.store.queries.alert_views import alerts_view

    view = room.read(lambda connection: alerts_view(connection, key.strip()))
    if view is None:
        raise not_found(f"there is no {key[:40]}", "warroom list shows incidents and proposals")
    return view


def _nothing(view: "AlertsView") -> str:
    if not view.sources:
        return "no source of alerts is configured"
    return f"no cause of {view.key} is an alert" if view.key else "nothing fires"


def _json(view: "AlertsView", now: "datetime") -> dict[str, Any]:
    from data.alert_views import as_json, stale
    from data.json_views import instant

    return {
        "id": view.key or None,
        "alerts": as_json(view.alerts),
        "sources": [
            {
                "id": item.id,
                "ok_at": instant(item.state.ok_at),
                "stale": (old := stale(item, now)) is not None,
                "trouble": old.why if old else "",
            }
            for item in view.sources
        ],
    }


@verb("silence")
def silence(
    options: Options,
    key: Annotated[str, typer.Argument(metavar="INC|PR", help="Whose alerts: INC-42 or PR-3.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; there must be one.")],
    span: Annotated[
        str, typer.Option("--for", metavar="SPAN", help="How long: 30m, 1h; or until 15:30. At most 24 h.")
    ] = "1h",
    matcher: Annotated[
        list[str] | None,
        typer.Option(
            "--matcher",
            metavar="NAME=VALUE",
            help="What a label must be, also !=, =~, !~; repeat for more. Default: what the alerts share.",
        ),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="ID", help="Where, if its alerts come from several sources.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask; without a terminal it must be given.")
    ] = False,
    command_id: CommandId = None,
) -> None:
    """Silence an incident's alerts at their source, for a while.

    With a reason; a proposal's too.

    On a terminal it shows which alerts the silence matches now and asks first. It is made in your name and
    stands on the timeline; Alertmanager ends it by itself.
    """
    from console.cli.room import opened

    with opened(options) as room:
        answer = _repeated(room, command_id)
        if answer is None:
            view = _view(room, key)
            there, group = _group(view, source)
            wanted = _wanted(room, there, group, span, why, matcher or ())
            answer = _make(room, view, wanted, command_id, yes=yes)
    if options.json:
        output.emit({"id": answer.key or None, "answer": answer.text, "silence": dict(answer.facts)})
    else:
        output.answer(answer.text)


def _repeated(room: "Room", command_id: str | None) -> "Answer | None":
    """Return the first answer where this was done before: a source would be told twice."""
    from data.domain.change import Refused

    if command_id is None:
        return None
    try:
        return room.write(lambda _: Refused("not done yet", code=_NEW), command_id)
    except Failure as failure:
        if failure.code == _NEW:
            return None
        raise


def _group(view: "AlertsView", source: str) -> "tuple[str, list[Alert]]":
    """Return where a silence goes and the alerts it is for. Raises Failure."""
    firing = [alert for alert in view.alerts if alert.firing]
    if not firing:
        raise Failure(f"no alert of {view.key} fires", "there is nothing to silence")
    places = sorted({alert.source for alert in firing})
    if source and source not in places:
        raise not_found(f"no alert of {view.key} fires at {source[:40]}", f"sources: {', '.join(places)}")
    if not source and len(places) > 1:
        raise usage(f"its alerts come from {len(places)} sources", f"name one: --source {places[0]}")
    source = source or places[0]
    return source, [alert for alert in firing if alert.source == source]


def _wanted(
    room: "Room", source: str, group: "Sequence[Alert]", span: str, why: str, texts: Sequence[str]
) -> "Silencing":
    """Return the silence that was asked for. Raises Failure."""
    from data.domain.silence import matchers_for, refusal
    from data.domain.silencing import Silencing, parse_end, parse_matcher
    from data.store.definitions import load_policy
    from data.text import clean_line

    now = room.now()
    zone = room.read(load_policy).zone
    try:
        ends = parse_end(span, now, ZoneInfo(zone))
        matchers = tuple(map(parse_matcher, texts)) or matchers_for(alert.labels for alert in group)
    except ValueError as error:
        raise usage(str(error)) from None
    no = refusal(matchers, starts=now, ends=ends, comment=why, now=now)
    if no is not None:
        raise refused(no)
    return Silencing(source, matchers, ends, clean_line(why).strip())


def _make(
    room: "Room", view: "AlertsView", wanted: "Silencing", command_id: str | None, *, yes: bool
) -> "Answer":
    """Show what a silence matches, ask, make it, and write it down. Raises Failure."""
    from data.domain.silencing import caught
    from data.store.commands.silencing import silenced
    from data.store.queries.alert_views import configured, firing_at

    firing = room.read(lambda connection: firing_at(connection, wanted.source))
    sources = {item.id: item for item in room.read(configured)}
    if wanted.source not in sources:
        raise not_found(f"the source {wanted.source} is not configured any more")
    try:
        found = caught(wanted.matchers, firing)
    except ValueError as error:
        raise usage(str(error)) from None
    if not yes:
        _confirm(room, wanted, found)
    made = asyncio.run(_post(room, sources[wanted.source], wanted))
    return room.write(lambda write: silenced(write, view.key, wanted, made, len(found)), command_id)


def _confirm(room: "Room", wanted: "Silencing", found: "Sequence[Alert]") -> None:
    """Show exactly what will be hidden and ask. Raises Failure."""
    from data.alert_views import hidden, lines
    from data.domain.instants import format_instant
    from data.text_table import plain

    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        raise usage("a silence is shown and asked about first", "without a terminal give --yes")
    output.warn(f"at {wanted.source} until {format_instant(wanted.ends)}: {wanted.why}")
    for item in wanted.matchers:
        output.warn(f"  {item.text}")
    if found:
        output.warn(plain(lines(found, room.now(), output.width())))
    if not asking.agreed(f"silence? it {hidden(found)}"):
        raise Failure("not confirmed", "nothing was silenced")


async def _post(room: "Room", source: "Source", wanted: "Silencing") -> str:
    """Make the silence at the source, and return its id there. Raises Failure."""
    from console.alertmanager import Client
    from console.clock import Clock
    from data.domain.change import Refused

    clock = Clock()
    clock.offset = room.now() - clock()
    made = await Client(clock).create_silence(
        source,
        wanted.matchers,
        starts=clock(),
        ends=wanted.ends,
        by=room.options.operator,
        comment=wanted.why,
    )
    if isinstance(made, Refused):
        raise refused(made)
    return made
