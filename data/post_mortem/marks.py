"""The little structure that written parts have: paragraphs and lists, and nothing else of Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r"\s{0,8}[-*•]\s+(.*)")
_NUMBER = re.compile(r"\s{0,8}(\d{1,3})[.)]\s+(.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list with bullets, or a numbered one, as its lines."""

    kind: str  # "text", "bullets", "numbers"
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Yield the paragraphs and lists of a text."""
    kind, lines = "text", list[str]()
    for line in (*text.splitlines(), ""):
        bullet, number = _BULLET.fullmatch(line), _NUMBER.fullmatch(line)
        is_kind = "bullets" if bullet else "numbers" if number else "text"
        if lines and (is_kind != kind or not line.strip()):
            yield Block(kind, tuple(lines))
            lines = []
        if line.strip():
            kind = is_kind
            lines.append(bullet[1] if bullet else number[2] if number else line.strip())
