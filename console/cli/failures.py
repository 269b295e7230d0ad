"""How a run fails: a reason, a hint and an exit code, never a traceback."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.domain.change import Refused

REFUSED, USAGE, STORE, NOT_FOUND, INTERNAL, INTERRUPTED = 1, 2, 3, 4, 70, 130


class Failure(Exception):
    """Why nothing was done. ``code`` is a word for scripts, ``status`` the exit code."""

    def __init__(self, reason: str, hint: str = "", *, code: str = "refused", status: int = REFUSED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.code = code
        self.status = status


def usage(reason: str, hint: str = "") -> Failure:
    """Return the failure of somebody who typed what cannot be meant."""
    return Failure(reason, hint, code="usage", status=USAGE)


def not_found(reason: str, hint: str = "") -> Failure:
    """Return the failure of naming what is not there."""
    return Failure(reason, hint, code="not-found", status=NOT_FOUND)


def refused(answer: "Refused") -> Failure:
    """Return a command's refusal as a failure."""
    from data.domain.lifecycle import NEEDS_REASON

    status = NOT_FOUND if answer.code == "not-found" else REFUSED
    hint = answer.hint
    if answer.code == NEEDS_REASON:
        hint = f"{hint or 'give one'}: --why TEXT"
    return Failure(answer.reason, hint, code=answer.code, status=status)
