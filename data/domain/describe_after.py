"""The timeline's words for what comes after an incident: its post-mortem and its action items."""

from data.domain.change import SECTION, Event
from data.domain.post_mortem import DRAFT, FINAL, NOT_NEEDED, part
from data.domain.words import colon, said


def section(event: Event) -> str:
    """A part of the post-mortem that was written."""
    name = event.subject.removeprefix(SECTION)
    known = part(name)
    title = known.title.lower() if known else name
    after = event.after.get("text", "")
    did = "left to the record" if not after else "changed" if event.before.get("text") else "written"
    return f"post-mortem: {title} {did}"


def post_mortem(event: Event) -> str:
    """What became of the post-mortem itself."""
    state = event.after.get("post_mortem", "")
    if state == DRAFT:
        return f"post-mortem reopened{said(event)}" if event.data.get("why") else "post-mortem begun"
    if state == NOT_NEEDED:
        return f"no post-mortem needed{said(event)}"
    return "post-mortem final" if state == FINAL else f"post-mortem {state}"


def action(event: Event) -> str:
    """An action item that was added, changed or ended."""
    number, title = event.data.get("number", ""), event.data.get("title", "")
    state = event.after.get("state", "")
    if not event.before:
        owner, due = event.after.get("owner", ""), event.after.get("due", "")
        told = ", ".join(filter(None, (owner, due and f"due {due}")))
        return f"action item {number}: {title}{f' ({told})' if told else ''}"
    if state:
        did = "open again" if state == "open" else state
        return f"action item {number} {did}{colon(title)}{said(event)}"
    moved = ", ".join(f"{name} {value}" for name, value in event.after.items() if name != "title" and value)
    return f"action item {number} changed{colon(title)}{f' ({moved})' if moved else ''}"
