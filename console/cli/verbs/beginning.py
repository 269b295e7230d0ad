"""The verb that makes a room: init."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import Failure
from console.cli.options import Options

if TYPE_CHECKING:
    from data.configuration.model import Configuration
    from data.store.store import Store

_FILE = "warroom.toml"


@verb("init")
def init(
    options: Options,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: the guide's defaults and no file.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="PATH", help=f"Where the file goes; default: {_FILE} beside the store."
        ),
    ] = None,
) -> None:
    """Make a room: a new store with the guide in it.

    It begins with the severities, audiences, ladder and checklists of the incident response guide. On a
    terminal it asks five questions first, writes what you answer into a commented warroom.toml and loads it.
    What is there already is not touched.
    """
    if yes or options.json or not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        store = _make(options)
        store.close()
        if options.json:
            output.emit({"store": store.name})
        else:
            output.answer(f"made a room at {store.name}, by the guide's defaults")
        return
    _ask_and_make(options, config)


def _make(options: Options) -> "Store":
    from console.cli.room import unusable
    from console.clock import Clock
    from console.identity import host
    from data.defaults import defaults
    from data.store.errors import StoreError, StoreExists
    from data.store.store import create_store

    try:
        return create_store(options.store, Clock(), host(), defaults().definitions)
    except StoreExists as error:
        raise Failure(error.reason, error.hint) from error
    except StoreError as error:
        raise unusable(error) from error


def _ask_and_make(options: Options, config: Path | None) -> None:
    """Ask first, then make everything, or nothing."""
    from console.cli import wizard
    from console.cli.first_file import first_file
    from console.workers.secrets import is_reference
    from data.store.store import is_url, path_of

    beside = Path() if is_url(options.store) else path_of(options.store).parent
    file = (config or beside / _FILE).absolute()
    _nothing_there(options, file)
    answers = wizard.ask_all(options.operator)
    notify, secrets = answers.notify, {}
    if notify and not is_reference(notify):
        # an address lets whoever has it write in somebody's name: it stays out of the room
        secret = file.with_name(f"{answers.contact}.notify")
        secrets[secret], notify = f"{answers.notify}\n", f"file:{secret}"
    text = first_file(answers, str(file), notify)
    with _written({**secrets, file: text}):
        wanted = _understood(file)
        store = _make(options)
        try:
            _load(store, options.operator, wanted)
        except BaseException:
            store.close()
            if not is_url(store.where):
                _unmake(path_of(store.where))
            raise
        store.close()
    told = [
        f"made a room at {store.name}",
        f"its configuration is {file}: change it, then warroom apply {file}",
    ]
    told += [
        f"the address to notify {answers.person} at is in {name}, for your eyes only" for name in secrets
    ]
    output.answer("\n".join([*told, "warroom opens the board"]))


def _unmake(path: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _nothing_there(options: Options, file: Path) -> None:
    """Refuse what would fail after five answers. Raises Failure."""
    from data.store.store import is_url, path_of

    if not is_url(options.store) and os.path.lexists(path_of(options.store)):
        raise Failure(f"there already is something at {options.store}", "open it, or name another path")
    if os.path.lexists(file):
        hint = f"name another: --config PATH; or warroom init --yes, then warroom apply {file}"
        raise Failure(f"there already is {file}: nothing was touched", hint)


@contextmanager
def _written(files: dict[Path, str]) -> "Iterator[None]":
    """Write new files that only their owner can read; they go again when what follows fails."""
    made: list[Path] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            made.append(path)
            with open(descriptor, "w", encoding="utf-8") as opened:
                opened.write(text)
        yield
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = f"{error.filename or 'the file'} cannot be written: {error.strerror}"
            raise Failure(reason, "nothing was made; name another place: --config PATH") from error
        raise


def _understood(file: Path) -> "Configuration":
    from data.configuration.model import ConfigurationError
    from data.configuration.reading import read_path

    try:
        return read_path(file)
    except ConfigurationError as error:
        raise Failure(f"the answers do not fit together: {error.problems[0]}", "nothing was made") from error


def _load(store: "Store", operator: str, wanted: "Configuration") -> None:
    from data.configuration.plan import plan
    from data.store.commands import rooms
    from data.store.definitions import load
    from data.store.unit import Answer, Write

    def work(write: Write) -> Answer:
        change = plan(load(write.connection), wanted)
        return rooms.apply(write, change.upserts, change.retires, change.lines(), wanted.texts)

    store.write(work, by=operator)
