"""Where every key of a TOML document was written: tomllib gives values without lines (design 10)."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?""""{0,2}' + r"|'''.*?''''{0,2}" + r'|"(?:[^"\\]|\\.)*"' + r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table, key and array element of a valid TOML document.

    Elements of arrays, of tables or not, are numbered from 0. Of an invalid document it returns what
    it could read; it never raises.
    """
    scanner = _Scanner(text)
    try:
        scanner.document()
    except (ValueError, IndexError, RecursionError):
        return scanner.lines
    return scanner.lines


def line_at(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest table or key around it; 1 for the document."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._count: dict[Path, int] = {}  # tables so far in each array of tables

    def document(self) -> None:
        table: Path = ()
        while True:
            self._skip(_GAP)
            if self._at >= len(self._text):
                return
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._line()
        double = self._text.startswith("[[", self._at)
        self._at += 2 if double else 1
        parts = self._key()
        self._at += 2 if double else 1
        path: Path = ()
        for number, part in enumerate(parts, start=1):
            path += (part,)
            last = number == len(parts)
            self.lines.setdefault(path, line)
            if last and double:
                self._count[path] = self._count.get(path, 0) + 1
            if path in self._count:
                path += (self._count[path] - 1,)
            if last:
                self.lines[path] = line
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for part in self._key():
            path += (part,)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        first = self._text[self._at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._match(_STRING if first in "\"'" else _SCALAR)

    def _array(self, path: Path) -> None:
        self._at += 1
        for number in range(len(self._text)):
            self._skip(_GAP)
            if self._text[self._at] == "]":
                break
            self.lines[(*path, number)] = self._line()
            self._value((*path, number))
            self._skip(_GAP)
            if self._text[self._at] == ",":
                self._at += 1
        self._expect("]")

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while True:
            self._skip(_GAP)
            if self._text[self._at] == "}":
                break
            self._pair(path)
            self._skip(_GAP)
            if self._text[self._at] == ",":
                self._at += 1
        self._expect("}")

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_BLANK)
            if self._text[self._at] in "\"'":
                parts.append(str(tomllib.loads(f"key = {self._match(_STRING)}")["key"]))
            else:
                parts.append(self._match(_BARE_KEY))
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _line(self) -> int:
        return bisect_right(self._newlines, self._at - 1) + 1 if self._at else 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._match(pattern)

    def _expect(self, character: str) -> None:
        if self._text[self._at] != character:
            raise ValueError(f"expected {character} on line {self._line()}")
        self._at += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"cannot read line {self._line()}")
        self._at = match.end()
        return match[0]
