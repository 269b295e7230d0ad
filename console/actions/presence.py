"""Who is here with us."""

from console.actions.action import Action, Where

PRESENT: tuple[Action, ...] = (
    Action(
        "view.who",
        "W",
        "",
        "Who is here, on what, and who works for the room",
        (Where.ANYWHERE,),
        "views:who",
    ),
)
