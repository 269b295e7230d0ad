"""The one table of actions: bindings, footer, palette, help and the README's keys come from it."""

from console.actions.action import PLACES, Action, Where
from console.actions.after import ON_REVIEW
from console.actions.alerts import ON_ALERTS
from console.actions.drill import IN_A_DRILL
from console.actions.incidents import INCIDENTS
from console.actions.presence import PRESENT
from console.actions.replay import REPLAY
from console.actions.runbooks import ON_RUNBOOKS
from console.actions.views import VIEWS

__all__ = ["ACTIONS", "PLACES", "Action", "Where", "actions_for", "table"]

ACTIONS: tuple[Action, ...] = (
    *INCIDENTS,
    *REPLAY,
    *ON_ALERTS,
    *ON_REVIEW,
    *ON_RUNBOOKS,
    *IN_A_DRILL,
    *PRESENT,
    *VIEWS,
)


def actions_for(where: Where) -> tuple[Action, ...]:
    """Return the actions of a place, its own first."""
    own = tuple(action for action in ACTIONS if where in action.where)
    return own + tuple(action for action in ACTIONS if Where.ANYWHERE in action.where)


def table() -> list[tuple[str, str, str, str]]:
    """Return (key, where, what it does, id) for every action, in order."""
    return [(item.key_text, ", ".join(item.where), item.help, item.id) for item in ACTIONS if item.where]
