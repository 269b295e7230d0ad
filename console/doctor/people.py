"""Calendars fetched anew, and with what they say whom each level of the ladder would tell."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from console.doctor.credentials import missing
from console.doctor.facts import Facts
from console.doctor.rounds import Try
from console.threads import in_thread
from console.workers.calendar_source import Fetcher, NoCalendar, locate
from console.workers.secrets import SecretMissing
from data import duty
from data.calendars import NotACalendar, Shifts, read_calendar
from data.domain import readiness
from data.domain.diagnosis import Diagnosis, Grade
from data.domain.on_call import Calendar
from data.domain.policy import Level

FETCHING, READING = 8.0, 3.0  # seconds for one calendar
_WRONG = "look at its address; what is behind it must be a calendar in iCalendar's format"


def tries(facts: Facts) -> tuple[list[Try], list[Try]]:
    """Return a look at each calendar, and the look at all levels that waits for them."""
    fetcher = Fetcher(limit=FETCHING)
    read: dict[str, Calendar] = {copy.level: copy for copy in facts.calendars}
    known = [level for level in facts.policy.levels if level.calendar]
    done = [asyncio.Event() for _ in known]
    looks = [
        Try(readiness.CALENDAR, level.id, partial(_calendar, facts, level, fetcher, read, event))
        for level, event in zip(known, done, strict=True)
    ]
    ladder = Try(readiness.LEVEL, "", partial(_ladder, facts, read, done), FETCHING + READING + 2)
    return looks, [ladder]


async def _calendar(
    facts: Facts, level: Level, fetcher: Fetcher, read: dict[str, Calendar], done: asyncio.Event
) -> list[Diagnosis]:
    kind, name = readiness.CALENDAR, level.id
    try:
        async with asyncio.timeout(FETCHING + READING):
            place = await in_thread(lambda: locate(level.calendar or ""))
            found = await _read(facts, await fetcher.fetch(place))
    except SecretMissing as error:
        return [missing(facts, kind, name, error)]
    except (NoCalendar, NotACalendar) as error:
        return [Diagnosis(kind, name, Grade.FAILURE, f"unreachable, or no calendar: {error}", _WRONG)]
    except (OSError, ValueError, RuntimeError) as error:
        words = "no answer in time" if isinstance(error, TimeoutError) else "its file cannot be read"
        return [Diagnosis(kind, name, Grade.FAILURE, f"unreachable: {words}", _WRONG)]
    else:
        copy = Calendar(level.id, found.shifts, facts.now, facts.now, found.until)
        read[level.id] = copy
        said = list(readiness.on_call(level, copy, facts.policy, facts.now))
        if found.warning:
            said.append(
                Diagnosis(kind, name, Grade.WARNING, f"partly read: {found.warning}", "mend the feed")
            )
        return said
    finally:
        done.set()


async def _read(facts: Facts, body: bytes) -> Shifts:
    began = time.monotonic()
    return await in_thread(
        lambda: read_calendar(
            body, facts.now, zone=facts.policy.zone, enough=lambda: time.monotonic() - began > READING
        )
    )


async def _ladder(facts: Facts, read: dict[str, Calendar], done: Sequence[asyncio.Event]) -> list[Diagnosis]:
    """Judge the ladder by the calendars as they are now, by the copies kept where one cannot be had."""
    for event in done:
        await event.wait()
    policy = facts.policy
    if done:
        policy = duty.at(policy, read.values(), facts.now).policy
    return [*readiness.severities(policy), *readiness.levels(policy)]
