"""The escalation ladder: who is told, and who is next, when (guide: Escalation Path; design 3.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.domain.change import Change, Changes, Refused
from data.domain.incident import Incident, Ladder, LadderState
from data.domain.policy import Contact, Level, Policy
from data.domain.severity import Severity

UNREACHED = timedelta(minutes=2)  # after the last way of a level has failed, before the next is told


@dataclass(frozen=True, slots=True)
class Rung:
    """One level as the ladder view shows it; ``due`` is None where it is not to be told.

    ``page`` is what came of its pages, where it is known: sent, sending, waiting, failed or suppressed.
    """

    level: Level
    contacts: tuple[Contact, ...]
    state: str  # told, next, later, nobody, not for this severity, after confirmation
    due: datetime | None = None
    page: str = ""


def reachable(policy: Policy, level: Level) -> tuple[Contact, ...]:
    """Return who answers for a level now and has any way to be reached."""
    return tuple(contact for contact in policy.answering(level) if contact.reachable)


def applicable(policy: Policy, severity: Severity, confirmed: bool) -> tuple[Level, ...]:
    """Return the levels this severity climbs, in order; some only once a person confirmed it."""
    return tuple(
        level
        for level in sorted(policy.levels, key=lambda item: item.rank)
        if severity in level.severities and (confirmed or not level.confirmed_only)
    )


def _after(
    policy: Policy, severity: Severity, confirmed: bool, rank: int
) -> tuple[Level | None, tuple[str, ...]]:
    skipped: list[str] = []
    for level in applicable(policy, severity, confirmed):
        if level.rank <= rank:
            continue
        if reachable(policy, level):
            return level, tuple(skipped)
        skipped.append(level.id)
    return None, tuple(skipped)


def _aim(policy: Policy, incident: Incident, ladder: Ladder) -> Ladder:
    """Return the ladder with its next level and that level's due."""
    if ladder.told_at is None:
        return replace(ladder, next_level=None, next_at=None)
    # A level that has left the configuration since must not leave a ladder without a next step.
    told = policy.level(ladder.level) if ladder.level else None
    coming, _ = _after(policy, incident.severity, incident.confirmed, told.rank if told else 0)
    if coming is None and ladder.round <= policy.ladder_repeats:
        coming, _ = _after(policy, incident.severity, incident.confirmed, 0)
    if coming is None:
        ended = LadderState.EXHAUSTED if ladder.state is LadderState.RUNNING else ladder.state
        return replace(ladder, state=ended, next_level=None, next_at=None)
    return replace(ladder, next_level=coming.id, next_at=ladder.told_at + _wait(policy, incident, told))


def _wait(policy: Policy, incident: Incident, told: Level | None) -> timedelta:
    """Return how long the level told last has before the next is told."""
    return policy.delay(told, incident.severity) if told else policy.response(incident.severity)


def begin(policy: Policy, incident: Incident, at: datetime, *, above: int = 0) -> Change:
    """Start a ladder: its first reachable level is told at once, the unreachable ones are skipped.

    ``above`` starts over that rank (a lapsed acknowledgement starts one level above its holder).
    """
    level, skipped = _after(policy, incident.severity, incident.confirmed, above)
    if level is None and above:
        level, skipped = _after(policy, incident.severity, incident.confirmed, 0)
    if level is None:
        return Change("escalation", {"ladder": Ladder(LadderState.NOBODY, at)}, facts={"skipped": skipped})
    ladder = _on(policy, Ladder(LadderState.RUNNING, at), level, at)
    return Change(
        "escalation", {"ladder": _aim(policy, incident, ladder)}, facts=_told(policy, level, skipped)
    )


def start(policy: Policy, incident: Incident, at: datetime, *, above: int = 0) -> Change:
    """Start a ladder as the program itself does: an event by ``escalation`` that names who is told."""
    return replace(begin(policy, incident, at, above=above), by="escalation")


def wake(policy: Policy, incident: Incident, at: datetime) -> Changes:
    """Start a ladder that stood still because nobody could be paged, once somebody can be."""
    ladder = incident.ladder
    if ladder is None or ladder.state is not LadderState.NOBODY or incident.held or not incident.live:
        return ()
    begun = start(policy, incident, at)
    return () if begun.after["ladder"].state is LadderState.NOBODY else (begun,)


