"""Verbs that copy a store in a file, and put a copy back: backup, restore."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import STORE, Failure
from console.cli.options import Options


@verb("backup")
def backup(
    options: Options,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to. Default: the backups folder beside the store."),
    ] = None,
) -> None:
    """Copy the store, while it is in use. Prints where the copy is.

    For a store in a file; one in PostgreSQL is copied with pg_dump.
    """
    from console.cli.room import unusable
    from console.clock import Clock
    from data.store import backup as backups
    from data.store.errors import StoreError
    from data.store.store import is_url, path_of

    if is_url(options.store):
        raise Failure("a PostgreSQL store is backed up where it runs", "use pg_dump")
    try:
        # not opened as other verbs do: a copy need not wait for whoever writes
        made = backups.make(path_of(options.store), Clock()(), file)
    except backups.NoBackup as error:
        raise Failure(error.reason, error.hint) from error
    except StoreError as error:
        raise unusable(error) from error
    if options.json:
        output.emit({"path": str(made)})
    else:
        output.answer(str(made))


@verb("restore")
def restore(
    options: Options,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy, as backup made it. It stays.")],
) -> None:
    """Make a copy the store again.

    What was there is kept beside it, under another name. Consoles that have it open notice, and write
    nothing more to it: start them again. For a store in a file.
    """
    from console.cli.room import unusable
    from console.clock import Clock
    from data.store import backup as backups
    from data.store.errors import StoreError
    from data.store.store import is_url, path_of

    if is_url(options.store):
        raise Failure("a PostgreSQL store is put back where it runs", "use pg_restore")
    try:
        store = path_of(options.store)
    except StoreError as error:
        raise unusable(error) from error
    try:
        aside = backups.restore(file, store, Clock()())
    except backups.NoBackup as error:
        raise Failure(error.reason, error.hint) from error
    except StoreError as error:
        # it is the copy that is no store: another --store would not help
        hint = "give a copy that warroom backup made" if "--store" in error.hint else error.hint
        raise Failure(error.reason, hint, code="store", status=STORE) from error
    if options.json:
        output.emit({"store": str(store), "replaced": str(aside) if aside else None})
    else:
        kept = f"; what was there is kept as {aside}" if aside else ""
        output.answer(f"{store} is {file} again{kept}")
