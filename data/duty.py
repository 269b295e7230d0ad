"""Who answers for each level at an instant, from its calendar and its contacts: pure, as the board is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from data.domain import handover
from data.domain.handover import Handover, Held
from data.domain.ladder import reachable
from data.domain.on_call import Calendar, Spell, answering_now, contact_of, gaps, now_and_next
from data.domain.policy import Level, Policy
from data.views import LevelView, OnCallPerson, Turn


@dataclass(frozen=True, slots=True)
class Duty:
    """A room's policy with its calendars, as they stand at ``now``."""

    policy: Policy
    calendars: tuple[Calendar, ...] = ()
    now: datetime | None = None  # None: no level has a calendar, and no instant matters

    def calendar(self, level: Level) -> Calendar | None:
        """Return the copy of a level's calendar; an empty one where none was read yet, None without one."""
        if not level.calendar:
            return None
        return next((item for item in self.calendars if item.level == level.id), Calendar(level.id))

    def due(self, held: Iterable[Held]) -> tuple[Handover, ...]:
        """Return which incidents have to be handed over."""
        return handover.due(self.policy, self.calendars, held, self.now) if self.now else ()


def at(policy: Policy, calendars: Iterable[Calendar], now: datetime) -> Duty:
    """Return who is on duty at an instant."""
    copies = tuple(calendars)
    on_call = answering_now(policy.levels, copies, policy.contacts, now)
    return Duty(replace(policy, on_call=on_call), copies, now)


def on_call(duty: Duty, due: Iterable[Handover] = ()) -> tuple[OnCallPerson, ...]:
    """Return who answers for each level now, as the board shows it."""
    outgoing = [(item.level, item.outgoing) for item in due]
    found = []
    for view in level_views(duty):
        known = {turn.contact for turn in view.now if turn.contact in view.answering}
        ends = [turn.ends for turn in view.now if turn.contact in known and turn.ends is not None]
        strangers = tuple(turn.contact.name for turn in view.now if not turn.contact.reachable)
        stale = view.calendar is not None and duty.now is not None and view.calendar.stale(duty.now)
        leaving = dict.fromkeys(name for level, name in outgoing if level == view.level.id)
        until = min(ends, default=None)
        level = view.level
        found.append(
            OnCallPerson(level.rank, level.name, view.answering, until, strangers, stale, tuple(leaving))
        )
    return tuple(found)


def level_views(duty: Duty) -> tuple[LevelView, ...]:
    """Return every level in its order, with now, next and the gaps ahead."""
    levels = sorted(duty.policy.levels, key=lambda level: level.rank)
    return tuple(_level_view(duty, level) for level in levels)


def _level_view(duty: Duty, level: Level) -> LevelView:
    answering, calendar = reachable(duty.policy, level), duty.calendar(level)
    if calendar is None or duty.now is None:
        return LevelView(level, answering)
    running, coming = now_and_next(calendar, duty.now)
    return LevelView(
        level,
        answering,
        tuple(_turn(duty.policy, spell) for spell in running),
        tuple(_turn(duty.policy, spell) for spell in coming),
        gaps(calendar, duty.now),
        calendar,
    )


def _turn(policy: Policy, spell: Spell) -> Turn:
    return Turn(contact_of(spell.person, policy.contacts), spell.starts, spell.ends)
