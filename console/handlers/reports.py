"""What people change about a report."""

from console.place import Place
from console.screens.reports import ReportsScreen


async def window(place: Place) -> None:
    """Look at more days, or at fewer again."""
    if isinstance(place, ReportsScreen):
        await place.next_window()


async def group(place: Place) -> None:
    """Group by something else."""
    if isinstance(place, ReportsScreen):
        await place.next_grouping()
