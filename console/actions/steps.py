"""What is done to the step under the checklist's cursor."""

from console.actions.action import Action, Where

_HERE = (Where.INCIDENT,)

DONE = Action("step.done", "space", "done", "Set the step done", _HERE, "steps:done", "space", writes=True)
RUN = Action("step.command", "x", "run", "Run or copy the step's command", _HERE, "steps:command")
STEPS: tuple[Action, ...] = (
    Action(
        "step.skip", "minus", "skip", "Skip the step, with a reason", _HERE, "steps:skip", "-", writes=True
    ),
    Action("step.who", "w", "who", "Give the step to somebody, or take it", _HERE, "steps:who", writes=True),
    Action(
        "step.due",
        "f",
        "",
        "Follow up: when the step is to be asked about",
        _HERE,
        "steps:due",
        writes=True,
    ),
    Action(
        "step.add",
        "plus",
        "",
        "Add a step of your own; with a time first, a reminder",
        _HERE,
        "steps:add",
        "+",
        writes=True,
    ),
)
