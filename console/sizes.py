"""Layouts by size: classes that the style sheets ask for, set before the first frame (design 4)."""

from textual.geometry import Size
from textual.screen import ModalScreen, Screen, ScreenResultType

WIDTHS = ((0, "-tiny"), (60, "-narrow"), (110, "-wide"))
HEIGHTS = ((0, "-scant"), (10, "-flat"), (18, "-low"), (30, "-tall"))


class Sized(Screen[ScreenResultType]):
    """A screen with one class for its width and one for its height.

    Textual's own breakpoints miss the first frame, and a view that lies under a question.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let no key act on what is not there yet, or no longer."""
        return self.is_mounted and self.app.is_running

    def on_compose(self) -> None:
        """Choose the first layout."""
        self.take_size(self.app.size)

    def take_size(self, size: Size) -> None:
        """Choose the layout for a size."""
        for steps, cells in ((WIDTHS, size.width), (HEIGHTS, size.height)):
            fits = [name for least, name in steps if cells >= least][-1]
            for _, name in steps:
                self.set_class(name == fits, name)


class Modal(ModalScreen[ScreenResultType], Sized[ScreenResultType]):
    """A question over a view."""
