"""Timeline words for messages that did not arrive."""

from data.domain.change import Event
from data.domain.words import said, until


def undelivered(event: Event) -> str:
    """Say what was given up, and why."""
    following = "; the next way is tried" if event.data.get("next_way") else ""
    return f"NOT DELIVERED: {_message(event)}{said(event)}{following}"


def unreached(event: Event) -> str:
    """Say that nobody of a level could be reached, and how soon the next one is told."""
    ahead = until(event, (event.after.get("ladder") or {}).get("next_at"))
    name = event.data.get("name", "")
    return f"NOBODY REACHED at {name}: every way failed{', the next level in ' + ahead if ahead else ''}"


def retried(event: Event) -> str:
    """Say what is sent again because somebody asked for it."""
    return f"{_message(event)}: to be sent again"


def _message(event: Event) -> str:
    kind, target = event.data.get("kind", ""), event.data.get("target", "")
    audience = event.data.get("audience", "")
    return f"{kind} to {audience} by {target}" if audience else f"{kind} to {target}"
