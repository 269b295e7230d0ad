"""Verbs that carry a whole room from one store to another: dump, load, move."""

import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import Failure, usage
from console.cli.options import Options
from data.text import clean_line

if TYPE_CHECKING:
    from data.store.copying import Copied
    from data.store.dump import Dump
    from data.store.store import Store

STDOUT = "-"
_AT_ONCE = 64 * 1024  # characters


@verb("dump")
def dump(
    options: Options,
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="Where to; - is the standard output.")
    ] = STDOUT,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write everything in the room as JSON Lines.

    One object a line: what was dumped, every row of every table, and an end with a digest. It is read at
    one moment, while the room is in use. Who works on the room just now is left out, and so are secrets,
    which are never in a store. warroom load makes a room of it again.
    """
    from console.cli.room import opened
    from data.store.copying import snapshot
    from data.store.dump import NotLoaded

    target = None if file == STDOUT else _free(Path(file), force=force)
    with opened(options) as room:
        try:
            with snapshot(room.store) as read:
                if target is None:
                    _to_stdout(read)
                    return
                done = _to_file(read, target, force=force)
        except NotLoaded as error:
            raise Failure(error.reason, error.hint) from error
    tally, name = done.tally, clean_line(str(target))
    if options.json:
        output.emit({"path": str(target), "rows": tally.total, "sha256": tally.sha256})
    else:
        output.answer(f"{_size(done.head.rows['incident'], done.head.rows['event'])} written to {name}")


@verb("load")
def load(
    options: Options,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What warroom dump wrote.")],
) -> None:
    """Make a room of a dump, in a new or an empty store.

    All of it or nothing: the whole file is checked first. A store is empty while it has nothing but the
    guide in it. The room goes on where it was: what is live climbs, and what waits to be sent is sent, as
    soon as a console or warroom watch works on it.
    """
    from console.cli.room import unusable
    from console.clock import Clock
    from console.identity import host
    from data.store import copying
    from data.store.dump import NotLoaded
    from data.store.errors import StoreError, masked

    try:
        copied = copying.load_file(file, options.store, Clock(), host())
    except NotLoaded as error:
        raise Failure(error.reason, error.hint) from error
    except StoreError as error:
        raise unusable(error) from error
    _answer(options, copied, f"{_size(copied.incidents, copied.events)} loaded into {masked(options.store)}")


@verb("move", hides=("store",))
def move(
    options: Options,
    source: Annotated[str, typer.Argument(metavar="SRC", help="The store the room is in: PATH or URL.")],
    target: Annotated[str, typer.Argument(metavar="DST", help="A new or an empty one: PATH or URL.")],
) -> None:
    """Copy a room into another store, and compare the two.

    From a file into PostgreSQL, back, or from either to its like. Nobody may work on it meanwhile: leave
    the consoles and end warroom watch first. Every row is counted and compared. The old store stays as
    it is.
    """
    from console.cli.room import unusable
    from console.clock import Clock
    from console.identity import host
    from data.store import copying
    from data.store.dump import NotLoaded
    from data.store.errors import StoreError, masked
    from data.store.store import is_url, open_store

    clock = Clock()
    try:
        store = open_store(source, clock, host())
        try:
            if is_url(source):
                clock.offset += store.server_offset()
            copied = copying.move(store, target, _program(), host())
        finally:
            store.close()
    except NotLoaded as error:
        raise Failure(error.reason, error.hint) from error
    except StoreError as error:
        raise unusable(error) from error
    old, new = clean_line(masked(source)), clean_line(masked(target))
    if not is_url(target):
        new = clean_line(str(Path(target).expanduser().resolve()))  # wherever people start warroom
    hidden = " (with its password)" if is_url(target) and new != clean_line(target) else ""
    words = [
        f"{_size(copied.incidents, copied.events)} moved from {old} to {new}: every row was compared",
        f"Point everybody there: set WARROOM_STORE to {new}{hidden}, or give it with --store.",
        f"{old} was left as it is. Let nobody work in it any more.",
    ]
    _answer(options, copied, "\n".join(words))


def _answer(options: Options, copied: "Copied", words: str) -> None:
    if options.json:
        facts: dict[str, Any] = {"incidents": copied.incidents, "events": copied.events, "rows": copied.rows}
        output.emit(facts | {"answer": words})
    else:
        output.answer(words)


def _size(incidents: int, events: int) -> str:
    from data.domain.words import count

    return f"{count(incidents, 'incident')} with {count(events, 'event')}"


def _program() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("warroom")
    except PackageNotFoundError:
        return ""


def _free(target: Path, *, force: bool) -> Path:
    """Return where a dump may be written. Raises Failure where something is in the way."""
    name = clean_line(str(target))
    try:
        there = os.path.lexists(target)
        if there and not target.is_file():
            raise Failure(f"{name} is not a regular file", "name another")
    except ValueError:
        raise usage("that cannot be a file's name") from None
    if there and not force:
        raise Failure(
            f"there already is something at {name}", "name another file, or replace it with --force"
        )
    return target


def _write(read: "Store", file: IO[str]) -> "Dump":
    """Write a room's lines; the store is read no longer than that takes."""
    from sqlalchemy import Connection

    from data.store.dump import Dump
    from data.store.dump import dump as dumped

    def lines(connection: Connection) -> Dump:
        found = dumped(connection, _program(), read.now())
        file.writelines(found.lines())
        return found

    return read.read(lines)


def _to_file(read: "Store", target: Path, *, force: bool) -> "Dump":
    name = clean_line(str(target))
    draft = ""
    try:
        handle, draft = tempfile.mkstemp(prefix=".warroom-", dir=target.parent)  # mode 0600
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            done = _write(read, file)
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(draft, target)
        else:
            os.link(draft, target)  # never onto what somebody else has put there meanwhile
    except FileExistsError:
        raise Failure(f"there already is something at {name}", "name another file") from None
    except OSError as error:
        raise Failure(f"{name} cannot be written: {error.strerror}", "name another file") from error
    finally:
        if draft:
            Path(draft).unlink(missing_ok=True)
    return done


def _to_stdout(read: "Store") -> None:
    """Print a room's lines, written down first: a slow reader must keep nobody from the store."""
    try:
        with tempfile.TemporaryFile("w+", encoding="ascii", newline="\n") as file:
            _write(read, file)
            file.seek(0)
            while some := file.readlines(_AT_ONCE):
                output.answer("".join(some).removesuffix("\n"))
    except OSError as error:
        raise Failure(f"the room cannot be written down: {error.strerror}", "free some space") from error
