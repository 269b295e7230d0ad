"""An update that is being written: what was typed is kept, and who else writes to the same people is told."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.app import WarRoom


class Writing:
    """What the editor tells the room, and asks of it, while somebody writes."""

    def __init__(self, room: "WarRoom", incident: str, draft: str) -> None:
        self._room = room
        self._incident = incident
        self._draft = draft
        self.since = room.drafts.since(draft)  # when what it opens with was typed, in words

    def keep(self, text: str) -> None:
        """Keep what is typed; an empty text is none."""
        self._room.drafts[self._draft] = text

    def to(self, audiences: Iterable[str]) -> None:
        """Say to whom it is being written; to none, no longer."""
        self._room.presence.writes(self._incident, audiences)

    def others(self, audiences: Iterable[str]) -> str:
        """Say who else is writing to some of them, empty where nobody is."""
        return self._room.presence.also_writing(self._incident, audiences)
