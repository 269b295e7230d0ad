"""What surrounds each character of a shell command: quotes, comments, here-documents (POSIX shell, 2.2)."""

import re
from enum import Enum, auto


class Around(Enum):
    """What a character stands in, which decides how other text can be put there."""

    BARE = auto()
    DOUBLE = auto()  # between double quotes
    SINGLE = auto()  # between single quotes
    CLOSED = auto()  # in `…`, ${…}, $'…' or a here-document: only the plainest text keeps its meaning
    ESCAPED = auto()  # after a backslash
    COMMENT = auto()


_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w*)\1")
_IN_DOUBLE = frozenset('$`"\\\n')  # what a backslash takes the meaning of between double quotes


def around(command: str) -> list[Around]:
    """Return for each character what surrounds it; quotes that never end reach to the end."""
    return _Reader(command).marks


class _Reader:
    """Goes once through a command, with what is open on a stack: ``"`` and ``)``."""

    def __init__(self, command: str) -> None:
        self._text = command
        self.marks = [Around.BARE] * len(command)
        self._open: list[str] = []
        self._heredocs: list[str] = []
        at = 0
        while at < len(command):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Mark what is at a place, and return where to read on."""
        text, char = self._text, self._text[at]
        quoted = bool(self._open) and self._open[-1] == '"'
        if quoted:
            self.marks[at] = Around.DOUBLE
        if char == "\\" and (not quoted or text[at + 1 : at + 2] in _IN_DOUBLE):
            return self._mark(at + 1, at + 2, Around.ESCAPED)
        if char == "`":
            return self._mark(at, self._end(at + 1, "`"), Around.CLOSED)
        if text.startswith("${", at):
            return self._mark(at + 1, self._brace(at + 2), Around.CLOSED)
        if text.startswith("$(", at):
            self._open.append(")")
            return at + 2
        if quoted:
            if char == '"':
                self._open.pop()
            return at + 1
        return self._bare(at, char)

    def _bare(self, at: int, char: str) -> int:
        text = self._text
        if text.startswith("$'", at):
            return self._mark(at, self._end(at + 2, "'"), Around.CLOSED)
        if char == "'":
            end = text.find("'", at + 1)
            return self._mark(at, len(text) if end < 0 else end + 1, Around.SINGLE)
        if char == '"':
            self.marks[at] = Around.DOUBLE
        if char in '"(':
            self._open.append('"' if char == '"' else ")")
        elif char == ")" and self._open:
            self._open.pop()
        elif char == "#" and (at == 0 or text[at - 1] in " \t\n;&|("):
            end = text.find("\n", at)
            return self._mark(at, len(text) if end < 0 else end, Around.COMMENT)
        elif text.startswith("<<<", at):
            return at + 3
        elif text.startswith("<<", at) and (found := _HEREDOC.match(text, at)):
            self._heredocs.append(found[2])
            return self._mark(at, found.end(), Around.CLOSED)
        elif char == "\n" and self._heredocs:
            return self._documents(at + 1)
        return at + 1

    def _mark(self, start: int, end: int, what: Around) -> int:
        end = min(end, len(self._text))
        self.marks[start:end] = [what] * max(0, end - start)
        return max(end, start)

    def _end(self, at: int, closer: str) -> int:
        """Return the place after the next closer that no backslash precedes."""
        while at < len(self._text):
            if self._text[at] == "\\":
                at += 1
            elif self._text[at] == closer:
                return at + 1
            at += 1
        return len(self._text)

    def _brace(self, at: int) -> int:
        """Return the place after the brace that ends a parameter."""
        depth = 1
        while at < len(self._text):
            depth += {"{": 1, "}": -1}.get(self._text[at], 0)
            at += 1
            if not depth:
                return at
        return len(self._text)

    def _documents(self, at: int) -> int:
        """Mark the here-documents that begin here; return the place after the last."""
        for word in self._heredocs:
            end = re.compile(rf"^\t*{word}$", re.MULTILINE).search(self._text, at)
            at = self._mark(at, end.end() if end else len(self._text), Around.CLOSED)
        self._heredocs.clear()
        return at
