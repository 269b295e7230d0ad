"""How a console begins: what it shows first, and whether it may change anything."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.app import WarRoom

INCIDENT = "incident"  # the view that shows the most urgent one
_KEY = re.compile(r"(?:INC-)?([1-9][0-9]{0,8})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a console begins.

    ``view`` names what it shows (empty: the board), ``incident`` an incident to show instead. ``beside``
    says that another console in front of the same people works and rings.
    """

    view: str = ""
    incident: str = ""
    read_only: bool = False
    beside: bool = False

    @property
    def works(self) -> bool:
        """True where this console polls, climbs and sends."""
        return not (self.read_only or self.beside)


def views() -> tuple[str, ...]:
    """Return the names of the views a console can begin with."""
    from console.actions import ACTIONS

    found = [action.id.removeprefix("view.") for action in ACTIONS if action.id.startswith("view.")]
    return (*found, INCIDENT)


def incident_key(text: str) -> str:
    """Return INC-42 for ``INC-42``, ``inc-42`` or ``42``. Raises ValueError for anything else."""
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no incident: write INC-42")
    return f"INC-{match[1]}"


def begin(room: "WarRoom") -> None:
    """Show what a console begins with, over the board that was put up."""
    opening = room.opening
    if opening.incident:
        room.open_incident(opening.incident)
    elif opening.view == INCIDENT:
        Following(room).start()
    elif opening.view:
        room.call_after_refresh(room.screen_stack[-1].action_do, f"view.{opening.view}")


class Following:
    """Shows the most urgent live incident, once there is one and again when the one shown is over.

    Whoever has gone to another view is left there.
    """

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._key = ""

    def start(self) -> None:
        """Begin to follow the board."""
        self._room.watch(self._room, "board", self._look)

    def _look(self) -> None:
        room = self._room
        if room.board.seq < 0:
            return
        live = [row.key for row in room.board.rows if not row.proposed]
        if self._key in live:
            return
        if self._key and self._showing():
            room.go_home()
        if live and len(room.screen_stack) == 2:
            self._key = live[0]
            room.open_incident(self._key)
        elif not live:
            self._key = ""
            room.say("No live incident: the most urgent one opens here by itself.")

    def _showing(self) -> bool:
        top = self._room.screen_stack[-1]
        return getattr(top, "incident_key", str)() == self._key
