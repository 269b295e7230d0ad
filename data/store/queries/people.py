"""Who is on call, who can be reached, and what a shift change hands over."""

from datetime import datetime

from sqlalchemy import Connection

from data.duty import level_views, on_call
from data.store.definitions import load_duty, load_settings
from data.store.queries.board import live_rows
from data.store.queries.calendars import held_now
from data.store.queries.incidents import incidents_now
from data.views import HandoverView, OnCallView


def on_call_view(connection: Connection, now: datetime | None = None) -> OnCallView:
    """Return the ladder's people with their calendars, every contact, and what has to be handed over."""
    duty, settings = load_duty(connection, now), load_settings(connection)
    due = duty.due(held_now(connection)) if duty.calendars else ()
    return OnCallView(
        on_call(duty, due),
        duty.policy.contacts,
        duty.policy,
        live_rows(connection),
        settings.timezone,
        level_views(duty),
        due,
    )


def handover_view(connection: Connection, now: datetime | None = None) -> HandoverView:
    """Return the live incidents, who is on call, and what has to be handed over."""
    duty = load_duty(connection, now)
    incidents = incidents_now(connection)
    due = duty.due(held_now(connection)) if duty.calendars else ()
    return HandoverView(duty.policy, incidents, level_views(duty), due)
