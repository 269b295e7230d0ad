"""Verbs that only look: list, show, explain. Looking is not doing: nothing is written."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import not_found
from console.cli.options import Options

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.domain.change import Event
    from data.domain.incident import Incident
    from data.domain.policy import Policy
    from data.domain.proposal import Proposal

At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        help="The record as it stood then, its clocks read then, also ahead of now: "
        "2026-11-24T13:46:11Z, 13:46, 20m ago, +2h.",
    ),
]
Plain = Annotated[
    bool, typer.Option("--plain", help="One sentence a line and no tables, for a screen reader.")
]
Key = Annotated[str, typer.Argument(metavar="INC", help="The incident: INC-42, or 42.")]


@verb("list")
def list_(
    options: Options,
    all_: Annotated[bool, typer.Option("--all", help="Include the incidents that are over.")] = False,
    at: At = None,
    plain: Plain = False,
) -> None:
    """List live incidents and proposals with both clocks."""
    from console.cli.room import opened
    from data import json_views, plain_views, text_views
    from data.domain.instants import format_instant
    from data.domain.proposal import Proposal

    with opened(options) as room:
        now = room.now()
        moment, policy, items = room.read(lambda connection: _listed(connection, now, at, done=all_))
    if options.json:
        items.sort(key=lambda item: text_views.order(item, moment))
        output.emit(
            [
                json_views.proposal(item)
                if isinstance(item, Proposal)
                else json_views.incident(item, policy, moment)
                for item in items
            ]
        )
    elif items and plain:
        output.answer("\n".join(plain_views.listing(items, moment)))
    elif items:
        output.show(text_views.listing(items, moment, output.width()))
    else:
        then = f" at {format_instant(moment)}" if at else ""
        output.answer(f"{'no incident' if all_ else 'no live incident'} and no proposal{then}")


def _listed(
    connection: "Connection", now: datetime, at: str | None, *, done: bool
) -> "tuple[datetime, Policy, list[Incident | Proposal]]":
    from data.store.definitions import load_policy
    from data.store.queries.incidents import incidents_at, incidents_now, proposals_at

    policy = load_policy(connection)
    moment = _moment(at, now, policy)
    if at is None:
        incidents = incidents_now(connection, done=done)
    else:
        incidents = incidents_at(connection, moment, done=done)
    # what was proposed then and became one of them counts as it from its detection on
    known = {item.id for item in incidents}
    proposals = [item for item in proposals_at(connection, moment) if item.incident not in known]
    return moment, policy, [*(_then(item, moment) for item in proposals), *incidents]


def _moment(at: str | None, now: datetime, policy: "Policy") -> datetime:
    from console.cli.room import instant

    return now if at is None else instant(at, now, policy.zone, "--at")


@verb("show")
def show(options: Options, key: Key, at: At = None, plain: Plain = False) -> None:
    """Show one incident with checklist and timeline. PR-3 shows a proposal."""
    from console.cli.room import opened
    from data import alert_views, json_views, plain_views, text_views
    from data.boarding import record
    from data.delivery_views import as_of
    from data.domain.alert_groups import is_alert
    from data.store.commands.finding import proposal_number
    from data.store.queries.alerts import alerts_of
    from data.store.queries.outbox import deliveries_of
    from data.store.queries.presence import consoles

    with opened(options) as room:
        now = room.now()
        number = proposal_number(key)
        if number is not None:
            moment, found = room.read(lambda connection: _proposed(connection, number, now, at))
            if options.json:
                output.emit(json_views.proposal(found))
            elif plain:
                output.answer("\n".join(plain_views.proposal(found, moment)))
            else:
                output.show(text_views.proposal(found, moment, output.width()))
            return
        moment, policy, state, events = room.read(lambda connection: _recorded(connection, key, now, at))
        sent = room.read(lambda connection: deliveries_of(connection, state.id))
        keys = [cause.key for cause in state.causes if is_alert(cause.key)]
        alerts = room.read(lambda connection: alerts_of(connection, keys)) if keys else ()
        here = room.read(consoles) if at is None else frozenset()  # what ran then is not known now
    told = record(events, here)
    if at is not None:
        sent, alerts = as_of(sent, moment), alert_views.as_of(alerts, moment)
    if options.json:
        more = json_views.record(state, told, events, sent, alerts)
        output.emit(json_views.incident(state, policy, moment) | more)
    elif plain:
        output.answer("\n".join(plain_views.show(state, policy, told, moment, sent, alerts)))
    else:
        output.show(text_views.show(state, policy, told, moment, output.width(), sent, alerts))


def _proposed(
    connection: "Connection", number: int, now: datetime, at: str | None
) -> "tuple[datetime, Proposal]":
    """Return the instant asked about and the proposal as it was then."""
    from data.domain.instants import format_instant
    from data.store.definitions import load_policy
    from data.store.queries.incidents import proposal

    found = proposal(connection, number)
    if found is None:
        raise not_found(f"there is no proposal PR-{number}", "warroom list shows them")
    moment = _moment(at, now, load_policy(connection))
    if found.proposed_at > moment:
        raise not_found(
            f"{found.key} was not known at {format_instant(moment)}",
            f"it was proposed at {format_instant(found.proposed_at)}",
        )
    return moment, _then(found, moment)


def _then(item: "Proposal", moment: datetime) -> "Proposal":
    """Return a proposal without an answer that came after an instant."""
    from data.domain.proposal import ProposalState

    if item.answered_at is None or item.answered_at <= moment:
        return item
    return replace(item, state=ProposalState.PROPOSED, incident=None, answered_by="", answered_at=None)


def _recorded(
    connection: "Connection", key: str, now: datetime, at: str | None
) -> "tuple[datetime, Policy, Incident, tuple[Event, ...]]":
    """Return the instant asked about and the incident as it was then, with its events up to then."""
    from console.cli.answers import load
    from data.domain.change import fold
    from data.domain.instants import format_instant
    from data.store.queries.incidents import history

    policy, state = load(connection, key)
    moment = _moment(at, now, policy)
    events = history(connection, state.id)
    if at is None:
        return moment, policy, state, events
    past = tuple(event for event in events if event.at <= moment)
    then = fold(past) if past and past[0].seq == events[0].seq else None
    if then is None:
        raise not_found(
            f"{state.key} was not known at {format_instant(moment)}",
            f"it was detected at {format_instant(state.detected_at)}",
        )
    return moment, policy, then, past


@verb("explain")
def explain(options: Options, key: Key, at: At = None) -> None:
    """Explain how each deadline came about."""
    from console.cli.room import opened
    from data import json_views, text_views
    from data.domain.explain import explain as explained

    with opened(options) as room:
        now = room.now()
        moment, _, state, events = room.read(lambda connection: _recorded(connection, key, now, at))
    told = explained(events, moment)
    if options.json:
        output.emit(json_views.explanation(state.key, told))
    else:
        output.show(text_views.explanation(state, told, moment, output.width()))
