"""What people change about a report."""

from console.place import Place
from console.screens.reports import ReportsScreen


async def window(place: Place) -> None:
    """Look at more days, or at fewer again."""
    if isinstance(place, ReportsScreen):
        await place.next_window()


async def group(place: Place) -> None:
    """Group by something else."""
    if isinstance(place, ReportsScreen) and place.plotted:
        place.room.say("Plots are by month; p shows the table, which groups.")
    elif isinstance(place, ReportsScreen):
        await place.next_grouping()


async def plot(place: Place) -> None:
    """Show plots in place of the table, or the table again."""
    if isinstance(place, ReportsScreen):
        await place.turn()
