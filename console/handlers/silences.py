"""Silences at a source of alerts: made by a form and a yes, ended by a yes, each on the record."""

import asyncio
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from console.place import Place
from console.saying import in_sentences
from console.screens.ask import ask_choice, confirm
from console.screens.silence import SilenceScreen
from data.alert_views import hidden
from data.domain.alert import Alert, AlertState
from data.domain.change import Refused
from data.domain.room import Source
from data.domain.silencing import caught
from data.store.commands import silencing
from data.store.queries.alert_views import configured, firing_at
from data.text import clean_line
from widgets.times import wall

if TYPE_CHECKING:
    from console.alertmanager import Client
    from data.alertmanager import Silence
    from data.store.unit import Answer

_WHY = 60  # characters of a reason in a question


async def make(place: Place, alert: Alert) -> None:
    """Let a person write a silence until it is made or left as a draft; nothing typed is lost."""
    room = place.room
    source = await _source(place, alert)
    if source is None:
        return
    draft, trouble = f"silence:{alert.source}:{alert.group_key}", ""
    key = place.incident_key() or place.proposal_key()
    firing = await room.desk.read(partial(firing_at, source=source.id))
    while True:
        group = [item for item in firing if item.group_key == alert.group_key]
        screen = SilenceScreen(
            source.id, group or [alert], firing, room.clock(), place.zone, room.drafts.get(draft, ""), trouble
        )
        wanted = await place.ask(screen)
        room.settle_draft(draft, screen.left, kept=bool(screen.left))
        if wanted is None:
            return
        found = caught(wanted.matchers, firing)
        until = wall(wanted.ends, place.zone, dated=wanted.ends.date() != room.clock().date())
        trouble = ""
        if not await confirm(
            place, f"Silence at {source.id} until {until}? It {hidden(found)}.", yes="Silence"
        ):
            continue
        room.say(f"Asking {source.id} …")
        made = await (await _client(place)).create_silence(
            source,
            wanted.matchers,
            starts=room.clock(),
            ends=wanted.ends,
            by=room.operator,
            comment=wanted.why,
        )
        if isinstance(made, Refused):
            trouble = in_sentences(made)
            continue
        room.drafts.pop(draft, None)
        record = partial(silencing.silenced, key=key, made=wanted, silence=made, alerts=len(found))
        await _write_down(place, record, f"the silence at {source.id} is made, until {until}")
        return


async def end(place: Place, alert: Alert) -> None:
    """End one of the silences that hide an alert."""
    room = place.room
    if alert.state is not AlertState.SILENCED or not alert.firing:
        why = (
            "is inhibited: another alert hides it"
            if alert.state is AlertState.INHIBITED
            else "is not silenced"
        )
        room.say(f"{alert.name} {why}.", severity="warning")
        return
    source = await _source(place, alert)
    if source is None:
        return
    client = await _client(place)
    room.say(f"Asking {source.id} …")
    found = await client.silences(source)
    if isinstance(found, Refused):
        room.refused(found)
        return
    room.hush()
    ours = [item for item in found if item.id in alert.muted_by and item.state != "expired"]
    chosen = await _choose(place, alert, ours)
    if chosen is None:
        return
    firing = await room.desk.read(partial(firing_at, source=source.id))
    by_it = [item for item in firing if chosen.id in item.muted_by]
    if not await confirm(place, f"End the silence {_words(place, chosen)}? {_heard(by_it)}", yes="End it"):
        return
    refused = await client.expire_silence(source, chosen.id)
    if refused is not None:
        room.refused(refused)
        return
    record = partial(
        silencing.unsilenced,
        key=place.incident_key() or place.proposal_key(),
        source=source.id,
        silence=chosen.id,
        matchers=[matcher.text for matcher in chosen.matchers],
        why=chosen.comment,
    )
    await _write_down(place, record, f"the silence at {source.id} has ended")


async def _choose(place: Place, alert: Alert, found: "list[Silence]") -> "Silence | None":
    if not found:
        place.room.say(
            f"{alert.source} knows no silence of {alert.name} any more: the next look shows it.", "warning"
        )
        return None
    if len(found) == 1:
        return found[0]
    options = [(item.id, _words(place, item)) for item in found]
    wanted = await ask_choice(place, f"Which silence of {alert.name}?", options)
    return next((item for item in found if item.id == wanted), None)


def _words(place: Place, item: "Silence") -> str:
    until = f" until {wall(item.ends_at, place.zone)}" if item.ends_at else ""
    return clean_line(f'"{item.comment[:_WHY]}" by {item.created_by}{until}')


def _heard(alerts: list[Alert]) -> str:
    return f"{len(alerts)} alert{'s' if len(alerts) != 1 else ''} may speak up."


async def _write_down(place: Place, record: "partial[Answer]", done: str) -> None:
    """Put what was done at the source on the record; where that fails, say that it was done all the same."""
    room = place.room
    answer = await room.attempt(record)
    if isinstance(answer, Refused):
        room.refused(replace(answer, reason=f"{done}, and not on the record: {answer.reason}"))
        return
    said = f"{done[:1].upper()}{done[1:]}: the list follows with the next look."
    await room.answered(replace(answer, text=said))


async def _source(place: Place, alert: Alert) -> Source | None:
    found = await place.room.desk.read(configured)
    source = next((item for item in found if item.id == alert.source), None)
    if source is None:
        place.room.say(f"The source {alert.source} is not configured any more.", severity="warning")
    return source


async def _client(place: Place) -> "Client":
    """Return what asks sources; what it imports is loaded at the first need."""
    module = await asyncio.to_thread(import_module, "console.alertmanager")
    client: Client = module.Client(place.room.clock)
    return client
