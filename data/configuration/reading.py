"""From the text of a file to definitions, or to every problem in it at once (design 10)."""

import re
import tomllib
from pathlib import Path
from typing import Any

from data.configuration.document import Document
from data.configuration.locate import lines_of
from data.configuration.model import Configuration, ConfigurationError, problem
from data.configuration.runbooks import Beside, beside

FILE = "warroom.toml"
NOTHING = Beside()

_LARGEST = 4 * 1024 * 1024  # bytes
_HINTS = (
    ("Invalid value", "text needs quotes"),
    ("Illegal character '\\n'", "a quote is not closed on this line"),
    ("Cannot declare", "a table may be written once; many of a kind need [[ ]]"),
)
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_path(path: Path) -> Configuration:
    """Read a file, or ``warroom.toml`` in a folder, with the Markdown in ``runbooks/`` beside it.

    Raises ConfigurationError with all problems, also where the file cannot be read.
    """
    file = path
    try:
        file = path / FILE if path.is_dir() else path
        if file.exists() and not file.is_file():
            raise ConfigurationError([problem(str(file), 0, "", "is not a regular file")])
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
        markdown = beside(file.parent)
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
    return read(text, str(file), markdown)


def read(text: str, file: str, markdown: Beside = NOTHING) -> Configuration:
    """Read a configuration; ``file`` is named in problems, ``markdown`` are the runbooks beside it.

    Raises ConfigurationError with all problems. Definitions have the origin file, and their order.
    """
    text = text.removeprefix("\ufeff")
    document = Document(file, parse(text, file), lines_of(text), markdown)
    document.check()
    return document.result()


def parse(text: str, file: str) -> dict[str, Any]:
    """Return a TOML document. Raises ConfigurationError, with the line, where it is none."""
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