def hasten(policy: Policy, incident: Incident, at: datetime) -> Changes:
    """Bring the next level's turn forward: every way to everybody of the level told last has failed."""
    ladder = incident.ladder
    if ladder is None or ladder.state is not LadderState.RUNNING or ladder.next_at is None:
        return ()
    soon = at + UNREACHED
    if soon >= ladder.next_at:
        return ()
    told = policy.level(ladder.level) if ladder.level else None
    facts = {"level": ladder.level, "name": told.name if told else ladder.level}
    return (Change("unreached", {"ladder": replace(ladder, next_at=soon)}, facts=facts, by="escalation"),)


def by_hand(policy: Policy, level: Level) -> tuple[Contact, ...]:
    """Return whom somebody has to call: people of a level with a phone whom no machine reaches."""
    return tuple(contact for contact in reachable(policy, level) if contact.phone and not contact.notify)


def _on(policy: Policy, ladder: Ladder, level: Level, at: datetime) -> Ladder:
    """Return a ladder that has told a level at ``at``, its next step not yet aimed at."""
    told = tuple(dict.fromkeys((*ladder.told, level.id)))
    call = tuple(contact.id for contact in by_hand(policy, level))
    return Ladder(ladder.state, ladder.started, ladder.round, level.id, at, told=told, call=call)


def _told(policy: Policy, level: Level, skipped: tuple[str, ...]) -> dict[str, object]:
    return {
        "level": level.id,
        "name": level.name,
        "contacts": [contact.name for contact in reachable(policy, level)],
        "skipped": list(skipped),
    }


def climb(policy: Policy, incident: Incident, at: datetime) -> Change | Refused:
    """Tell the next level at ``at``, saying how late that is; the one after counts from then."""
    ladder = incident.ladder
    if ladder is None or ladder.state is not LadderState.RUNNING:
        return Refused(f"{incident.key}: the ladder stands still")
    told = policy.level(ladder.level) if ladder.level else None
    rank = told.rank if told else 0
    level, skipped = _after(policy, incident.severity, incident.confirmed, rank)
    number = ladder.round
    if level is None and ladder.round <= policy.ladder_repeats:
        level, again = _after(policy, incident.severity, incident.confirmed, 0)
        skipped, number = skipped + again, ladder.round + 1
    if level is None:
        return Refused(f"{incident.key}: everybody on the ladder has been told")
    moved = replace(_on(policy, ladder, level, at), round=number)
    facts = _told(policy, level, skipped)
    if ladder.next_at is not None and at > ladder.next_at:
        facts["late"] = (at - ladder.next_at).total_seconds()
    return Change("escalation", {"ladder": _aim(policy, incident, moved)}, facts=facts)


def escalate(
    policy: Policy, incident: Incident, at: datetime, *, to: str | None = None, seen: str | None = None
) -> Change | Refused:
    """Escalate by hand to the next level or a chosen one; never un-acknowledges.

    ``seen`` is the level the operator saw as told last: refused when somebody escalated since.
    """
    if incident.status.over:
        return Refused(f"{incident.key} is already {incident.status}")
    ladder = incident.ladder or Ladder(LadderState.STOPPED, at)
    told = policy.level(ladder.level) if ladder.level else None
    if seen is not None and seen != (ladder.level or ""):
        return Refused(
            f"somebody escalated {incident.key} to {told.name if told else 'nobody'} since you looked",
            "look at the ladder and escalate again if it is still needed",
        )
    if to is not None:
        level = policy.level(to)
        if level is None:
            known = ", ".join(item.id for item in policy.levels)
            return Refused(f"there is no level {to}", f"levels: {known}", "not-found")
        if not reachable(policy, level):
            return Refused(f"{level.name}: no contact is configured", "give the level a contact first")
        skipped: tuple[str, ...] = ()
    else:
        found, skipped = _after(policy, incident.severity, incident.confirmed, told.rank if told else 0)
        if found is None:
            if told is None:
                return Refused("no one can be paged: no level has a contact", "give a level one first")
            return Refused(f"no level above {told.name} can be told", "choose a level to tell it again")
        level = found
    moved = _on(policy, ladder, level, at)
    if ladder.state in (LadderState.NOBODY, LadderState.EXHAUSTED) and not incident.held:
        moved = replace(moved, state=LadderState.RUNNING)
    if moved.state in (LadderState.RUNNING, LadderState.HELD):
        moved = _aim(policy, incident, moved)
    return Change("escalation", {"ladder": moved}, facts={**_told(policy, level, skipped), "by_hand": True})


