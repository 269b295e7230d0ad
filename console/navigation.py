"""The views of a room and the way between them: the board is always underneath."""

from textual.app import App

from console.screens.board import BoardScreen


class Navigation(App[int]):
    """An application whose screens are the board and what lies over it."""

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
