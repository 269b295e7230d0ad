"""How a console begins: what it shows first, and whether it may change anything."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.app import WarRoom
    from console.settings import AttentionSettings

INCIDENT = "incident"  # the view that shows the most urgent one
WALL = "wall"  # big clocks, and nothing to press
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

    def heard(self, settings: "AttentionSettings") -> "AttentionSettings":
        """Return how it calls people: beside another one it does not, and a wall only rings."""
        if self.beside:
            return replace(settings, bell=False, notify=False)
        return replace(settings, notify=False) if self.view == WALL else settings


def views() -> tuple[str, ...]:
    """Return the names of the views a console can begin with."""
    from console.actions import ACTIONS

    found = [action.id.removeprefix("view.") for action in ACTIONS if action.id.startswith("view.")]
    return (*found, INCIDENT, WALL)


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
    elif opening.view == WALL:
        from console.screens.wall import WallScreen

        room.attention.heed_focus = False  # a terminal on a wall has it, and nobody sits there
        room.push_screen(WallScreen())
    elif opening.view:
        from console.place import Place

        board = room.screen_stack[-1]
        if isinstance(board, Place):
            room.call_after_refresh(board.action_do, f"view.{opening.view}")


class Following:
    """Shows the most urgent live incident, once there is one and again when the one shown is over.

    Once somebody has gone to another view it is theirs.
    """

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._key, self._told = "", False
        self._shown = room.screen_stack[-1]  # the board, or the incident that was put over it

    def start(self) -> None:
        """Begin to follow the board."""
        self._room.watch(self._room, "board", self._look)

    def _look(self) -> None:
        room = self._room
        if room.board.seq < 0:
            return
        live = [row.key for row in room.board.rows if not row.proposed]
        if self._key in live or room.screen_stack[-1] is not self._shown:
            return
        if self._key:
            room.go_home()
        if live:
            self._key = live[0]
            room.open_incident(self._key)
        elif self._key or not self._told:
            self._key, self._told = "", True
            room.say("No live incident: the most urgent one opens here by itself.")
        self._shown = room.screen_stack[-1]