def stopped(incident: Incident) -> dict[str, Ladder]:
    """Return the fields that stop a ladder, whatever it was doing."""
    if incident.ladder is None:
        return {}
    return {
        "ladder": replace(incident.ladder, state=LadderState.STOPPED, next_level=None, next_at=None),
    }


def re_aim(policy: Policy, incident: Incident, before: Severity, at: datetime) -> dict[str, Ladder]:
    """Return the ladder after a severity change; an upgrade never makes the next level wait longer.

    A held ladder runs again once a person has confirmed the severity; an exhausted one does when the
    change adds levels to tell, and those wait from ``at``.
    """
    ladder = incident.ladder
    if ladder is None or ladder.state in (LadderState.STOPPED, LadderState.NOBODY):
        return {}
    held = ladder.state is LadderState.HELD and not incident.confirmed
    aimed = _aim(policy, incident, ladder if held else replace(ladder, state=LadderState.RUNNING))
    told = policy.level(ladder.level) if ladder.level else None
    if aimed.next_at is not None and (incident.severity < before or ladder.state is LadderState.EXHAUSTED):
        soon = at + _wait(policy, incident, told)
        aimed = replace(aimed, next_at=min(soon, ladder.next_at or soon))
    return {} if aimed == ladder else {"ladder": aimed}


def plan(policy: Policy, incident: Incident) -> tuple[Rung, ...]:
    """Return every level with its people, and when each is told if nobody answers."""
    ladder = incident.ladder
    told = policy.level(ladder.level) if ladder and ladder.level else None
    running = ladder is not None and ladder.state is LadderState.RUNNING
    due = ladder.next_at if ladder and running else None
    rungs = []
    ahead = {level.id for level in applicable(policy, incident.severity, incident.confirmed)}
    for level in sorted(policy.levels, key=lambda item: item.rank):
        contacts = reachable(policy, level)
        if ladder is not None and level.id in _heard(policy, ladder):
            at = ladder.told_at if level.id == ladder.level else None
            rungs.append(Rung(level, contacts, "told", at))
        elif incident.severity not in level.severities:
            rungs.append(Rung(level, contacts, f"not for {incident.severity}"))
        elif level.id not in ahead:
            rungs.append(Rung(level, contacts, "once a person confirms"))
        elif not contacts:  # below the level told last too: it was skipped
            rungs.append(Rung(level, contacts, "nobody"))
        elif told is not None and level.rank < told.rank:  # passed over by hand
            rungs.append(Rung(level, contacts, "later"))
        else:
            state = "next" if running and ladder and ladder.next_level == level.id else "later"
            rungs.append(Rung(level, contacts, state, due))
            due = due + policy.delay(level, incident.severity) if due else None
    return tuple(rungs)


def paged(rungs: Iterable[Rung], pages: Mapping[str, str]) -> tuple[Rung, ...]:
    """Return the levels with what came of the pages to those that were told."""
    return tuple(
        replace(rung, page=pages.get(rung.level.id, "")) if rung.state == "told" else rung for rung in rungs
    )


def _heard(policy: Policy, ladder: Ladder) -> tuple[str, ...]:
    """Return the levels that were told; of a ladder that did not keep them, all up to the last."""
    told = policy.level(ladder.level) if ladder.level else None
    if ladder.told or told is None:
        return ladder.told
    return tuple(
        level.id
        for level in policy.levels
        if level.id == told.id or (level.rank < told.rank and reachable(policy, level))
    )


def above_holder(policy: Policy, incident: Incident) -> int:
    """Return the rank of the level whose contact holds the incident, else of the level told last."""
    for level in policy.levels:
        named = (policy.contact(item) for item in level.contacts)
        for contact in (*named, *policy.on_call.get(level.id, ())):
            if contact and incident.acknowledged_by in (contact.id, contact.name):
                return level.rank
    told = policy.level(incident.ladder.level) if incident.ladder and incident.ladder.level else None
    return told.rank if told else 0
