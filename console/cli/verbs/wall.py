"""The verb that hangs the room on a wall."""

from console.cli.common import verb
from console.cli.options import Options


@verb("wall", hides=("as_", "json"))
def wall(options: Options) -> None:
    """Big clocks for a spare screen: read-only.

    Shows the most urgent deadline in figures that are read from across the room, the next ones below it,
    the health checks and who is on call. Rings once when a P0 or P1 is new and when a deadline has passed.
    Several that are about as urgent take turns of 15 seconds. It changes nothing; q leaves.
    """
    from console.launch import run_console
    from console.opening import WALL, Opening

    run_console(options, Opening(view=WALL, read_only=True))
