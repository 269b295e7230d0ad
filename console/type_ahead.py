"""Keys that come before their question is there: they are for it, in their order, and act nowhere else.

Who knows the keys by heart types ``M`` ``1`` at once, and over ssh both come in one packet. One key is
let through to a view at a time, the next once it has been all the way; and what comes while an action
gets ready to ask waits for its question. Once an action writes to the store it asks nothing that could
be foreseen: from then on keys are for the view again.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual import events
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from console.app import WarRoom

PATIENCE = 2.0  # seconds after which nobody expects a key to act any more
LOST = 0.25  # seconds after which a key that has not come back went with what it was for
AGAIN = 0.02  # seconds between two looks at whether what waits can go on
_LEAVES = ("back", "quit")  # actions whose keys overtake what was typed ahead


@dataclass(eq=False, slots=True)
class Errand:
    """An action under way: the key it was given by, and whether it asks just now or has written."""

    key: str
    at: float = field(default_factory=monotonic)
    asks: bool = False
    wrote: bool = False


@dataclass(slots=True)
class _Kept:
    event: events.Key | events.Paste

    @property
    def key(self) -> str:
        return self.event.key if isinstance(self.event, events.Key) else ""


_ERRAND: ContextVar[Errand | None] = ContextVar("errand", default=None)


class TypeAhead:
    """Holds keys back while they could reach what they are not for."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._kept: deque[_Kept] = deque()
        self._errands: list[Errand] = []
        self._sent: events.Key | None = None  # under way to what it is for
        self._sent_at = 0.0
        self._back = False  # it has been all the way, and acts now
        self._sent_to: Widget | None = None
        self._arrived: WeakSet[Screen[Any]] = WeakSet()
        self._looking = False

    # What actions tell.

    def begin(self, key: str) -> Errand:
        """Begin an action: from now on keys may be for its question."""
        errand = Errand(key)
        self._errands.append(errand)
        return errand

    @contextmanager
    def doing(self, errand: Errand) -> Iterator[None]:
        """Mark what runs in it as the action's; at its end keys are for the view again."""
        _ERRAND.set(errand)
        try:
            yield
        finally:
            if errand in self._errands:
                self._errands.remove(errand)
            self.go_on()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Mark that the action asks; a finger that was impatient for the question does not answer it."""
        errand = _ERRAND.get() or Errand("")
        while self._kept and self._kept[0].key == errand.key:
            self._kept.popleft()
        errand.asks, errand.wrote = True, False
        try:
            yield
        finally:
            errand.asks, errand.at = False, monotonic()

    def writes(self) -> None:
        """Mark that the action writes to the store: what it still asks then comes as a surprise."""
        if errand := _ERRAND.get():
            errand.wrote = True
        self.go_on()

    # What the application tells.

    def keeps(self, event: events.Event) -> bool:
        """Tell whether an event goes no further yet; what waits comes again by ``WarRoom.let_through``."""
        if not isinstance(event, events.Key | events.Paste) or not self._room.screen_stack:
            return False
        if event.is_forwarded:  # nothing on its way up took it: what is bound to it comes next
            self._back = self._back or event is self._sent
            if isinstance(event, events.Paste) or not self._holds() or self._leaves(event.key):
                return False
            # it is older than whatever waits
            self._kept.appendleft(_Kept(events.Key(event.key, event.character)))
            self._look_again()
            return True
        if self._blind(event):
            return True
        if not self._kept and not self._under_way() and not self._holds():
            self._send(event)
            return False
        self._kept.append(_Kept(event))
        self._look_again()
        return True

    def _blind(self, event: events.Key | events.Paste) -> bool:
        """Tell whether a key comes while the window is too small: it must not act once that has grown."""
        from console.place import Place

        screen = self._room.screen
        return isinstance(screen, Place) and isinstance(event, events.Key) and screen.blind(event.key)

    def came(self, event: events.Event) -> None:
        """Take notice that an event has been dealt with: the next one may be let through."""
        if isinstance(event, events.Key):
            self.go_on()

    def go_on(self) -> None:
        """Look whether what waits can go on."""
        if self._kept:
            self._room.call_later(self._hand_over)

    def _look_again(self) -> None:
        if self._kept and not self._looking:
            self._looking = True
            self._room.set_timer(AGAIN, self._looked)

    async def _looked(self) -> None:
        self._looking = False
        await self._hand_over()
        self._look_again()

    async def _hand_over(self) -> None:
        """Let through what waits, one after the other, for as long as nothing holds it."""
        while self._kept and self._room.screen_stack and not self._under_way():
            if self._holds():
                if not self._overtaken():
                    return
            elif not self._kept or not self._is_there(self._room.screen):
                return
            event = self._kept.popleft().event
            self._send(event)
            await self._room.let_through(event)

    def _overtaken(self) -> bool:
        """Let a key that leaves overtake those before it, which nobody wants any more."""
        for place, kept in enumerate(self._kept):
            if self._leaves(kept.key):
                for _ in range(place):
                    self._kept.popleft()
                return True
        return False

    def _send(self, event: events.Key | events.Paste) -> None:
        self._sent, self._sent_at, self._back = None, monotonic(), False
        self._sent_to = self._room.focused or self._room.screen
        if isinstance(event, events.Key) and not (
            event.is_printable and isinstance(self._sent_to, Input | TextArea)
        ):
            self._sent = event  # what is typed into a field is in order there anyway

    def _under_way(self) -> bool:
        """Tell whether the key before has still to act, or enter to take away what it has answered."""
        if self._sent is None or self._sent_to is not (self._room.focused or self._room.screen):
            return False
        if monotonic() - self._sent_at > LOST:
            return False
        if self._back:  # a field's or a question's enter goes on to whoever waits for the answer
            return self._sent.key == "enter" and self._asked(self._sent_to)
        return not self._sent._stop_propagation

    def _asked(self, widget: Widget) -> bool:
        from console.place import Place

        return isinstance(widget, Input) or not isinstance(self._room.screen, Place)

    def _holds(self) -> bool:
        """Tell whether an action is about to ask, and its question is not there."""
        from console.place import Place

        now = monotonic()
        late = [one for one in self._errands if not one.asks and not one.wrote and now - one.at > PATIENCE]
        for errand in late:
            self._errands.remove(errand)
        if late and self._kept:
            self._kept.clear()
            self._room.say("What was typed ahead is dropped: its question took too long.", "warning")
        return isinstance(self._room.screen, Place) and any(not one.wrote for one in self._errands)

    def _leaves(self, key: str) -> bool:
        from console.place import Place

        screen = self._room.screen
        actions = screen.actions() if isinstance(screen, Place) else ()
        return any(action.key == key and action.id in _LEAVES for action in actions)

    def _is_there(self, screen: Screen[Any]) -> bool:
        """Tell whether a screen has been drawn: only then has it put the focus where it belongs."""
        if screen in self._arrived:
            return True

        def arrived() -> None:
            self._arrived.add(screen)
            self.go_on()

        screen.call_after_refresh(arrived)
        return False
