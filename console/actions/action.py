"""An action: something a key does, and the places it does it in."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Where(StrEnum):
    """The places a key can be pressed in."""

    ANYWHERE = "anywhere"
    BOARD = "board"
    INCIDENT = "incident"
    HEALTH = "health"
    ON_CALL = "on call"
    DELIVERIES = "who was told"
    ALERTS = "alerts"
    MESSAGES = "messages"
    REPORTS = "reports"
    REVIEW = "review"
    POST_MORTEM = "post-mortem"
    RUNBOOKS = "runbooks"
    RUNBOOK = "runbook"
    IMPORT = "import"
    WHO = "who is here"


PLACES = tuple(where for where in Where if where is not Where.ANYWHERE)
BOTH = (Where.BOARD, Where.INCIDENT)
ALERTS = (Where.ALERTS,)
AFTER = (Where.REVIEW, Where.POST_MORTEM)
RUNBOOKS = (Where.RUNBOOKS, Where.RUNBOOK)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does. ``handler`` is ``module:function`` in ``console.handlers``.

    ``label`` stands in the footer (empty: not shown there), ``help`` is a sentence for help and palette.
    ``id`` is what a personal key map names.
    """

    id: str
    key: str
    label: str
    help: str
    where: tuple[Where, ...]
    handler: str
    shown_key: str = ""
    practice: bool = False  # only in the practice room
    drill: bool = False  # only in a drill
    writes: bool = False  # changes something, so that a read-only console refuses it

    @property
    def key_text(self) -> str:
        """The key as people write it."""
        return self.shown_key or self.key

    def on_key(self, key: str) -> "Action":
        """Return the same action on another key."""
        return replace(self, key=key, shown_key="")
