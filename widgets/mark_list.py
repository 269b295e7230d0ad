"""A short list in which space marks: ``[x]`` and ``[ ]``, so that the mark is text and not colour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from widgets.safe import line


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that can be marked."""

    id: str
    text: str
    on: bool = False


class MarkList(OptionList):
    """Marks any number of things, or with ``single`` exactly one."""

    DEFAULT_CSS = "MarkList { height: auto; border: none; padding: 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Mark", show=False),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    class Changed(Message):
        """Something was marked or unmarked."""

        def __init__(self, marks: "MarkList") -> None:
            super().__init__()
            self.marks = marks

        @property
        def control(self) -> "MarkList":
            """The list it is about."""
            return self.marks

    def __init__(self, marks: Iterable[Mark] = (), *, single: bool = False, id: str | None = None) -> None:
        self._marks: list[Mark] = list(marks)
        self._single = single
        super().__init__(*map(self._option, self._marks), id=id, compact=True)

    def _option(self, mark: Mark) -> Option:
        box = ("(•)" if mark.on else "( )") if self._single else ("[x]" if mark.on else "[ ]")
        return Option(line(f"{box} {mark.text}"), id=mark.id)

    @property
    def marked(self) -> tuple[str, ...]:
        """The ids that are marked, in order."""
        return tuple(mark.id for mark in self._marks if mark.on)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show other things."""
        self._marks = list(marks)
        self.clear_options()
        self.add_options(map(self._option, self._marks))

    def mark(self, mark_id: str, on: bool = True) -> None:
        """Mark or unmark one thing."""
        for place, item in enumerate(self._marks):
            want = on if item.id == mark_id else item.on and not (self._single and on)
            if want != item.on:
                self._marks[place] = Mark(item.id, item.text, want)
                self.replace_option_prompt_at_index(place, self._option(self._marks[place]).prompt)
        self.post_message(self.Changed(self))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Mark what was chosen, or take the mark away."""
        event.stop()
        chosen = self._marks[event.option_index]
        self.mark(chosen.id, True if self._single else not chosen.on)
