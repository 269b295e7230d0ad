"""The timeline's words: every line is rendered from an event's data, never stored (design 6)."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from data.domain import describe_after, describe_outbox, describe_room, describe_steps
from data.domain.change import AUDIENCE, Event
from data.domain.words import colon, count, list_of, of, said, span, until

_LONGEST = 500  # characters of one line; the whole text stays in the event
_ROLES = {"ic": "IC", "deputy": "deputy", "scribe": "scribe", "comms": "comms lead", "expert": "expert"}
_UNDONE = {"step": "tick", "acknowledged": "acknowledgement", "merged": "merge"}


def describe(event: Event) -> str:
    """Return one line of plain text for an event, the important word first; "" when it tells nothing.

    Who and when stand beside it, so neither is repeated and no instant is in it. A kind that a newer
    program wrote is told by its name.
    """
    words = _WORDS.get(event.kind, _anything)(event)
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _declared(event: Event) -> str:
    new = event.after
    how = "declared"
    if new.get("backfilled"):
        how = "recorded afterwards"
    elif new.get("confirmed") is False:
        how = "opened, unconfirmed"
    return f"{new.get('severity', '')} {how}: {new.get('title', '')}"


def _escalation(event: Event) -> str:
    ladder = event.after.get("ladder") or {}
    skipped = list_of(event.data.get("skipped"))
    if ladder.get("state") == "nobody":
        return f"NOBODY can be paged{of(skipped, ': no contact for ')}"
    told = f"{event.data.get('name') or event.data.get('level', '')}{of(event.data.get('contacts'), ': ')}"
    words = f"escalated to {told}" if event.data.get("by_hand") else f"turn of {told}"
    if ladder.get("round", 1) > 1:
        words += f", round {ladder['round']}"
    if event.data.get("late"):
        words += f", {span(timedelta(seconds=event.data['late']))} late"
    return words + of(skipped, "; nobody reachable at ")


def _acknowledged(event: Event) -> str:
    again = " again" if "acknowledged_at" not in event.after else ""
    return f"acknowledged{again}{said(event, 'text')}"


def _status(event: Event) -> str:
    return f"status → {event.after.get('status', '')} (was {event.before.get('status', '')}){said(event)}"


def _severity(event: Event) -> str:
    old, new = event.before.get("severity", ""), event.after.get("severity", "")
    words = f"severity {new} confirmed" if old == new else f"severity {old} → {new}"
    return words + said(event)


def _clock(event: Event) -> str:
    applies = event.after.get("applies")
    if applies is None or event.before.get("applies", applies) == applies:
        return ""
    audience = event.subject.removeprefix(AUDIENCE)
    return f"audience {audience}: {'is told from now on' if applies else 'is told no more'}"


def _audience(event: Event) -> str:
    switched = "on" if event.after.get("applies") else "off"
    return f"audience {event.subject.removeprefix(AUDIENCE)}: switched {switched}{said(event)}"


def _snooze(event: Event) -> str:
    ahead = until(event, event.after.get("snoozed_until"))
    audience, why = event.subject.removeprefix(AUDIENCE), event.after.get("snooze_why", "")
    return f"snoozed update to {audience}{' for ' + ahead if ahead else ''}{colon(why)}"


def _update(event: Event) -> str:
    audiences = list_of(event.data.get("audiences"))
    told = audiences[0] if len(audiences) == 1 else f"{len(audiences)} audiences"
    return f"{'final ' if event.data.get('final') else ''}update → {told}{said(event, 'text')}"


def _runbook(event: Event) -> str:
    version = f" version {event.data['version']}" if event.data.get("version") else ""
    steps = count(event.data.get("steps", 0), "step")
    return f"runbook {event.data.get('runbook', '')}{version} attached, {steps}"


def _role(event: Event) -> str:
    role = _ROLES.get(event.data.get("role", ""), str(event.data.get("role", "")))
    old, new = event.data.get("from", ""), event.data.get("to", "")
    if not new:
        return f"{role} → nobody (was {old})"
    if not old:
        return f"{role} → {new}"
    return f"{role} → {new}, {'command taken' if role == 'IC' else 'taken'} from {old}"


def _link(event: Event) -> str:
    return f"{event.data.get('kind', '')} linked{colon(event.data.get('target', ''))}"


def _merged(event: Event) -> str:
    words = f"merged {event.data.get('from', '')} into this"
    old, new = event.before.get("severity"), event.after.get("severity")
    words += f", severity {old} → {new}" if old != new else ""
    return words + (", acknowledgement asked anew" if event.before.get("acknowledged_at") else "")


def _resolved(event: Event) -> str:
    how = event.after.get("disposition", "")
    words = f"resolved: {str(how).replace('-', ' ')}"
    if event.after.get("duplicate_of") is not None:
        words += f" of INC-{event.after['duplicate_of']}"
    return words + said(event) + of(event.data.get("still"), "; still failing: ")


def _closed(event: Event) -> str:
    without = event.after.get("post_mortem") == "not needed"
    return f"closed{' without post-mortem' if without else ''}{said(event)}"


def _reopened(event: Event) -> str:
    return f"reopened → {event.after.get('status', '')}{said(event)}"


def _lapse_warning(event: Event) -> str:
    ahead = until(event, event.data.get("lapses_at"))
    return f"acknowledgement LAPSES{' in ' + ahead if ahead else ''} unless somebody acts"


def _lapsed(event: Event) -> str:
    return f"LAPSED: acknowledgement of {event.data.get('holder', '')}, no update and no action"


def _undone(event: Event) -> str:
    kind = str(event.data.get("kind", ""))
    if kind in ("clock", "escalation"):
        return ""
    words = f"undone: {_UNDONE.get(kind, kind)}"
    if event.data.get("title"):
        return f'{words} "{event.data["title"]}"'
    for name in ("severity", "status"):
        if event.before.get(name) != event.after.get(name):
            return f"{words}, {'back to' if name == kind else name + ' back to'} {event.after.get(name)}"
    return words


def _call(event: Event) -> str:
    person, level = event.data.get("contact", ""), event.data.get("level", "")
    at_level = f" ({level})" if level else ""
    result = str(event.data.get("result", ""))
    if result == "reached":
        return f"reached {person}{at_level}: {'takes it' if event.data.get('takes') else 'informed only'}"
    return f"{result.replace('-', ' ')}: {person}{at_level}"


def _handover(event: Event) -> str:
    aside = ", though not on call" if event.data.get("not_on_call") else ""
    return f"taken over from {event.data.get('from', '')}{aside}"


def _anything(event: Event) -> str:
    words = (event.data.get(name) for name in ("text", "title", "why"))
    return event.kind + colon(next((str(word) for word in words if word), ""))


def _fixed(words: str) -> Callable[[Event], str]:
    return lambda _: words


_WORDS: Mapping[str, Callable[[Event], str]] = {
    "declared": _declared,
    "escalation": _escalation,
    "breach": _fixed("BREACHED: no response in time"),
    "acknowledged": _acknowledged,
    "status": _status,
    "severity": _severity,
    "clock": _clock,
    "audience": _audience,
    "snooze": _snooze,
    "update": _update,
    "note": lambda event: str(event.data.get("text", "")) or "note",
    "step": describe_steps.step,
    "owner": describe_steps.owner,
    "deadline": describe_steps.deadline,
    "added": describe_steps.added,
    "run started": describe_steps.started,
    "ran": describe_steps.ran,
    "runbook": _runbook,
    "role": _role,
    "link": _link,
    "merged": _merged,
    "resolved": _resolved,
    "closed": _closed,
    "reopened": _reopened,
    "lapse warning": _lapse_warning,
    "lapsed": _lapsed,
    "handover": _handover,
    "kept": _fixed("kept: still on it"),
    "ladder held": _fixed("ladder held: every cause is clear, nobody has confirmed"),
    "ladder resumed": _fixed("ladder climbs on: a cause is back"),
    "undone": _undone,
    "call": _call,
    "cause": describe_room.cause,
    "proposed": describe_room.proposal,
    "confirmed": describe_room.proposal,
    "dismissed": describe_room.proposal,
    "withdrawn": describe_room.proposal,
    "opened": describe_room.proposal,
    "attached": describe_room.proposal,
    "configured": describe_room.configured,
    "maintenance": describe_room.maintenance,
    "health": describe_room.health,
    "folded": describe_room.folded,
    "imported": describe_room.imported,
    "silenced": describe_room.silenced,
    "unsilenced": describe_room.unsilenced,
    "on call": describe_room.on_call,
    "calendar": describe_room.calendar,
    "undelivered": describe_outbox.undelivered,
    "unreached": describe_outbox.unreached,
    "retried": describe_outbox.retried,
    "section": describe_after.section,
    "post-mortem": describe_after.post_mortem,
    "action": describe_after.action,
}
