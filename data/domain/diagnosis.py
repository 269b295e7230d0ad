"""What a look at one thing the room depends on came to, and what all of them come to together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is at night: a failure means that somebody is not told, or nothing is known."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAILURE = "failure"

    @property
    def rank(self) -> int:
        """0 is the best."""
        return list(Grade).index(self)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at. ``kind`` and ``name`` say which, ``what`` how it is, ``hint`` what to do.

    Each is one clean line without secrets; the hint is empty where there is nothing to do.
    """

    kind: str
    name: str
    grade: Grade
    what: str
    hint: str = ""

    @property
    def subject(self) -> str:
        """Both words, as in ``source prod-alerts``."""
        return f"{self.kind} {self.name}".rstrip()


def ordered(found: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Return the worst first; of the same grade in the order they came."""
    return tuple(sorted(found, key=lambda item: -item.grade.rank))


def worst(found: Iterable[Diagnosis]) -> Grade:
    """Return the worst grade; nothing at all is ok."""
    return max((item.grade for item in found), key=lambda grade: grade.rank, default=Grade.OK)


def summary(found: Iterable[Diagnosis]) -> str:
    """Return how many there are of each grade, the worst first: ``1 failure, 2 warnings, 9 ok``."""
    counted = Counter(item.grade for item in found)
    told = []
    for grade in reversed(Grade):
        if count := counted[grade]:
            word = grade.value if grade is Grade.OK or count == 1 else f"{grade.value}s"
            told.append(f"{count} {word}")
    return ", ".join(told) or "nothing to look at"
