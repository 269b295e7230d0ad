"""Looking back: an incident's view as it was."""

from console.actions.action import Action, Where

_INCIDENT = (Where.INCIDENT,)

REPLAY: tuple[Action, ...] = (
    Action(
        "incident.brief",
        "i",
        "brief",
        "The incident in a minute: told last, impact, who does what",
        _INCIDENT,
        "replay:brief",
    ),
    Action(
        "replay.back",
        "left_square_bracket",
        "",
        "Back in time: the view as it was one event ago",
        _INCIDENT,
        "replay:back",
        "[",
    ),
    Action(
        "replay.forward",
        "right_square_bracket",
        "",
        "Forward in time by one event, at last to now",
        _INCIDENT,
        "replay:forward",
        "]",
    ),
    Action("replay.jump", "J", "", "Jump to a time of the past: 13:50, T+5m", _INCIDENT, "replay:jump"),
)
