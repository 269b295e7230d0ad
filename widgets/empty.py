"""An empty view says one sentence, and the key that helps."""

from textual.widgets import Static

from widgets.safe import content


class Empty(Static):
    """A few calm words in the middle of nothing."""

    DEFAULT_CSS = """
    Empty { width: 100%; height: 1fr; padding: 1 2; color: $text-muted; content-align: left top; }
    """

    def say(self, text: str) -> None:
        """Say something else."""
        self.update(content(text))
