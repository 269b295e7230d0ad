"""What reading a configuration gives: definitions, or every problem at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data.domain.room import Definition, Kind
from data.text import clean_line

ROOM_ID = "room"  # there is one room in a store

Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a configuration, in words for who wrote it. All of it is clean text.

    ``line`` counts from 1; 0 where no single line is to blame. ``path`` names the key, a table of
    many by its id: ``check.checkout-api.every``.
    """

    file: str
    line: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: {subject}{self.message}{hint}"


def problem(file: str, line: int, path: str, message: str, hint: str = "") -> Problem:
    """Return a problem whose words hold nothing that a terminal obeys (design 8)."""
    return Problem(clean_line(file), line, clean_line(path, 120), clean_line(message, 300), clean_line(hint))


def by_line(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order in which they are met in their file."""
    return sorted(problems, key=lambda item: (item.file, item.line))


class ConfigurationError(Exception):
    """A configuration that cannot be used; ``problems`` is everything wrong with it, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(by_line(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Configuration:
    """Definitions in the order they were written, and where each one was.

    ``warnings`` are worth saying and refuse nothing: what is named may be made in the console. Of
    runbooks in Markdown files of their own, ``texts`` has what they say and ``files`` which they are.
    """

    definitions: tuple[Definition, ...] = ()
    file: str = ""
    lines: Mapping[Key, int] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
