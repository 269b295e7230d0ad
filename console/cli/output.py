"""The one way out: everything a verb prints passes here, tamed, whatever the terminal can encode."""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from typing import IO, Any

from console.cli.failures import INTERNAL, Failure
from data.text import clean
from data.text_table import Line

_RESET = "\x1b[0m"
# Severities lie on a blue-orange axis, as on the board (design 4).
_COLOURS = {
    "p0": "\x1b[1;33m",
    "p1": "\x1b[33m",
    "p2": "\x1b[36m",
    "late": "\x1b[1;31m",
    "soon": "\x1b[33m",
    "good": "\x1b[32m",
    "strong": "\x1b[1m",
    "head": "\x1b[2m",
}
_NARROWEST = 40


def width() -> int | None:
    """Return the columns of the terminal answers go to, None where they go elsewhere and nothing is cut."""
    if not is_terminal(sys.stdout):
        return None
    return max(_NARROWEST, shutil.get_terminal_size().columns)


def answer(text: str) -> None:
    """Print plain text."""
    _put(sys.stdout, tame(text) + "\n")


def show(lines: Iterable[Line]) -> None:
    """Print lines; their tones become colours on a terminal that wants them."""
    coloured = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    written = []
    for one in lines:
        parts = []
        for part in one:
            text = tame(part.text)
            colour = _COLOURS.get(part.tone, "") if coloured and text.strip() else ""
            parts.append(f"{colour}{text}{_RESET}" if colour else text)
        written.append("".join(parts).rstrip())
    _put(sys.stdout, "".join(f"{text}\n" for text in written))


def emit(value: Any) -> None:
    """Print one JSON value: escaped where the terminal could not hold it, indented for a person."""
    _put(sys.stdout, _json(sys.stdout, value))


def warn(text: str) -> None:
    """Tell the person at the terminal something that is not the answer."""
    _put(sys.stderr, tame(text) + "\n")


def prompt(text: str) -> None:
    """Begin a question; the cursor stays behind it."""
    _put(sys.stderr, tame(text))


def warn_json(value: Any) -> None:
    """Tell a script what went wrong."""
    _put(sys.stderr, _json(sys.stderr, value))


def _json(stream: IO[str] | None, value: Any) -> str:
    encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
    text = json.dumps(value, ensure_ascii=encoding != "utf8", indent=2 if is_terminal(stream) else None)
    return tame(text) + "\n"


def is_terminal(stream: IO[str] | None) -> bool:
    """Tell whether a person reads or types here."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def tame(text: str) -> str:
    """Return text with nothing in it that a terminal obeys; nothing is cut."""
    return clean(text, 8 * len(text) + 100, text.count("\n") + 2 + text.count("\r"))


def _put(stream: IO[str] | None, text: str) -> None:
    if stream is None:  # started with the stream closed
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.encode(encoding, "replace").decode(encoding)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _discard(stream)  # whoever read has seen enough; what was asked for is done all the same
    except OSError as error:
        _discard(stream)
        if stream is sys.stdout:
            reason = f"the answer could not be written: {error.strerror}"
            hint = "what was asked for is done: look with warroom show"
            raise Failure(reason, hint, code="output", status=INTERNAL) from None


def _discard(stream: IO[str]) -> None:
    """Point a stream that failed at nothing, so that closing it at the end says nothing either."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    except (OSError, ValueError):
        pass
