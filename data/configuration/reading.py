"""From the text of a file to definitions, or to every problem in it at once (design 10)."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.configuration.document import HOW_RUNBOOKS, RUNBOOKS, Document
from data.configuration.locate import lines_of
from data.configuration.model import Configuration, ConfigurationError, Problem, problem

FILE = "warroom.toml"

_NAMED = 3  # runbooks named in a warning before the rest are counted
_LARGEST = 4 * 1024 * 1024  # bytes
_HINTS = (
    ("Invalid value", "text needs quotes"),
    ("Illegal character '\\n'", "a quote is not closed on this line"),
    ("Cannot declare", "a table may be written once; many of a kind need [[ ]]"),
)
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_path(path: Path) -> Configuration:
    """Read a file, or ``warroom.toml`` in a folder; Markdown in ``runbooks/`` beside it is warned of.

    Raises ConfigurationError with all problems, also where the file cannot be read.
    """
    file = path
    try:
        file = path / FILE if path.is_dir() else path
        if file.exists() and not file.is_file():
            raise ConfigurationError([problem(str(file), 0, "", "is not a regular file")])
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
        unread = sorted(item.stem for item in (file.parent / RUNBOOKS).glob("*.md"))
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "the name cannot be a file's"
        raise ConfigurationError([problem(str(file), 0, "", f"cannot be read: {reason}")]) from None
    if len(data) > _LARGEST:
        raise ConfigurationError([problem(str(file), 0, "", "is larger than 4 MB")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([problem(str(file), line, "", "is not UTF-8 text")]) from None
    return read(text, str(file), unread)


def read(text: str, file: str, unread: Sequence[str] = ()) -> Configuration:
    """Read a configuration; ``file`` is named in problems, ``unread`` are the stems of ``runbooks/*.md``.

    Raises ConfigurationError with all problems. Definitions have the origin file, and their order.
    """
    text = text.removeprefix("\ufeff")
    document = Document(file, _parse(text, file), lines_of(text))
    document.check(unread)
    found = document.result()
    return replace(found, warnings=(_passed_over(unread, file), *found.warnings)) if unread else found


def _passed_over(stems: Sequence[str], file: str) -> Problem:
    """Say which runbooks are passed over: one line, however many there are."""
    named = ", ".join(f"{RUNBOOKS}/{stem}.md" for stem in stems[:_NAMED])
    more = f" and {len(stems) - _NAMED} more" if len(stems) > _NAMED else ""
    verb = "are" if stems[1:] else "is"
    return problem(file, 0, "", f"{named}{more} {verb} not read: {HOW_RUNBOOKS}")


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words = str(error)
        found = _POSITION.search(words)
        line = int(found[1]) if found and found[1] else text.count("\n", 0, len(text.rstrip())) + 1
        hint = next((said for begin, said in _HINTS if words.startswith(begin)), "")
        message = f"is not TOML: {_POSITION.sub('', words)}"
    except RecursionError:
        line, message, hint = 0, "is nested too deep", ""
    except ValueError:
        line, message, hint = 0, "holds a number that is too long", ""
    raise ConfigurationError([problem(file, line, "", message, hint)])
