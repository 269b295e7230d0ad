"""Colours repeat words; they exist in every theme and never stand alone."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.theme import BUILTIN_THEMES

from data.domain.severity import Severity
from tests.widgets.room import NIGHT, NOW
from tests.widgets.screen import Stage, drawn, settle, text
from widgets.board_table import BoardTable
from widgets.tones import COMPONENTS, SEVERITY_TONES, Palette, Span, joined, severity_text


def test_each_severity_has_a_text_of_its_own() -> None:
    assert [severity_text(severity) for severity in Severity] == ["P0 !!", "P1 !", "P2 -", "P3 ."]


@given(st.lists(st.tuples(st.text(" ab", max_size=3), st.sampled_from(["", "late", "met"]))))
def test_fewer_spans_say_the_same(spans: list[Span]) -> None:
    line = joined(spans)
    assert "".join(words for words, _ in line) == "".join(words for words, _ in spans)
    assert all(words for words, _ in line)
    assert all(len(list(same)) == 1 for _, same in groupby(line, key=lambda span: span[1]))
    for tone in ("late", "met"):
        told = "".join(words for words, look in spans if look == tone).replace(" ", "")
        assert "".join(words for words, look in line if look == tone).replace(" ", "") == told


@pytest.mark.parametrize("theme", sorted(BUILTIN_THEMES))
async def test_every_theme_knows_every_tone_and_tells_worst_from_least(theme: str) -> None:
    table = BoardTable()
    app = Stage(table)
    async with app.run_test() as pilot:
        app.theme = theme
        await settle(pilot)
        palette = Palette(table)
        for name in COMPONENTS:
            for selected in (False, True):
                assert palette.style(name.removeprefix("tone--"), selected) is not None
        looks = [palette.style(SEVERITY_TONES[severity]) for severity in Severity]
        assert looks[0] != looks[1]
        assert len({style.color for style in looks[1:]}) == 3


async def test_a_terminal_without_colours_shows_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    screens = []
    for no_color in (False, True):
        if no_color:
            monkeypatch.setenv("NO_COLOR", "1")
        table = BoardTable()
        table.now, table.rows = NOW, NIGHT
        app = Stage(table)
        async with app.run_test(size=(120, 36)):
            assert app.no_color is no_color
            assert drawn(app)[1].startswith("▌P1 ?")
            screens.append(text(app))
    assert screens[0] == screens[1]
