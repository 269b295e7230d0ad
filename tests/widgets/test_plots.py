"""Plots below each other: what has nothing to draw takes no room from what has."""

from data.plot_views import Plot, Series
from tests.widgets.screen import Stage, line_with, settle, text
from widgets.plots import Plots

NAMES = ("2026-10", "2026-11")
TICKS = ((0.0, "0"), (2.0, "2"), (4.0, "4"))
EMPTY = Plot("Mean time by month", NAMES, (Series("to resolve", "x", "", (None, None)),), TICKS)
FULL = Plot("Incidents by month", NAMES, (Series("P1", "#", "", (1.0, 3.0)),), TICKS, bars=True)


async def test_a_plot_without_a_value_is_a_line_of_words() -> None:
    app = Stage(Plots((EMPTY, EMPTY, FULL)))
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        assert "nothing measured yet" in line_with(app, "Mean time by month")
        assert line_with(app, "Incidents by month")
        assert text(app).count("2026-11") == 1, "the axis below the bars"


async def test_it_has_its_room_again_once_there_is_something_to_draw() -> None:
    plots = Plots((EMPTY, FULL))
    app = Stage(plots)
    async with app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        plots.show((FULL, EMPTY))
        await settle(pilot)
        assert text(app).count("nothing measured yet") == 1
        assert text(app).count("2026-11") == 1
