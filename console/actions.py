"""The one table of actions: bindings, footer, palette, help and the README's keys come from it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from console.actions_after import AFTER


class Where(StrEnum):
    """The places a key can be pressed in."""

    ANYWHERE = "anywhere"
    BOARD = "board"
    INCIDENT = "incident"
    HEALTH = "health"
    ON_CALL = "on call"
    DELIVERIES = "who was told"
    ALERTS = "alerts"
    MESSAGES = "messages"
    REPORTS = "reports"
    REVIEW = "review"
    POST_MORTEM = "post-mortem"


PLACES = tuple(where for where in Where if where is not Where.ANYWHERE)
_BOTH = (Where.BOARD, Where.INCIDENT)
_LISTS = (Where.BOARD, Where.HEALTH, Where.ALERTS, Where.MESSAGES, Where.REVIEW, Where.POST_MORTEM)
_ALERTS = (Where.ALERTS,)
_THREE = (*_BOTH, *_ALERTS)
_PROPOSED = (Where.BOARD, *_ALERTS)
_AFTER = (Where.REVIEW, Where.POST_MORTEM)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does. ``handler`` is ``module:function`` in ``console.handlers``.

    ``label`` stands in the footer (empty: not shown there), ``help`` is a sentence for help and palette.
    ``id`` is what a personal key map names.
    """

    id: str
    key: str
    label: str
    help: str
    where: tuple[Where, ...]
    handler: str
    shown_key: str = ""
    practice: bool = False  # only in the practice room

    @property
    def key_text(self) -> str:
        """The key as people write it."""
        return self.shown_key or self.key

    def on_key(self, key: str) -> "Action":
        """Return the same action on another key."""
        return replace(self, key=key, shown_key="")


