"""Flapping: a check that changes its mind too often to be believed (design 3.6)."""

from data.domain.check import Outcome

WINDOW = 21  # results looked at, hence up to 20 changes
START = 30.0  # per cent of weighted change at which flapping begins
STOP = 20.0  # below which it ends

_OLDEST, _NEWEST = 0.8, 1.2  # weights of the oldest and the newest change; they average 1
_MARKS = {Outcome.PASS: ".", Outcome.WARN: "~", Outcome.FAIL: "x"}


def push(recent: str, outcome: Outcome) -> str:
    """Return the marks with this outcome appended, at most WINDOW of them, newest last.

    ``.`` pass, ``~`` warn, ``x`` fail. An inconclusive outcome leaves no mark.
    """
    return (recent + _MARKS.get(outcome, ""))[-WINDOW:]


def change(recent: str) -> float:
    """Return the weighted change in per cent, 0 to 100: newer changes count more.

    Only ok against failed counts: a service that hovers around its latency limit is slow,
    and must not lose its voice when it then really fails. A history shorter than WINDOW
    counts as unchanged before its first mark.
    """
    failed = [mark == "x" for mark in recent[-WINDOW:]]
    last = WINDOW - 2
    offset = WINDOW - len(failed)
    total = sum(
        _OLDEST + (_NEWEST - _OLDEST) * (offset + index) / last
        for index in range(len(failed) - 1)
        if failed[index] != failed[index + 1]
    )
    return 100.0 * total / (WINDOW - 1)


def flaps(recent: str, before: bool) -> bool:
    """Say whether the check flaps now, given whether it did before: in at START, out below STOP."""
    percent = change(recent)
    return percent >= STOP if before else percent >= START
