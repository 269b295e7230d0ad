"""The update that ends an incident: resolving brings it up, so no key writes into it by itself."""

from textual.events import Key

from console.screens.update import UpdateScreen


class FinalUpdateScreen(UpdateScreen):
    """The update editor without a field to begin in: whoever was still typing typed for the view before."""

    AUTO_FOCUS = ""
    KEYS = "tab writes · F3 next text · esc for none"

    def on_key(self, event: Key) -> None:
        """Let enter begin as tab does, and say how to write to whoever types before."""
        super().on_key(event)
        if self.focused is not None:
            return
        if event.key == "enter":
            event.stop()
            self.focus_next()
        elif event.is_printable:
            event.stop()
            self.say("Nothing was typed: tab or enter begins to write, esc leaves the final update out.")
