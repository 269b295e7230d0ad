"""Whether anybody would be told tonight, by the configuration and by who is on call (design 3.4, 3.5)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from data.domain.diagnosis import Diagnosis, Grade
from data.domain.ladder import reachable
from data.domain.on_call import Calendar, contact_of, gaps, now_and_next
from data.domain.policy import Audience, Contact, Level, Policy
from data.domain.severity import Severity

OLD = timedelta(minutes=10)  # a worker not heard of for so long is none
_SHOWN = 3  # names in one sentence

LEVEL, SEVERITY, CONTACT, AUDIENCE, CALENDAR = "level", "severity", "contact", "audience", "calendar"


def levels(policy: Policy) -> Iterator[Diagnosis]:
    """Yield whom each level of the ladder would tell now."""
    for level in sorted(policy.levels, key=lambda item: item.rank):
        people = reachable(policy, level)
        if people:
            yield _answered(level, people)
        elif policy.answering(level) or policy.on_call.get(level.id):
            named = policy.answering(level) or policy.on_call[level.id]
            words = f"no way to reach {_names(contact.name for contact in named)}: the level is skipped"
            hint = "give the contact a phone, chat, email or notify"
            yield Diagnosis(LEVEL, level.id, Grade.WARNING, words, hint)
        elif level.calendar:
            words = "nobody on call now, and no contact stands in: the level is skipped"
            hint = "fill the gap in the calendar, or give the level contacts"
            yield Diagnosis(LEVEL, level.id, Grade.WARNING, words, hint)
        else:
            words = "nobody: it has neither contacts nor a calendar, and is skipped"
            yield Diagnosis(LEVEL, level.id, Grade.WARNING, words, "give the level contacts or a calendar")


def _answered(level: Level, people: tuple[Contact, ...]) -> Diagnosis:
    words = f"{_names(contact.name for contact in people)} would be told"
    if any(contact.notify for contact in people):
        return Diagnosis(LEVEL, level.id, Grade.OK, words)
    words = f"{_names(contact.name for contact in people)} can only be reached by hand"
    hint = "somebody has to call: give the contact a notify, and warroom does it"
    return Diagnosis(LEVEL, level.id, Grade.NOTE, words, hint)


def severities(policy: Policy) -> Iterator[Diagnosis]:
    """Yield whether an incident of each severity finds anybody on its ladder."""
    for severity in Severity:
        climbed = [level for level in policy.levels if severity in level.severities]
        told = [level for level in climbed if reachable(policy, level)]
        if not climbed:
            hint = f"name {severity} in the severities of a level"
            yield Diagnosis(SEVERITY, severity, Grade.FAILURE, "misconfigured: no level is for it", hint)
        elif not told:
            words = "no one can be paged: nobody on its levels can be reached"
            yield Diagnosis(SEVERITY, severity, Grade.FAILURE, words, "give one of its levels a contact")
        elif all(level.confirmed_only for level in told):
            words = "nobody can be reached before a person has confirmed it"
            yield Diagnosis(SEVERITY, severity, Grade.FAILURE, words, "give an earlier level a contact")
        else:
            first = min(told, key=lambda level: level.rank)
            words = f"{len(told)} of its {len(climbed)} levels can be told, {first.name} first"
            yield Diagnosis(SEVERITY, severity, Grade.OK, words)


def contacts(policy: Policy) -> Iterator[Diagnosis]:
    """Yield the contacts that cannot be told by the program, and how people reach them."""
    for contact in policy.contacts:
        if contact.notify:
            continue  # its ways are tried
        if contact.reachable:
            ways = [word for word in ("phone", "chat", "email") if getattr(contact, word)]
            words = f"only by hand: {', '.join(ways)}"
            yield Diagnosis(CONTACT, contact.id, Grade.NOTE, words, "give it a notify, and warroom tells it")
        else:
            hint = "give it a phone, chat, email or notify"
            yield Diagnosis(CONTACT, contact.id, Grade.WARNING, "no way to reach it is configured", hint)


def audiences(found: Iterable[Audience]) -> Iterator[Diagnosis]:
    """Yield which audiences an update goes to, and which have to be told by other means."""
    for audience in found:
        if audience.channels:
            words = f"told by {_names(audience.channels)}"
            yield Diagnosis(AUDIENCE, audience.id, Grade.OK, words)
        else:
            words = "told by other means: it has no channel"
            yield Diagnosis(
                AUDIENCE, audience.id, Grade.NOTE, words, "give it a channel, or tell it yourself"
            )


def on_call(level: Level, calendar: Calendar, policy: Policy, now: datetime) -> Iterator[Diagnosis]:
    """Yield what a calendar that was read says: who now, strangers, and gaps in the next 14 days."""
    running, coming = now_and_next(calendar, now)
    stand_in = any(contact.id in level.contacts and contact.reachable for contact in policy.contacts)
    if running:
        words = f"reachable; on call now: {_names(spell.person for spell in running)}"
        yield Diagnosis(CALENDAR, level.id, Grade.OK, words)
    else:
        then = f" before {coming[0].starts:%a %d %b %H:%MZ}" if coming else ""
        grade = Grade.WARNING if stand_in else Grade.FAILURE
        after = ": the level's contacts are told instead" if stand_in else ", and no contact stands in"
        hint = "put somebody on the shift, or give the level contacts"
        yield Diagnosis(CALENDAR, level.id, grade, f"nobody on call{then}{after}", hint)
    names = dict.fromkeys(name for shift in calendar.shifts if shift.ends > now for name in shift.people)
    unknown = [name for name in names if not contact_of(name, policy.contacts).id]
    if unknown:
        words = f"no way to reach {_names(unknown)}: no contact has that name, id, email or chat"
        yield Diagnosis(CALENDAR, level.id, Grade.WARNING, words, "add a contact of that name")
    free = gaps(calendar, now)
    ahead = [gap for gap in free if gap.starts > now]
    if ahead:
        first = ahead[0]
        until = "" if first.open else f" until {first.ends:%a %d %b %H:%MZ}"
        count, which = ("a gap", "") if len(ahead) == 1 else (f"{len(ahead)} gaps", "the first ")
        words = f"{count} in the next 14 days, {which}from {first.starts:%a %d %b %H:%MZ}{until}"
        grade = Grade.NOTE if stand_in else Grade.WARNING
        yield Diagnosis(CALENDAR, level.id, grade, words, "put somebody on the shift")


def _names(found: Iterable[str]) -> str:
    names = list(dict.fromkeys(found))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
