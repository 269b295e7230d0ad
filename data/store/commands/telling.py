"""Telling people: stakeholder updates, the ladder by hand, calls (design 3.4, 3.5)."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from data.domain import clocks, ladder, lifecycle
from data.domain.change import Change, Changes, Refused
from data.domain.incident import Incident
from data.domain.instants import format_instant
from data.store.commands.finding import find_incident
from data.store.commands.incidents import act
from data.store.commands.outbox import enqueue_update
from data.store.definitions import load_channels, load_services
from data.store.unit import Answer, Write
from data.text import clean, clean_line
from data.update_facts import Answers
from data.update_messages import (
    Message,
    UpdateView,
    in_one_text,
    in_words,
    outdated,
    posts,
    sent_facts,
)


def send_update(
    write: Write,
    key: str,
    text: str,
    audiences: Sequence[str] = (),
    *,
    means: str = "by other means",
    messages: Sequence[Message] = (),
    answers: Answers | None = None,
    notify: bool = False,
) -> Answer | Refused:
    """Tell audiences what a person confirmed: over their channels, or by ``means`` those without any.

    ``text`` is what was said, for the timeline and, without ``messages``, for everybody; ``messages`` are
    what each audience was shown to get, and name the audiences. Default: every applicable one. Their clocks
    start anew. With ``notify`` a status page tells its subscribers.
    """
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    words = clean(text).strip()
    if not words:
        return Refused("an update needs some text")
    view = UpdateView(
        write.seq,
        found,
        write.policy,
        load_channels(write.connection),
        services=load_services(write.connection),
    )
    named = [item.audience for item in messages] or list(dict.fromkeys(audiences))
    if unknown := [item for item in named if write.policy.audience(item) is None]:
        known = ", ".join(audience.id for audience in write.policy.audiences)
        return Refused(f"there is no audience {unknown[0]}", f"audiences: {known}", "not-found")
    named = named or [clock.audience for clock in found.updates if clock.applies]
    told = tuple(messages) or in_one_text(view, words, named, write.now)
    if not told:
        return Refused(f"no audience applies to {found.key}", "name one with --audience")
    if words_for := outdated(view, told, write.now):
        return Refused(words_for, "look at the text again")
    facts = sent_facts(told, words, means, final=found.status.over)
    facts |= {"answers": asdict(answers)} if answers else {}
    changes = [Change("update", facts=facts)]
    changes += [
        clocks.sent(write.policy, found, item.audience, write.now, item.due)
        for item in told
        if found.clock(item.audience) is not None
    ]
    seq = write.seq + 1  # the update's own event
    state = write.change(found, tuple(changes))
    for item, channel, audience in posts(told):
        ways = [way for way in view.channels if way.id == channel]
        # the incident's own title is for those inside
        options = {"notify": notify} | ({"title": item.subject} if item.external else {})
        enqueue_update(write, state, seq, audience, ways, item.subject, item.body, options)
    reading = clocks.read_update(state, write.now)
    due = f"; the next is due {format_instant(reading.due)}" if reading.due else ""
    over = f"; {state.key} is {state.status}: it was the final one" if state.status.over else ""
    next_due = reading.due.isoformat() if reading.due else None
    return Answer(
        state.key,
        f"{state.key}: update to {in_words(told, means)}{over or due}",
        {"audiences": [item.audience for item in told], "next_due": next_due, "queued": len(posts(told))},
    )


def snooze(
    write: Write, key: str, until: datetime, why: str, audiences: Sequence[str] = ()
) -> Answer | Refused:
    """Put off a due update, with a reason; the cadence stays."""

    return act(
        write,
        key,
        lambda incident: clocks.snooze(incident, until, clean_line(why), write.now, audiences),
        lambda state: f"{state.key}: update snoozed",
    )


def switch_audience(write: Write, key: str, audience_id: str, on: bool, why: str = "") -> Answer | Refused:
    """Switch an audience on or off for an incident by hand."""

    def rule(incident: Incident) -> Changes | Refused:
        audience = write.policy.audience(audience_id)
        if audience is None:
            return Refused(f"there is no audience {audience_id}", "", "not-found")
        clock = incident.clock(audience_id)
        if (clock.applies if clock else False) is on:
            return Refused(f"{audience.name} is already switched {'on' if on else 'off'} for {incident.key}")
        change = clocks.switch_audience(write.policy, incident, audience, on, write.now)
        reason = clean_line(why)
        return (replace(change, facts={**change.facts, "why": reason}) if reason else change,)

    return act(write, key, rule, lambda state: f"{state.key}: {audience_id} {'on' if on else 'off'}")


def escalate(write: Write, key: str, *, to: str | None = None, seen: str | None = None) -> Answer | Refused:
    """Tell the next level, or a chosen one, by hand."""

    def rule(incident: Incident) -> Changes | Refused:
        change = ladder.escalate(write.policy, incident, write.now, to=to, seen=seen)
        return change if isinstance(change, Refused) else (change,)

    def said(state: Incident) -> str:
        level = write.policy.level(state.ladder.level) if state.ladder and state.ladder.level else None
        return f"{state.key} escalated to {level.name if level else 'nobody'}"

    return act(write, key, rule, said)


def record_call(
    write: Write, key: str, contact_id: str, result: str, *, takes: bool = False, seen: str | None = None
) -> Answer | Refused:
    """Write down a call: reached, no-answer or left-message.

    "reached" acknowledges only when the person takes it, in that person's name. "no-answer" advances to
    the next level once everybody reachable on this one was called in vain.
    """
    if result not in ("reached", "no-answer", "left-message"):
        return Refused(f"{result} is no result of a call", "reached, no-answer or left-message")
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    contact = write.policy.contact(contact_id)
    if contact is None:
        return Refused(f"there is no contact {contact_id}", "", "not-found")
    rung = found.ladder
    level = write.policy.level(rung.level) if rung and rung.level else None
    facts = {"contact": contact.name, "result": result, "level": level.name if level else "", "takes": takes}
    called = Change("call", facts=facts)
    asked = ladder.reachable(write.policy, level) if level is not None else ()
    if result == "no-answer" and rung is not None and contact in asked:
        tried = (*rung.no_answer, contact_id)
        called = replace(called, after={"ladder": replace(rung, no_answer=tried)})
    state = write.change(found, (called,))
    if takes:
        changes = lifecycle.acknowledge(state, contact.name, write.now)
        if isinstance(changes, Refused):  # the call happened all the same
            return Answer(found.key, f"{contact.name}: reached; {changes.reason}")
        write.change(state, tuple(replace(change, by=change.by or contact.name) for change in changes))
        return Answer(found.key, f"{contact.name} takes {found.key}")
    if result == "no-answer" and state.live and not state.held and level is not None:
        tried_now = state.ladder.no_answer if state.ladder else ()
        if all(item.id in tried_now for item in ladder.reachable(write.policy, level)):
            moved = ladder.escalate(write.policy, state, write.now, seen=seen)
            if not isinstance(moved, Refused):
                write.change(state, (moved,))
                return Answer(found.key, f"{contact.name}: no answer; {moved.facts['name']} is next")
    return Answer(found.key, f"{contact.name}: {result.replace('-', ' ')}")
