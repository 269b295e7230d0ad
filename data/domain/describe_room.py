"""The timeline's words for what machines find and what changes the room itself."""

from datetime import datetime, timedelta

from data.domain.alert_groups import is_alert
from data.domain.cause_names import cause_name
from data.domain.change import Event
from data.domain.words import colon, count, list_of, said, span, until

_MINUTE = timedelta(minutes=1)


def cause(event: Event) -> str:
    key = str(event.data.get("key", ""))
    named, title = cause_name(key), event.data.get("title")
    match event.data.get("state", "down"):
        case "clear":
            return f"clear: {named}{said(event)}"
        case "split":
            return f"split off: {named}"
        case "elsewhere":
            return f"{', '.join(map(cause_name, key.split(', ')))} is on another incident now"
        case "grown":
            return _grown(event)
        case "attached":
            return f"attached: {title or named}"
    if is_alert(key):
        return f"fires again: {title or named}"
    return f"DOWN: {title or f'{named} is DOWN'}"


def _grown(event: Event) -> str:
    """Tell that more alerts joined a cause, or that they became worse."""
    name, joined, word = (event.data.get(key, "") for key in ("name", "joined", "word"))
    proposed = f": {event.data['proposes']} proposed" if event.data.get("proposes") else ""
    worse = f"{word} now{proposed}" if word else ""
    if not joined:
        return f"{name} is {worse}"
    return f"{name} fires (+{joined})" + (f", {worse}" if worse else "")


def silenced(event: Event) -> str:
    """Tell what was hidden at a source, for how long and why."""
    alerts, ends = event.data.get("alerts"), event.data.get("until")
    what = f"silenced {count(alerts, 'alert')}" if alerts else "silenced"
    lasts = datetime.fromisoformat(ends) - event.at if isinstance(ends, str) else _MINUTE
    # it was asked for a moment before this was written
    ahead = span(max(_MINUTE, round(lasts / _MINUTE) * _MINUTE))
    matchers = f" [{', '.join(list_of(event.data.get('matchers')))}]"
    return f"{what} at {event.data.get('source', '')} for {ahead}{said(event)}{matchers}"


def unsilenced(event: Event) -> str:
    """Tell that a silence was ended before its time."""
    return f"ended the silence at {event.data.get('source', '')}{said(event)}"


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


def imported(event: Event) -> str:
    """Tell how many past incidents came in, and from where."""
    updates = count(event.data.get("updates", 0), "update")
    past = count(event.data.get("incidents", 0), "past incident")
    return f"imported {past} with {updates} from {event.data.get('source', '')}"
