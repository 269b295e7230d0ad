"""Hostile text on screen: it is drawn as text, the program goes on, and the terminal is told nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Button, DataTable, Header, Label, OptionList, Static
from textual.widgets._tooltip import Tooltip  # the only way to see what is drawn beside the mouse

from tests.hostile import HOSTILE, TEXTS, forbidden_in
from widgets.safe import content, fit, line, plain, rich_text


class Places(App[None]):
    """Every kind of place outside text is drawn in."""

    TOOLTIP_DELAY = 0.001
    CSS = """
    .place { height: 3; width: 60; }
    #box { border: round white; }
    #tip { height: 9; width: 60; }
    """

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static(id="static", classes="place")
        yield Static(id="rich", classes="place")
        yield Label(classes="place")
        yield Static("box", id="box", classes="place")
        yield Button(classes="place")
        yield OptionList(classes="place")
        yield DataTable[object](show_header=False, classes="place")
        yield Static(id="tip")

    def on_mount(self) -> None:
        self.query_one(DataTable).add_column("incident", width=50)

    def put(self, text: str) -> None:
        """Put the text into every place, as the screens do."""
        self.title = plain(text)
        self.sub_title = plain(text)
        self.query_one("#static", Static).update(content(text, "bold"))
        self.query_one("#rich", Static).update(rich_text(text, "bold"))
        self.query_one(Label).update(content(text))
        box = self.query_one("#box")
        box.border_title = line(text)
        box.border_subtitle = line(text, "italic")
        self.query_one(Button).label = line(text)
        self.query_one("#tip").tooltip = content(text)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_option(line(text))
        table = self.query_one(DataTable)
        table.clear()
        table.add_row(rich_text(plain(text)))


def drawn(app: App[None]) -> list[str]:
    """Return the lines of the screen as they go to the terminal."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def settle(pilot: Pilot[None]) -> None:
    """Let every widget work off its queue: text, then layout, then tooltip."""
    for _ in range(3):
        await pilot.pause(0)


async def test_hostile_text_in_every_place() -> None:
    app = Places()
    async with app.run_test(size=(120, 50), notifications=True, tooltips=True) as pilot:
        app.put("Checkout returns 503")
        await pilot.hover("#tip", offset=(20, 1))
        tooltip = app.screen.get_child_by_type(Tooltip)
        while not tooltip.display:
            await settle(pilot)
        await settle(pilot)
        # Twice in the header and around the box; once everywhere else.
        assert "\n".join(drawn(app)).count("Checkout returns 503") == 11
        for name, text in HOSTILE:
            app.put(text)
            await settle(pilot)
            screen = drawn(app)
            assert not forbidden_in("".join(screen)), name
            assert "\n".join(screen).count(plain(text)[:12]) >= 5, name
            assert {cell_len(row) for row in screen} == {120}, name
            assert app.is_running, name


async def test_markup_is_drawn_as_it_was_written_and_does_nothing() -> None:
    app = Places()
    async with app.run_test(size=(120, 50), notifications=True, tooltips=True) as pilot:
        app.put("[@click=app.quit]x[/] [true, false] [/")
        await settle(pilot)
        assert "\n".join(drawn(app)).count("[@click=app.quit]x[/] [true, false] [/") == 10
        for place in ("#static", "#rich", Label, Button):
            await pilot.click(place, offset=(2, 1))
            await pilot.click(place, offset=(0, 0))
        assert app.is_running


class Raw(App[None]):
    """What happens without the door: the reason it exists, and proof that these tests can see."""

    def compose(self) -> ComposeResult:
        yield Static("\x1b[2J\x9b2J\u202e", markup=False)


async def test_escape_bytes_would_reach_the_terminal_otherwise() -> None:
    app = Raw()
    async with app.run_test() as pilot:
        await settle(pilot)
        assert {"U+001B", "U+009B", "U+202E"} <= set(forbidden_in("".join(drawn(app))))


def test_a_style_colours_the_text_and_nothing_else() -> None:
    styled = content("[b]pool at 100%[/b]", "bold")
    assert styled.plain == "[b]pool at 100%[/b]"
    assert [span.style for span in styled.spans] == ["bold"]
    assert str(rich_text("[b]x", "red").style) == "red"
    assert isinstance(content(""), Content)


def test_many_lines_stay_lines_only_where_there_is_room() -> None:
    assert content("one\r\ntwo").plain == rich_text("one\r\ntwo").plain == "one\ntwo"
    assert line("one\r\ntwo").plain == plain("one\r\ntwo") == "one⏎two"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("INC-42", 8, "INC-42  "),
        ("INC-42", 6, "INC-42"),
        ("Checkout returns 503", 10, "Checkout …"),
        ("  indented", 6, "  ind…"),
        ("  überlang", 6, "  übe…"),
        ("決済サービス", 12, "決済サービス"),
        ("決済サービス", 8, "決済サ… "),
        ("決済サービス", 7, "決済サ…"),
        ("Zu\u0308rich", 4, "Zu\u0308r…"),
        ("👨‍👩‍👧‍👦 down", 4, "👨‍👩‍👧‍👦 …"),
        ("one\ntwo", 8, "one⏎two "),
        ("\x1b[2J", 6, "\ufffd[2J  "),
        ("\u0301x", 3, "x  "),
        ("x\u200d", 3, "x  "),
        ("anything", 1, "…"),
        ("決", 1, "…"),
        ("anything", 0, ""),
        ("", 3, "   "),
        ("über", -1, ""),
    ],
)
def test_a_text_fitted_to_its_column(text: str, width: int, expected: str) -> None:
    assert fit(text, width) == expected


hard_to_measure = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("\u200d\ufe0f\u0301\u20e3決❤👨👩🏽 1ab"))
)


@given(st.one_of(hard_to_measure, st.sampled_from(TEXTS)), st.integers(-1, 40))
def test_a_fitted_text_is_exactly_as_wide_as_its_column(text: str, width: int) -> None:
    fitted = fit(text, width)
    assert cell_len(fitted) == max(width, 0)
    # Neither edge joins what is drawn beside it.
    assert cell_len(f"│{fitted}│") == max(width, 0) + 2
    assert not forbidden_in(fitted)
