"""Writing in the operator's own editor: the terminal is handed over and taken back, the text is kept."""

import asyncio
import os
import shlex
import signal
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from textual.app import App, SuspendNotSupported

from data.text import clean, decode

_BYTES = 4  # that one character may take
LONGEST = 20_000  # characters that come back
LINES = 500
_DEFAULT = "vi"


class Edited(NamedTuple):
    """What came back: the text, and in a sentence what went wrong, empty when nothing did."""

    text: str
    trouble: str = ""


def editor(environ: dict[str, str] | None = None) -> str:
    """Return the command that edits: $VISUAL, else $EDITOR, else vi."""
    values = os.environ if environ is None else environ
    return values.get("VISUAL", "").strip() or values.get("EDITOR", "").strip() or _DEFAULT


async def edit(app: App[Any], text: str, name: str, *, longest: int = LONGEST, lines: int = LINES) -> Edited:
    """Let the operator edit a text in their editor; ``name`` is the file's, which says what it is.

    The workers go on meanwhile. Whatever becomes of the editor, a text comes back, at most ``longest``
    characters and ``lines`` lines of it.
    """
    try:
        command = shlex.split(editor())
    except ValueError as error:
        return Edited(text, f"$EDITOR cannot be read: {error}")
    with tempfile.TemporaryDirectory(prefix="warroom-") as folder:  # only this user can look into it
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend(), app.batch_update():
                trouble = await _run([*command, str(path)])
        except SuspendNotSupported:
            return Edited(text, "this terminal cannot be handed over to an editor")
        found, lost = _read(path, longest, lines)
        return Edited(text if found is None else found, trouble or lost)


async def _run(command: list[str]) -> str:
    """Run the editor to its end; return what went wrong. Nothing is raised: the terminal must come back."""
    name = Path(command[0]).name
    before = signal.signal(signal.SIGINT, _ignore)  # ctrl+c in the editor is the editor's
    try:
        process = await asyncio.create_subprocess_exec(*command)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            return "the console is closing"
    except (OSError, ValueError) as error:
        return f"{name} could not be started: {getattr(error, 'strerror', None) or error}"
    finally:
        signal.signal(signal.SIGINT, before)
    if code < 0:
        return f"{name} was ended by signal {-code}"
    return f"{name} ended with {code}" if code else ""


def _ignore(*_: object) -> None:
    """Take the signal and do nothing; unlike an ignored one, the editor does not inherit this."""


def _read(path: Path, longest: int, lines: int) -> tuple[str | None, str]:
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES * longest)
    except OSError as error:
        return None, f"the text could not be read back: {error.strerror}"
    return clean(decode(data), longest, lines).rstrip("\n"), ""
