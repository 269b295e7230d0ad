"""The common options, and how a function becomes a verb."""

import inspect
from collections.abc import Callable, Sequence
from copy import copy
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.options import Given, resolve
from console.cli.room import asked
from console.identity import default_store


def _at_home(path: Path) -> str:
    """Return a path as people write it, ``~/…`` where it lies in their home folder."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH|URL",
        help=f"The room's store. [env: WARROOM_STORE; default: {_at_home(default_store())}]",
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="NAME", help="Who you are. [env: WARROOM_OPERATOR; default: your login name]"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
CommandId = Annotated[
    str | None,
    typer.Option(
        "--command-id",
        metavar="ID",
        help="Do this once however often it is asked: a repeat gets the first answer.",
    ),
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the timeline.")]

_COMMON = (("store", Store, None), ("as_", As, None), ("json", Json, False))

VERBS: dict[str, Callable[..., None]] = {}  # what has been imported so far


def verb(name: str, *, hides: Sequence[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a verb: its first argument is the run's Options, the rest are its own parameters.

    Common options in ``hides`` mean nothing to it: taken as everywhere, and left out of its help.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        VERBS[name] = _with_options(function, hides)
        return function

    return register


def _with_options(function: Callable[..., None], hides: Sequence[str]) -> Callable[..., None]:
    """Add the common options to a function's signature and hand it what they come to."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter("context", keyword, annotation=typer.Context)]
    added += [
        inspect.Parameter(key, keyword, annotation=_hidden(kind) if key in hides else kind, default=none)
        for key, kind, none in _COMMON
    ]
    named = [parameter.replace(kind=keyword) for parameter in own]

    @wraps(function)
    def run(**values: Any) -> None:
        context = values.pop("context")
        given = Given(*(values.pop(key) for key, _, _ in _COMMON))
        said = (f"{key}={value}" for key, value in values.items() if value and key != "command_id")
        asked.set(" ".join((function.__name__, *said)))
        function(resolve(context.obj, given), **values)

    run.__signature__ = inspect.Signature([*named, *added])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*named, *added)}
    return run


def _hidden(kind: Any) -> Any:
    """Return a common option's annotation with the option left out of help."""
    option = copy(kind.__metadata__[0])
    option.hidden = True
    return Annotated[kind.__origin__, option]
