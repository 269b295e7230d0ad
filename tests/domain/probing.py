"""A check's story, one letter for each look: P pass, W warn, F refused, E error status, ? offline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import Health, Shift, observe

T0 = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
LOOKS = {
    "P": (Outcome.PASS, Reason.OK),
    "W": (Outcome.WARN, Reason.SLOW),
    "F": (Outcome.FAIL, Reason.REFUSED),
    "E": (Outcome.FAIL, Reason.STATUS),
    "?": (Outcome.INCONCLUSIVE, Reason.OFFLINE),
}


def second(number: float) -> datetime:
    """An instant of the story."""
    return T0 + timedelta(seconds=number)


def check(name: str = "checkout-api", **changes: Any) -> Check:
    """A check with the defaults of the configuration."""
    return replace(Check(name, service=name, url=f"https://{name}.example/healthz"), **changes)


def look(letter: str, at: datetime = T0) -> Result:
    """What one look found."""
    outcome, reason = LOOKS[letter]
    return Result(at, outcome, reason)


def tell(
    of: Check, letters: str, health: Health | None = None, begin: datetime = T0, step: float = 10
) -> tuple[Health, list[Shift]]:
    """Observe one look every ``step`` seconds and return where that leads, with all shifts."""
    health = health or Health(of.id)
    shifts: list[Shift] = []
    for number, letter in enumerate(letters):
        health, new = observe(of, health, look(letter, begin + timedelta(seconds=step * number)))
        shifts.extend(new)
    return health, shifts
