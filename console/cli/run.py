"""One run from arguments to exit code: every failure ends as a sentence, none as a traceback."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import output
from console.cli.failures import INTERNAL, INTERRUPTED, STORE, USAGE, Failure
from console.cli.options import Given, Run, resolve
from data.text import clean, clean_line

if TYPE_CHECKING:
    from typer import TyperException

LONGEST = 500  # characters of a failure: it may repeat what was typed


def run(argv: Sequence[str] | None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    state = Run()
    try:
        plain = _plain(arguments)
        if plain is None:
            return _obey(arguments, state)
        from console.launch import run_console

        # the board opens without building a command line
        run_console(resolve(state, plain))
    except Failure as failure:
        return _fail(failure, state.json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence and a log instead of a traceback
        return _fail(_broken(error), state.json)
    return 0


def _plain(arguments: Sequence[str]) -> Given | None:
    """Return the options of a bare ``warroom`` or one with a store and a name; None for anything else."""
    given, rest = Given(), list(arguments)
    while rest:
        name, joined, value = rest.pop(0).partition("=")
        if name not in ("--store", "--as") or not (joined or rest):
            return None
        value = value if joined else rest.pop(0)
        if value.startswith("-"):
            return None
        if name == "--store":
            given.store = value
        else:
            given.operator = value
    return given


def _obey(arguments: Sequence[str], state: Run) -> int:
    import typer

    from console.cli.catalogue import application

    try:
        command = typer.main.get_command(application(arguments))
        code = command.main(list(arguments), prog_name="warroom", standalone_mode=False, obj=state)
    except typer.TyperException as error:
        state.json = state.json or _asks_json(arguments)
        raise _mistyped(error) from None
    except typer.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _fail(failure: Failure, as_json: bool) -> int:
    configured = failure.code == "configuration"
    reason = clean(failure.reason, 40_000) if configured else clean_line(failure.reason, LONGEST)
    hint = clean_line(failure.hint, LONGEST)
    if as_json:
        told = {"code": failure.code, "reason": reason, "hint": hint}
        output.warn_json({"error": told})
    else:
        # a configuration's problems begin with file and line, where editors look for them
        prefix = "" if configured else "warroom: "
        output.warn(prefix + reason)
        if hint:
            output.warn(f"  {hint}")
    return failure.status


def _asks_json(arguments: Sequence[str]) -> bool:
    """Tell whether JSON was asked for where parsing stopped before it could say."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]


def _mistyped(error: "TyperException") -> Failure:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "warroom"
    reason = error.format_message().strip().rstrip(".").replace("\n\t", " ")
    hint = f"{path} --help shows how"
    if "unexpected extra argument" in reason:
        hint = f"put a text of several words in quotes; {hint}"
    if "No such option" in reason:
        hint = f"a text that begins with a dash goes after --; {hint}"
    return Failure(reason[:1].lower() + reason[1:], hint, code="usage", status=USAGE)


def _broken(error: Exception) -> Failure:
    errors = sys.modules.get("data.store.errors")  # what was never imported was not raised
    if errors is not None and isinstance(error, errors.StoreError):
        return Failure(error.reason, error.hint, code="store", status=STORE)
    reason = f"something went wrong inside warroom ({type(error).__name__})"
    try:
        log = _write_log(error)
    except OSError:
        hint = "what happened could not be written to a log file either"
    else:
        hint = f"what happened is in {log}"
    return Failure(reason, hint, code="internal", status=INTERNAL)


def _write_log(error: Exception) -> Path:
    """Write the traceback, without the values of variables, where only this user can read it."""
    import traceback

    import platformdirs

    folder = Path(platformdirs.user_log_dir("warroom"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"error-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(output.tame("".join(traceback.format_exception(error))))
    return path