ACTIONS: tuple[Action, ...] = (
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
        _BOTH,
        "telling:update",
    ),
    Action("incident.snooze", "S", "", "Put off a due update, with a reason", _BOTH, "telling:snooze"),
    Action(
        "incident.escalate",
        "e",
        "escalate",
        "Escalate to the next level or a chosen one",
        _BOTH,
        "ladder:escalate",
    ),
    Action(
        "incident.call",
        "C",
        "call",
        "Call who is next: number, words to say, what came of it",
        _BOTH,
        "ladder:call",
    ),
    Action(
        "incident.deliveries",
        "D",
        "",
        "Who was told: every page and update, and what came of it",
        _BOTH,
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
    Action("alerts.show", "A", "", "The alerts it comes from, or all that fires", _BOTH, "alerts:show"),
    Action(
        "alert.silence", "S", "silence", "Silence the alert's group for a while", _ALERTS, "alerts:silence"
    ),
    Action("alert.expire", "E", "", "End the silence that hides the alert", _ALERTS, "alerts:expire"),
    Action("alert.source", "o", "source", "Open where the alert was made", _ALERTS, "alerts:source_page"),
    Action("alert.runbook", "r", "runbook", "Open the runbook the alert names", _ALERTS, "alerts:runbook"),
    Action(
        "alert.dashboard", "d", "", "Open the alert's dashboard, or another page", _ALERTS, "alerts:dashboard"
    ),
    Action("alert.whole", "w", "", "Show the alert alone and whole", _ALERTS, "alerts:whole"),
    Action("alert.every", "A", "all", "All that fires, or again those of one", _ALERTS, "alerts:every"),
    Action("alert.filter", "slash", "filter", "Filter; !word leaves out", _ALERTS, "alerts:filter_rows", "/"),
    Action("incident.status", "m", "status", "Change the status", (*_BOTH, *_AFTER), "incidents:status"),
    Action("incident.severity", "s", "severity", "Change the severity", _BOTH, "incidents:severity"),
    Action("incident.resolve", "r", "resolve", "Resolve, and say how it ended", _BOTH, "incidents:resolve"),
    Action("incident.role", "t", "role", "Take a role, or give it to somebody", _BOTH, "incidents:role"),
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
        _BOTH,
        "incidents:keep",
    ),
    Action(
        "incident.split", "X", "", "Split a cause off this incident", (Where.INCIDENT,), "incidents:split"
    ),
    Action("incident.merge", "M", "", "Merge this incident into another", _BOTH, "incidents:merge"),
    Action("incident.ticket", "T", "", "Open a new ticket, or attach one", (Where.INCIDENT,), "links:ticket"),
    Action("incident.bridge", "b", "", "Join the call of this incident, made at need", _BOTH, "links:bridge"),
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
    Action("link.dashboard", "d", "", "Open the service's dashboard", _BOTH, "links:dashboard"),
    Action("link.logs", "l", "", "Open the service's logs", _BOTH, "links:logs"),
    Action("link.apm", "p", "", "Open the service's traces (APM)", _BOTH, "links:apm"),
    Action(
        "health.probe",
        "r",
        "probe now",
        "Probe the check now and show what it answers",
        (Where.HEALTH,),
        "health:probe",
    ),
    Action(
        "health.maintain",
        "m",
        "maintenance",
        "Maintenance now, 30 minutes: measured, opens nothing",
        (Where.HEALTH,),
        "health:maintain",
    ),
    Action(
        "health.declare",
        "n",
        "declare",
        "Declare an incident on the check's service",
        (Where.HEALTH,),
        "health:declare",
    ),
    Action(
        "on-call.handover",
        "h",
        "hand over",
        "Hand a shift over: every live incident, and a key that takes it",
        (Where.ON_CALL,),
        "on_call:handover",
    ),
    Action(
        "reports.window",
        "w",
        "window",
        "Another window: 30, 90 or 365 days, or all",
        (Where.REPORTS,),
        "reports:window",
    ),
    Action(
        "reports.group",
        "b",
        "group by",
        "Group by severity, month or service",
        (Where.REPORTS,),
        "reports:group",
    ),
    *(Action(*row[:4], tuple(map(Where, row[4])), *row[5:]) for row in AFTER),
    Action("undo", "z", "undo", "Undo your own last change here", _BOTH, "incidents:undo"),
    Action("copy", "c", "", "Copy what the cursor is on", (Where.ANYWHERE,), "views:copy"),
    Action(
        "filter",
        "slash",
        "filter",
        "Filter; !word leaves out, all shows the done ones",
        (Where.BOARD,),
        "views:filter_rows",
        "/",
    ),
    Action(
        "demo.break",
        "B",
        "",
        "Practice room: break or heal a service now",
        (Where.BOARD,),
        "practice:break_now",
        practice=True,
    ),
    Action(
        "demo.messages",
        "I",
        "",
        "Practice room: read the pages and updates that arrived",
        (*_BOTH, Where.DELIVERIES),
        "practice:messages",
        practice=True,
    ),
    Action("view.board", "1", "", "The board", (Where.ANYWHERE,), "views:board"),
    Action("view.health", "2", "", "Health: every check", (Where.ANYWHERE,), "views:health"),
    Action("view.on-call", "3", "", "On call: the ladder and its people", (Where.ANYWHERE,), "views:on_call"),
    Action("view.reports", "6", "", "Reports: how the room does", (Where.ANYWHERE,), "views:reports"),
    Action(
        "view.review",
        "5",
        "",
        "Review: post-mortems and action items",
        (Where.ANYWHERE,),
        "views:review",
    ),
    Action(
        "operator",
        "at",
        "",
        "Switch the operator: whose hands are on this keyboard",
        (Where.ANYWHERE,),
        "views:operator",
        "@",
    ),
    Action("zone", "Z", "", "Show times in UTC or in the room's zone", (Where.ANYWHERE,), "views:zone"),
    Action(
        "command",
        "colon",
        "command",
        "Every command by name (also ctrl+p)",
        (Where.ANYWHERE,),
        "views:palette",
        ":",
    ),
    Action("keys", "question_mark", "keys", "The keys of this place", (Where.ANYWHERE,), "views:keys", "?"),
    Action("back", "escape", "", "Go back; never quits", (Where.ANYWHERE,), "views:back", "esc"),
    Action("quit", "ctrl+q", "", "Quit", (Where.ANYWHERE,), "views:quit_room"),
)


def actions_for(where: Where) -> tuple[Action, ...]:
    """Return the actions of a place, its own first."""
    own = tuple(action for action in ACTIONS if where in action.where)
    return own + tuple(action for action in ACTIONS if Where.ANYWHERE in action.where)


def table() -> list[tuple[str, str, str, str]]:
    """Return (key, where, what it does, id) for every action, in order."""
    return [(item.key_text, ", ".join(item.where), item.help, item.id) for item in ACTIONS if item.where]
