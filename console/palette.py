"""The palette behind ``:`` and ctrl+p: the actions of the view in front, and nothing else."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from console.actions import Action
from console.place import Place


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


def _line(action: Action) -> str:
    return f"{action.key_text:>6}  {action.help}"
