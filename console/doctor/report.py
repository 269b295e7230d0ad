"""What the doctor says, as lines for a terminal and as JSON."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from data.domain.diagnosis import Diagnosis, Grade
from data.text_table import Line, Part, cells, line

_WORDS = {
    Grade.OK: Part("ok", "good"),
    Grade.NOTE: Part("note"),
    Grade.WARNING: Part("warning", "soon"),
    Grade.FAILURE: Part("FAILURE", "late"),
}
_WORD = max(len(part.text) for part in _WORDS.values())
_NAME = 24  # cells the names of a group take together at most
_LEAST = 20  # cells a sentence keeps on a line


def lines(head: str, found: Iterable[Diagnosis], width: int | None) -> Iterator[Line]:
    """Yield a group: its head, and one sentence for each, with what to do below it; nothing is cut."""
    items = list(found)
    wide = min(_NAME, max(cells(item.subject) for item in items))
    indent = 2 + _WORD + 2 + wide + 2
    yield line(Part(head, "strong"))
    for item in items:
        word = _WORDS[item.grade]
        begin = f"  {item.subject}{' ' * max(0, wide - cells(item.subject))}  "
        first, *rest = _wrapped(item.what, width, indent)
        if cells(item.subject) > wide:
            first, rest = "", [first, *rest]
        padded = word.text + " " * (_WORD - len(word.text))
        yield line("  ", Part(padded, word.tone), begin + first)
        for more in rest:
            yield line(" " * indent + more)
        if item.hint and item.grade is not Grade.OK:
            for more in _wrapped(f"→ {item.hint}", width, indent):
                yield line(" " * indent, Part(more, "head"))
    yield line("")


def as_json(found: Iterable[Diagnosis]) -> list[dict[str, Any]]:
    """Return everything for a script."""
    return [
        {
            "subject": item.subject,
            "kind": item.kind,
            "level": item.grade.value,
            "what": item.what,
            "hint": item.hint,
        }
        for item in found
    ]


def _wrapped(text: str, width: int | None, indent: int) -> list[str]:
    if width is None:
        return [text]
    return textwrap.wrap(text, max(_LEAST, width - indent)) or [""]
