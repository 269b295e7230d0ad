"""The plots of a report; the plotting library comes with this module, which is imported when asked for."""

from itertools import groupby
from typing import Any, ClassVar

from rich.style import Style
from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Static
from textual_plotext import PlotextPlot

from data.plot_views import Plot, Series, labelled
from widgets.empty import Empty
from widgets.roster import Roster
from widgets.safe import line
from widgets.tones import COMPONENTS, Palette, tone_css

ROOM = (40, 12)  # cells and lines, the least that a plot can be read in
WIDE = 110  # cells, in which two plots stand side by side
_AXIS = 8  # cells beside the plot itself: the labels of the upright axis, and the frame


class Chart(PlotextPlot):
    """One plot in the tones of the theme, drawn anew at every size."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = tone_css("Chart")

    def __init__(self) -> None:
        super().__init__()
        self.set_reactive(PlotextPlot.theme, "clear")  # its own colours are no theme's of ours
        self._shown: Plot | None = None
        self._palette = Palette(self)

    def show(self, plot: Plot) -> None:
        """Draw another plot."""
        self._shown = plot
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw it again in the new style or theme."""
        super().notify_style_update()
        self._palette.clear()
        self.refresh()

    def render(self) -> RenderResult:
        """Draw the plot for the size it has now."""
        self.plt.clear_figure()
        self.plt.theme("clear")
        if self._shown is not None:
            self._draw(self._shown)
        return super().render()

    def _draw(self, plot: Plot) -> None:
        width = max(1, self.size.width - _AXIS)
        places = list(range(len(plot.names)))
        if plot.bars:
            self._bars(plot, places)
        else:
            for one in plot.series:
                self._line(one)
        shown = labelled(plot.names, width)
        self.plt.xlim(-0.5, len(places) - 0.5)
        self.plt.xticks(list(map(float, shown)), [plot.names[place] for place in shown])
        self.plt.ylim(plot.ticks[0][0], plot.ticks[-1][0])
        self.plt.yticks([value for value, _ in plot.ticks], [label for _, label in plot.ticks])

    def _bars(self, plot: Plot, places: list[int]) -> None:
        marks: Any = [one.mark for one in plot.series]  # one for each layer, which its types do not know
        colours: Any = [self._colour(one.tone) for one in plot.series]
        heights = [[value or 0 for value in one.values] for one in plot.series]
        self.plt.stacked_bar(places, heights, marker=marks, color=colours, width=0.6)

    def _line(self, one: Series) -> None:
        """Draw a line and a mark at each month: without colours the marks tell lines apart."""
        colour = self._colour(one.tone)
        for quiet, run in groupby(enumerate(one.values), lambda item: item[1] is None):
            if quiet:  # a line across it would tell of what was not measured
                continue
            known = [(float(place), value) for place, value in run if value is not None]
            places, values = [place for place, _ in known], [value for _, value in known]
            self.plt.plot(places, values, marker="braille", color=colour)
            self.plt.scatter(places, values, marker=one.mark, color=colour)

    def _colour(self, tone: str) -> tuple[int, int, int] | int | str:
        return colour(self._palette.style(tone))


def colour(style: Style) -> tuple[int, int, int] | int | str:
    """Return a style's colour as the plotting library takes it."""
    found = style.color
    if found is None or found.is_default:
        return "default"
    if found.triplet is not None:
        return found.triplet.red, found.triplet.green, found.triplet.blue
    return "default" if found.number is None else found.number


class Charted(Vertical):
    """A plot below its title and what its marks stand for."""

    DEFAULT_CSS = """
    Charted { height: 11; }
    Charted.-nothing { height: 2; }
    Charted Static { height: 1; text-style: bold; color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        """Lay out the title and the plot."""
        yield Static()
        yield Chart()

    def show(self, plot: Plot) -> None:
        """Draw another plot, or say that there is nothing to draw."""
        said = "nothing measured yet" if plot.empty else plot.key
        self.query_one(Static).update(line(f"{plot.title}   {said}".rstrip()))
        chart = self.query_one(Chart)
        chart.display = not plot.empty
        self.set_class(plot.empty, "-nothing")
        if not plot.empty:
            chart.show(plot)


class Plots(VerticalScroll, can_focus=True):
    """A report's plots below each other, side by side where it is wide; a sentence where there is no room."""

    BINDINGS: ClassVar[list[BindingType]] = Roster.BINDINGS
    DEFAULT_CSS = """
    Plots { scrollbar-size-vertical: 1; }
    Plots.-wide { layout: grid; grid-size: 2; grid-gutter: 0 2; grid-rows: 1fr; }
    Plots.-wide > Charted { height: 100%; min-height: 11; }
    Plots > Empty { display: none; }
    Plots.-small { layout: vertical; }
    Plots.-small > Charted { display: none; }
    Plots.-small > Empty { display: block; }
    """

    def __init__(self, plots: tuple[Plot, ...], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plots = plots

    def compose(self) -> ComposeResult:
        """Lay out one chart for each plot."""
        yield Empty()
        for _ in self._plots:
            yield Charted()

    def on_mount(self) -> None:
        """Say what the sentence says, and draw."""
        self.query_one(Empty).say("Plots need more room: a taller or wider window. p shows the table.")
        self.show(self._plots)

    def on_resize(self, event: Resize) -> None:
        """Find out how much room there is."""
        width, height = event.size
        self.set_class(width < ROOM[0] or height < ROOM[1], "-small")
        self.set_class(width >= WIDE, "-wide")

    def show(self, plots: tuple[Plot, ...]) -> None:
        """Draw other plots, as many as before."""
        self._plots = plots
        for charted, plot in zip(self.query(Charted), plots, strict=True):
            charted.show(plot)
