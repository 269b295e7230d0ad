"""What is done to incidents, proposals and steps, from the board and from the incident."""

from console.actions.action import AFTER, ALERTS, BOTH, Action, Where

_LISTS = (Where.BOARD, Where.HEALTH, Where.ALERTS, Where.MESSAGES, *AFTER)
_THREE = (*BOTH, *ALERTS)
_PROPOSED = (Where.BOARD, *ALERTS)

INCIDENTS: tuple[Action, ...] = (
    Action("open", "enter", "open", "Open what the cursor is on", _LISTS, "views:open_current"),
    Action("step.done", "space", "done", "Set the step done", (Where.INCIDENT,), "steps:done", "space"),
    Action("incident.declare", "n", "declare", "Declare an incident", (Where.BOARD,), "incidents:declare"),
    Action("incident.ack", "a", "acknowledge", "Acknowledge: you have it", _THREE, "incidents:acknowledge"),
    Action(
        "proposal.confirm",
        "y",
        "",
        "Confirm a proposal: it becomes an incident",
        _PROPOSED,
        "proposals:confirm",
    ),
    Action(
        "proposal.dismiss",
        "f",
        "",
        "Dismiss a proposal as a false alarm, with a reason",
        _PROPOSED,
        "proposals:dismiss",
    ),
    Action("incident.note", "n", "note", "Write a note on the timeline", (Where.INCIDENT,), "incidents:note"),
    Action(
        "incident.update",
        "u",
        "update",
        "Write and send a stakeholder update; it resets that clock",
        BOTH,
        "telling:update",
    ),
    Action("incident.snooze", "S", "", "Put off a due update, with a reason", BOTH, "telling:snooze"),
    Action(
        "incident.escalate",
        "e",
        "escalate",
        "Escalate to the next level or a chosen one",
        BOTH,
        "ladder:escalate",
    ),
    Action(
        "incident.call",
        "C",
        "call",
        "Call who is next: number, words to say, what came of it",
        BOTH,
        "ladder:call",
    ),
    Action(
        "incident.deliveries",
        "D",
        "",
        "Who was told: every page and update, and what came of it",
        BOTH,
        "deliveries:show",
    ),
    Action(
        "delivery.retry",
        "r",
        "send again",
        "Send again what was given up",
        (Where.DELIVERIES,),
        "deliveries:retry",
    ),
    Action("alerts.show", "A", "", "The alerts it comes from, or all that fires", BOTH, "alerts:show"),
    Action("incident.status", "m", "status", "Change the status", (*BOTH, *AFTER), "incidents:status"),
    Action("incident.severity", "s", "severity", "Change the severity", BOTH, "incidents:severity"),
    Action("incident.resolve", "r", "resolve", "Resolve, and say how it ended", BOTH, "incidents:resolve"),
    Action("incident.role", "t", "role", "Take a role, or give it to somebody", BOTH, "incidents:role"),
    Action(
        "incident.audience",
        "o",
        "",
        "Switch an audience on or off for this incident",
        (Where.INCIDENT,),
        "telling:audience",
    ),
    Action(
        "incident.keep",
        "K",
        "",
        "Keep an acknowledgement that is about to lapse",
        BOTH,
        "incidents:keep",
    ),
    Action(
        "incident.split", "X", "", "Split a cause off this incident", (Where.INCIDENT,), "incidents:split"
    ),
    Action("incident.merge", "M", "", "Merge this incident into another", BOTH, "incidents:merge"),
    Action("incident.ticket", "T", "", "Open a new ticket, or attach one", (Where.INCIDENT,), "links:ticket"),
    Action("incident.bridge", "b", "", "Join the call of this incident, made at need", BOTH, "links:bridge"),
    Action(
        "incident.runbook", "R", "runbook", "Attach a runbook's checklist", (Where.INCIDENT,), "steps:attach"
    ),
    Action(
        "step.skip", "minus", "skip", "Skip the step, with a reason", (Where.INCIDENT,), "steps:skip", "-"
    ),
    Action("step.who", "w", "who", "Say who works on the step", (Where.INCIDENT,), "steps:who"),
    Action(
        "step.command", "x", "", "Show the step's command and copy it", (Where.INCIDENT,), "steps:command"
    ),
    Action("link.dashboard", "d", "", "Open the service's dashboard", BOTH, "links:dashboard"),
    Action("link.logs", "l", "", "Open the service's logs", BOTH, "links:logs"),
    Action("link.apm", "p", "", "Open the service's traces (APM)", BOTH, "links:apm"),
)
