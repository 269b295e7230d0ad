"""Which verbs there are, and the application made of those a run needs: each costs time to build."""

from collections.abc import Iterable, Sequence
from importlib import import_module

import typer

from console.cli.common import VERBS
from console.cli.verbs.screens import start

# in the order help lists them
MODULES = {
    "beginning": ("init",),
    "screens": ("demo", "watch"),
    "drill": ("drill",),
    "opening": ("declare", "confirm", "dismiss"),
    "looking": ("list", "show", "explain"),
    "working": ("ack", "note", "severity", "status", "tick", "link", "undo"),
    "steps": ("step",),
    "telling": ("update", "audience", "escalate"),
    "alerts": ("alerts", "silence"),
    "handover": ("handover",),
    "ending": ("resolve", "merge"),
    "after": ("postmortem", "actions", "action"),
    "rooms": ("maintenance", "apply", "export"),
    "runbooks": ("import-runbook",),
    "copies": ("backup", "restore"),
    "moving": ("dump", "load", "move"),
    "health": ("check",),
    "reports": ("report",),
    "history": ("import-history",),
    "wall": ("wall",),
    "tmux": ("tmux",),
    "doctor": ("doctor",),
    "keys": ("keys",),
    "completion": ("completion",),
}
_HOME = {name: module for module, names in MODULES.items() for name in names}
_HELP = ("-h", "--help")


def application(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with at least the verbs these arguments can mean."""
    app = typer.Typer(
        name="warroom",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": list(_HELP)},
    )
    app.callback(invoke_without_command=True)(start)
    for name in _wanted(arguments):
        import_module(f"console.cli.verbs.{_HOME[name]}")
        app.command(name)(VERBS[name])
    return app


def _wanted(arguments: Sequence[str]) -> Iterable[str]:
    """Return the verbs among the arguments; all of them where none is, or where help is asked before one."""
    first = next((index for index, word in enumerate(arguments) if word in _HOME), len(arguments))
    if not arguments:
        return ()
    if first == len(arguments) or any(word in _HELP for word in arguments[:first]):
        return _HOME
    return dict.fromkeys(word for word in arguments if word in _HOME)
