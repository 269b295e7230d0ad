"""Questions: a line, a text, a choice, a yes. They fill the screen's middle and keep what was typed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from console.place import Place
from console.sizes import Modal
from data.text import clean, clean_line
from widgets.safe import content, line

LONGEST = 20_000
LINE = "line:"  # drafts of one-line answers, forgotten once any command was carried out


class Question(Modal[str | None]):
    """A question over the view; escape leaves it unanswered."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._asked = title

    def action_leave(self) -> None:
        """Leave the question unanswered."""
        self.dismiss(None)

    def heading(self) -> Static:
        """Return the question itself."""
        return Static(content(self._asked), classes="question--title")


class LineScreen(Question):
    """Asks for one line."""

    def __init__(self, title: str, value: str = "", *, optional: bool = False) -> None:
        super().__init__(title)
        self._value = clean_line(value)
        self._optional = optional

    def compose(self) -> ComposeResult:
        """Lay out the question, the line, and what the keys do."""
        with Vertical(classes="question"):
            yield self.heading()
            yield Input(self._value, select_on_focus=True)
            yield Static("enter takes it · esc goes back", classes="question--keys")

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Take the line; an empty one only where that is an answer."""
        event.stop()
        value = event.value.strip()
        if value or self._optional:
            self.dismiss(value)
        else:
            self.query_one(".question--keys", Static).update("Write something, or esc goes back.")


class TextScreen(Question):
    """Asks for some lines of text; leaving keeps them as a draft."""

    TAKES = "F2"  # the key that takes it, in words
    KEYS = "esc goes back and keeps {draft}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f2", "take", "Take it", show=False),
    ]

    def __init__(
        self, title: str, text: str = "", *, keep: Callable[[str], None] | None = None, since: str = ""
    ) -> None:
        super().__init__(title)
        self._text = clean(text)
        self._keep = keep
        self._since = since  # when the text was typed, in words
        self.left = text

    def compose(self) -> ComposeResult:
        """Lay out the question and the text."""
        with Vertical(classes="question -text"):
            yield self.heading()
            yield self.area(self._text)
            with Horizontal(classes="question--buttons"):
                yield Button(f"{self.TAKES}  write it", id="take", compact=True)
                words = self.KEYS.format(draft=self._since or "the draft")
                yield Static(content(words), classes="question--keys")

    def area(self, text: str) -> TextArea:
        """Return the field it is written in."""
        return TextArea(text, soft_wrap=True, tab_behavior="focus")

    def on_mount(self) -> None:
        """Begin after what is there already: it is gone on with, not written before."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        if self._keep is not None and event.text_area.text != self._text:
            self._text = event.text_area.text
            self._keep(self._text)

    def action_leave(self) -> None:
        """Keep what was typed as a draft."""
        self.left = self.query_one(TextArea).text
        self.dismiss(None)

    @on(Button.Pressed, "#take")
    def action_take(self) -> None:
        """Take the text."""
        text = self.query_one(TextArea).text
        if text.strip():
            self.dismiss(text[:LONGEST])
        else:
            self.query_one(".question--keys", Static).update("Write something, or esc goes back.")


class ChoiceScreen(Question):
    """Asks for one of several; a digit, or the cursor and enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        *(Binding(str(number), f"pick({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]], at: str | None = None) -> None:
        super().__init__(title)
        self._options = tuple(options)
        self._at = next((place for place, (value, _) in enumerate(self._options) if value == at), 0)

    def compose(self) -> ComposeResult:
        """Lay out the question and its answers."""
        with Vertical(classes="question"):
            yield self.heading()
            yield OptionList(
                *(
                    Option(line(f"{number}  {text}" if number < 10 else f"   {text}"))
                    for number, (_, text) in enumerate(self._options, start=1)
                )
            )
            yield Static("enter or a digit chooses · esc goes back", classes="question--keys")

    def on_mount(self) -> None:
        """Put the cursor on what is most likely meant."""
        self.query_one(OptionList).highlighted = self._at

    def action_cursor_down(self) -> None:
        """Move down."""
        self.query_one(OptionList).action_cursor_down()

    def action_cursor_up(self) -> None:
        """Move up."""
        self.query_one(OptionList).action_cursor_up()

    def action_pick(self, number: int) -> None:
        """Choose by digit."""
        if number <= len(self._options):
            self.dismiss(self._options[number - 1][0])

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Choose what the cursor is on."""
        event.stop()
        self.dismiss(self._options[event.option_index][0])


class ConfirmScreen(Question):
    """Asks before something that cannot be taken back; "No" has the focus and enter never means yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "leave", "No", show=False),
        Binding("y", "yes", "Yes", show=False),
        Binding("left,right,h,l", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, yes: str) -> None:
        super().__init__(title)
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Lay out the question and both answers."""
        with Vertical(classes="question"):
            yield self.heading()
            with Horizontal(classes="question--buttons"):
                yield Button("No  (n)", id="no", compact=True)
                yield Button(line(f"{self._yes}  (y)"), id="yes", compact=True)

    def on_mount(self) -> None:
        """Put the focus on no."""
        self.query_one("#no").focus()

    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss("yes")

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Answer with the pressed button."""
        event.stop()
        self.dismiss("yes" if event.button.id == "yes" else None)


async def ask_line(place: Place, title: str, *, value: str = "", optional: bool = False) -> str | None:
    """Ask for one line; None when left unanswered. Asked again after a failure, it knows the answer."""
    draft = f"{LINE}{title}"
    known = place.room.drafts.get(draft, value)
    answer = await place.ask(LineScreen(title, known, optional=optional))
    if answer:
        place.room.drafts[draft] = answer
    return answer


async def ask_text(
    place: Place, title: str, *, draft: str, screen: type[TextScreen] = TextScreen
) -> str | None:
    """Ask for text; what was typed is kept in the room's drafts until it is taken."""
    drafts = place.room.drafts
    await drafts.recall(draft)
    keep = partial(drafts.__setitem__, draft)
    question = screen(title, drafts.get(draft, ""), keep=keep, since=drafts.since(draft))
    answer = await place.ask(question)
    place.room.drafts[draft] = answer or question.left
    return answer


async def ask_choice(
    place: Place, title: str, options: Sequence[tuple[str, str]], *, at: str | None = None
) -> str | None:
    """Ask for one of several (value, text), the cursor ``at`` a value; None when left unanswered."""
    return await place.ask(ChoiceScreen(title, options, at))


async def confirm(place: Place, title: str, *, yes: str) -> bool:
    """Ask before something that reaches others or cannot be taken back."""
    return await place.ask(ConfirmScreen(title, yes)) == "yes"
