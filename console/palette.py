"""The palette behind ``:`` and ctrl+p: the actions of the view in front, and nothing else."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from console.actions import Action
from console.place import Place
from console.settings import FILE
from console.themes import THEMES, dress


class RoomCommands(Provider):
    """One line per action, its key in front; what is typed is looked for in its sentence and its id."""

    async def discover(self) -> Hits:
        """Offer every action of the place, in the order of its table."""
        if isinstance(self.screen, Place):
            for action in self.screen.actions():
                yield DiscoveryHit(_line(action), partial(self.screen.action_do, action.id))

    async def search(self, query: str) -> Hits:
        """Offer the actions that fit what was typed, the best first."""
        if not isinstance(self.screen, Place):
            return
        matcher = self.matcher(query)
        for action in self.screen.actions():
            line = _line(action)
            score = max(matcher.match(line), matcher.match(action.id))
            if score > 0:
                yield Hit(score, matcher.highlight(line), partial(self.screen.action_do, action.id))
        for name in THEMES:
            line = f"{'':>6}  Theme: {name}"
            if (score := matcher.match(line)) > 0:
                yield Hit(score, matcher.highlight(line), partial(self._try_on, name))

    def _try_on(self, name: str) -> None:
        """Show the console in another look, and say how it stays."""
        dress(self.app, name)
        if isinstance(self.screen, Place):
            self.screen.room.say(f'Theme {name}. It stays with theme = "{name}" in {FILE}.')


def _line(action: Action) -> str:
    return f"{action.key_text:>6}  {action.help}"
