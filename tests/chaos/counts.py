"""What a round of chaos came to."""

import os
from dataclasses import dataclass, field

SHORT = "CHAOS_SHORT"  # in the environment: a quarter of the blows


def dealt(usual: int) -> int:
    """How many blows a round deals."""
    return max(1, usual // 4) if os.environ.get(SHORT) else usual


@dataclass(slots=True)
class Counts:
    """``tried`` blows were dealt and ``survived``; nothing may be ``lost`` or ``doubled``.

    ``notes`` say what was dealt and what broke, a line each.
    """

    name: str
    tried: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything was survived and nothing lost or doubled."""
        return self.survived == self.tried and not self.lost and not self.doubled

    def lose(self, count: int, what: str) -> None:
        """Count what is missing; nothing is said of none."""
        if count:
            self.lost += count
            self.notes.append(f"LOST {count}: {what}")

    def double(self, count: int, what: str) -> None:
        """Count what was done twice or to no purpose; nothing is said of none."""
        if count:
            self.doubled += count
            self.notes.append(f"DOUBLED {count}: {what}")

    def __str__(self) -> str:
        mark = "  " if self.ok else "!!"
        figures = (
            f"tried {self.tried:4}  survived {self.survived:4}  lost {self.lost}  doubled {self.doubled}"
        )
        return "\n".join([f"{mark} {self.name:<34} {figures}", *(f"      {note}" for note in self.notes)])


class Unavailable(Exception):
    """What cannot be tried here; the text says why."""
