"""The smallest Textual program that is one: a header, a line of text, a footer. It says "ready"."""

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static


class Minimal(App[None]):
    """A Textual program that does nothing."""

    def compose(self) -> ComposeResult:
        """Draw three widgets."""
        yield Header()
        yield Static("ready")
        yield Footer()


if __name__ == "__main__":
    Minimal().run()
