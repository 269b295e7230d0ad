"""What is done in a drill."""

from console.actions.action import BOTH, Action

IN_A_DRILL: tuple[Action, ...] = (
    Action(
        "drill.turn",
        "F",
        "",
        "Drill: do something about it, take a hint, see the score",
        BOTH,
        "drill:turn",
        drill=True,
        writes=True,
    ),
)
