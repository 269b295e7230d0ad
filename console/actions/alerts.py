"""What is done to alerts."""

from console.actions.action import ALERTS, Action

ON_ALERTS: tuple[Action, ...] = (
    Action(
        "alert.silence",
        "S",
        "silence",
        "Silence the alert's group for a while",
        ALERTS,
        "alerts:silence",
        writes=True,
    ),
    Action(
        "alert.expire", "E", "", "End the silence that hides the alert", ALERTS, "alerts:expire", writes=True
    ),
    Action("alert.source", "o", "source", "Open where the alert was made", ALERTS, "alerts:source_page"),
    Action("alert.runbook", "r", "runbook", "Open the runbook the alert names", ALERTS, "alerts:runbook"),
    Action(
        "alert.dashboard", "d", "", "Open the alert's dashboard, or another page", ALERTS, "alerts:dashboard"
    ),
    Action("alert.whole", "w", "", "Show the alert alone and whole", ALERTS, "alerts:whole"),
    Action("alert.every", "A", "all", "All that fires, or again those of one", ALERTS, "alerts:every"),
    Action("alert.filter", "slash", "filter", "Filter; !word leaves out", ALERTS, "alerts:filter_rows", "/"),
)
