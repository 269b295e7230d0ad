"""The views of a room, the way between them and the way out: the board is always underneath."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.app import App
from textual.reactive import var

from console.drafts import Drafts
from console.screens.board import BoardScreen
from data.domain.presence import Present

if TYPE_CHECKING:
    from console.app import WarRoom
    from console.presence import Presence
    from console.running.runs import Runs


class Navigation(App[int]):
    """An application whose screens are the board and what lies over it."""

    present: var[tuple[Present, ...]] = var(())  # who is here, this console among them

    @cached_property
    def drafts(self) -> Drafts:
        """What is typed and not yet sent."""
        return Drafts(cast("WarRoom", self))

    @cached_property
    def presence(self) -> "Presence":
        """This console among the others."""
        from console.presence import Presence  # at the first need

        return Presence(cast("WarRoom", self))

    async def on_event(self, event: events.Event) -> None:
        """Take notice of keys: a console nobody touches may have been left alone."""
        if isinstance(event, events.Key):
            self.presence.heard()
        await super().on_event(event)

    @cached_property
    def runs(self) -> "Runs":
        """The commands that were started from checklists here."""
        from console.running.runs import Runs  # at the first need

        return Runs(cast("WarRoom", self))

    @property
    def has_run(self) -> bool:
        """True once any command was started from here."""
        return "runs" in self.__dict__

    async def run_async(self, *arguments: Any, **named: Any) -> int | None:
        """Run until somebody leaves; what was started from checklists ends with it."""
        try:
            return await super().run_async(*arguments, **named)
        finally:
            if self.has_run:
                await self.runs.end()

    async def action_quit(self) -> None:
        """Leave; where commands still run, only once somebody has said that they may end."""
        running = self.runs.under_way if self.has_run else ()
        if not running:
            self.exit()
            return
        from console.screens.ask import ConfirmScreen

        if isinstance(self.screen, ConfirmScreen) and self.screen.id == "quit":
            return
        count = "A command is" if len(running) == 1 else f"{len(running)} commands are"
        names = ", ".join(f'"{run.step.title}"' for run in running[:3])
        question = ConfirmScreen(f"{count} still running: {names}. Quitting stops it.", "Stop and quit")
        question.id = "quit"
        self.push_screen(question, lambda answer: self.exit() if answer == "yes" else None)

    def show_view(self, name: str) -> None:
        """Show one of the views."""
        self.go_home()
        if name == "health":
            from console.screens.health import HealthScreen

            self.push_screen(HealthScreen())
        elif name == "on_call":
            from console.screens.on_call import OnCallScreen

            self.push_screen(OnCallScreen())
        elif name == "runbooks":
            from console.screens.runbooks import RunbooksScreen

            self.push_screen(RunbooksScreen())
        elif name == "reports":
            from console.screens.reports import ReportsScreen

            self.push_screen(ReportsScreen())
        elif name == "review":
            from console.screens.review import ReviewScreen

            self.push_screen(ReviewScreen())

    def go_home(self) -> None:
        """Go back to the board."""
        while len(self.screen_stack) > 2 and not isinstance(self.screen, BoardScreen):
            self.pop_screen()

    def go_back(self) -> None:
        """Go back one view."""
        if not isinstance(self.screen, BoardScreen):
            self.pop_screen()

    def open_incident(self, key: str) -> None:
        """Show an incident."""
        from console.screens.incident import IncidentScreen

        self.push_screen(IncidentScreen(key))

    def follow(self, key: str) -> None:
        """Put the board's cursor on an incident once it is there."""
        for screen in self.screen_stack:
            if isinstance(screen, BoardScreen):
                screen.wanted = key
                screen.show_rows()
