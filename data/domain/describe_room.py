"""The timeline's words for what machines find and what changes the room itself."""

from data.domain.change import Event
from data.domain.words import colon, count, list_of, said, until


def cause(event: Event) -> str:
    key = str(event.data.get("key", ""))
    named = _cause_name(key)
    state = event.data.get("state", "down")
    title = event.data.get("title") or f"{named} is DOWN"
    if state == "clear":
        return f"clear: {named}{said(event)}"
    if state == "split":
        return f"split off: {named}"
    if state == "elsewhere":
        return f"{named} is on another incident now"
    return f"attached: {title}" if state == "attached" else f"DOWN: {title}"


def _cause_name(key: str) -> str:
    kind, _, rest = key.partition(":")
    if kind == "alert":
        source, _, fingerprint = rest.partition(":")
        return f"alert {fingerprint[:8]} of {source}" if fingerprint else f"alert {source}"
    return "mass failure" if key == "mass" else rest or key


def proposal(event: Event) -> str:
    key, title, why = (str(event.data.get(name, "")) for name in ("key", "title", "why"))
    became = f" as {event.data['incident']}" if event.data.get("incident") else ""
    match event.kind:
        case "dismissed":
            return f"dismissed {key}{colon(why)} ({title})" if title else f"dismissed {key}{colon(why)}"
        case "withdrawn":
            return f"withdrawn {key}: {title}, {why or 'every cause is clear'}"
        case "opened":
            how = "at once" if event.data.get("at_once") else "nobody answered"
            return f"opened {key}{became}, {how}: {title}"
        case "attached":
            return f"attached to {key}: {title}"
        case _:
            return f"{event.kind} {key}{became}: {title}" + (f" ({why})" if why else "")


def configured(event: Event) -> str:
    return f"configuration: {count(len(list_of(event.data.get('changes'))), 'change')}"


def maintenance(event: Event) -> str:
    span = until(event, event.data.get("until"))
    return f"maintenance of {event.data.get('service', '')}{' for ' + span if span else ''}{said(event)}"


def health(event: Event) -> str:
    """Tell that a check is in another state, and what it answered."""
    title = event.data.get("title") or f"{event.data.get('check', '')} is {event.data.get('state', '')}"
    return f"{title}{said(event)}"


def folded(event: Event) -> str:
    """Tell that a proposal went into another one: part of a mass failure."""
    return f"folded {event.data.get('title') or event.data.get('key', '')}"


def on_call(event: Event) -> str:
    """Tell who is on call on a level from now on."""
    people = list_of(event.data.get("people"))
    return f"{event.data.get('level', '')}: {', '.join(people) + ' on call' if people else 'NOBODY on call'}"


def calendar(event: Event) -> str:
    """Tell that a level's calendar cannot be renewed, or can be again."""
    state = f"STALE{said(event)}" if event.data.get("stale") else "is read again"
    return f"calendar of {event.data.get('level', '')} {state}"
