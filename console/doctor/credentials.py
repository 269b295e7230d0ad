"""Secrets: every reference in the configuration, resolved on this host, named and never shown."""

from collections.abc import Mapping
from contextlib import suppress

from console.doctor.facts import Facts
from console.doctor.rounds import Try
from console.threads import in_thread
from console.workers.calendar_source import NoCalendar, locate
from console.workers.secrets import SecretMissing, is_reference, resolve
from data.domain.diagnosis import Diagnosis, Grade

SECRET = "secret"  # noqa: S105 - the word itself
SECONDS = 5.0  # a file may lie on a slow disk
_SHOWN = 3  # users named in one sentence


def tries(facts: Facts) -> list[Try]:
    """Return one look for each reference."""
    users: dict[str, dict[str, None]] = {}
    for text, user in facts.references():
        if is_reference(text):
            users.setdefault(text, {})[user] = None
    calendars = {level.calendar: f"level {level.id}" for level in facts.policy.levels if level.calendar}
    for text, user in calendars.items():
        users.setdefault(text, {})[user] = None
    return [_look(facts, reference, names, reference in calendars) for reference, names in users.items()]


def _look(facts: Facts, reference: str, users: Mapping[str, None], calendar: bool) -> Try:
    used = f"for {', '.join(list(users)[:_SHOWN])}"
    if len(users) > _SHOWN:
        used += f" and {len(users) - _SHOWN} more"

    async def work() -> list[Diagnosis]:
        try:
            await in_thread(lambda: _resolve(reference, calendar))
        except SecretMissing as error:
            return [missing(facts, SECRET, reference, f"{error} ({used})")]
        return [Diagnosis(SECRET, reference, Grade.OK, f"is there, {used}")]

    return Try(SECRET, reference, work, SECONDS)


def _resolve(reference: str, calendar: bool) -> None:
    if not calendar:
        resolve(reference)
        return
    # its file may be the calendar itself, larger than any secret; what else is wrong its own look says
    with suppress(NoCalendar, OSError, ValueError, RuntimeError):
        locate(reference)


def missing(facts: Facts, kind: str, name: str, why: object) -> Diagnosis:
    """Return what a secret that this host lacks comes to: less bad where another host works too."""
    words = f"secret missing: {why}"
    if facts.elsewhere:
        hint = f"{facts.elsewhere} works too and may have it; else set it here"
        return Diagnosis(kind, name, Grade.WARNING, words, hint)
    return Diagnosis(kind, name, Grade.FAILURE, words, "set it where the console or warroom watch runs")
