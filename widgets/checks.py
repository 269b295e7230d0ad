"""How a health check is said: its state as a word, for how long, and what it answered."""

from datetime import datetime

from data.domain.check import Outcome, Reason
from data.domain.durations import age
from data.views import CheckView
from widgets.times import wall

_WORDS = {"up": "ok", "degraded": "slow", "down": "DOWN", "unknown": "unknown"}
_TONES = {"up": "good", "degraded": "warn", "down": "late", "unknown": "warn"}
WORD_WIDTH = 8


def word(view: CheckView) -> tuple[str, str]:
    """Return a check's state as a word and its tone; "slow" only where slowness is what degrades it."""
    if view.state == "down" and view.masked_by:
        return "masked", "muted"
    if view.flapping:
        return "flapping", "warn"
    if view.state == "degraded" and view.last and view.last.reason is not Reason.SLOW:
        return "degraded", "warn"
    return _WORDS[view.state], _TONES[view.state]


def lasting(view: CheckView, now: datetime) -> str:
    """Return for how long a check has been so."""
    return age(now - view.since) if view.since else "—"


def answer(view: CheckView) -> str:
    """Return what the last probe brought, in few words."""
    if view.last is None:
        return "not probed yet"
    last = view.last
    if view.masked_by:
        return f"because {view.masked_by} is down"
    if last.outcome is Outcome.INCONCLUSIVE:
        return f"no answer that counts: {last.detail or last.reason}"
    if view.state == "down" and last.outcome is not Outcome.FAIL:
        return f"answers again: {milliseconds(last.timings.total)}"
    return last.detail or milliseconds(last.timings.total)


def maintenance(view: CheckView, zone: str) -> str:
    """Return until when a check may be down, in words; an empty string outside maintenance."""
    until = view.maintenance_until
    return f"maintenance to {wall(until, zone, seconds=False)}" if until else ""


def attempts(view: CheckView) -> str:
    """Return "2/3" while failing, else an empty string."""
    if not view.attempt:
        return ""
    return f"{min(view.attempt, view.check.fail_after)}/{view.check.fail_after}"


def milliseconds(seconds: float | None) -> str:
    """Return a latency: "38 ms", "2.1 s", or a dash."""
    if seconds is None:
        return "—"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
