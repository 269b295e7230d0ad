"""What the line above the keys says: that something was done, or why not."""

from dataclasses import dataclass
from typing import Literal

from data.domain.change import Refused

Severity = Literal["information", "warning", "error"]
READ_ONLY = Refused(
    "this console is read-only", "open one without --read-only to change anything", "read-only"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence that stays for a while."""

    text: str
    severity: Severity = "information"

    @property
    def seconds(self) -> float:
        """For how long it stays; who is told no has to think about it."""
        return len(self.text) / 20 + (3.0 if self.severity == "information" else 8.0)


def in_sentences(refused: Refused) -> str:
    """Return why something was not done, and what to do."""
    hint = f" {refused.hint[:1].upper()}{refused.hint[1:]}." if refused.hint else ""
    return f"{refused.reason[:1].upper()}{refused.reason[1:]}.{hint}"
