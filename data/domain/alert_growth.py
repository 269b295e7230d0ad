"""When an incident hears that its alerts became more, or worse: seldom enough to be read (design 3.7)."""

from data.domain.severity import Severity


def joined(told: int, loud: int) -> int:
    """Return how many alerts came to those that were told of; 0 while they are too few to tell again.

    Half as many again must have come: a group that grows one by one is told in a few lines, not in
    hundreds. ``told`` is 0 where nobody counts.
    """
    more = loud - told
    return more if told > 0 and more >= max(1, told // 2) else 0


def worsened(told: Severity | None, now: Severity) -> bool:
    """Tell whether they are more severe than was told; None where nothing was."""
    return told is not None and now < told
