"""Who is on call, and who can be reached."""

from sqlalchemy import Connection

from data.boarding import on_call
from data.store.definitions import load_policy, load_settings
from data.store.queries.board import live_rows
from data.views import OnCallView


def on_call_view(connection: Connection) -> OnCallView:
    """Return the ladder's people, every contact, and the incidents they may be called about."""
    policy, settings = load_policy(connection), load_settings(connection)
    return OnCallView(on_call(policy), policy.contacts, policy, live_rows(connection), settings.timezone)
