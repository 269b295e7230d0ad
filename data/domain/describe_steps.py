"""The timeline's words for steps: who has one, until when, and what was run."""

from data.domain.change import Event
from data.domain.running import outcome
from data.domain.words import colon, until

_MARKS = {"done": "[x]", "skipped": "[-]", "doing": "[>]", "todo": "[ ]"}


def step(event: Event) -> str:
    """A step that was set to a state."""
    state, title = event.after.get("state", ""), event.data.get("title", "")
    words = f"{_MARKS.get(state, state)} {title}"
    if event.data.get("second"):
        return f"{words}: needs a second pair of eyes"
    if event.data.get("confirms"):
        return f"{words}: second pair of eyes after {event.data['confirms']}"
    if event.data.get("auto"):
        return f"{words} (ticked by itself)"
    if state == "doing":
        who = event.after.get("by", "")
        return f"{words}: {'started' if who in ('', event.by) else f'given to {who}'}"
    return words + (": taken back" if state == "todo" else colon(event.after.get("why", "")))


def owner(event: Event) -> str:
    """A step that was given to somebody."""
    name, title = event.after.get("owner", ""), event.data.get("title", "")
    if not name:
        return f"{title}: nobody's any more"
    return f"{title}: {'taken' if name == event.by else f'given to {name}'}"


def deadline(event: Event) -> str:
    """A step that is to be asked about at a time."""
    title, ahead = event.data.get("title", ""), until(event, event.after.get("due"))
    if event.after.get("due") is None:
        return f"{title}: no deadline any more"
    return f"{title}: due in {ahead}" if ahead else f"{title}: due now"


def added(event: Event) -> str:
    """A step of the responders' own."""
    ahead = until(event, event.data.get("due"))
    return f"step added{colon(event.data.get('title', ''))}{f', due in {ahead}' if ahead else ''}"


def started(event: Event) -> str:
    """A command that was about to run."""
    return f"run started{colon(event.data.get('title', ''))}: $ {event.data.get('command', '')}"


def ran(event: Event) -> str:
    """A command that has come to its end, the end first."""
    title, command = event.data.get("title", ""), event.data.get("command", "")
    return f"{outcome(event.data)}{colon(title)}: $ {command}"
