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
    """Yield a group: its head, and one sentence for each, with what to do below it; nothing is cut.

    Things of which the same is to be said are said together.
    """
    items = list(_together(found))
    wide = min(_NAME, max(cells(subject) for subject, _ in items))
    begin = 2 + _WORD + 2
    if width is not None and width - begin - wide - 2 < _LEAST:
        wide = 0  # what is said goes below
    indent = begin + wide + 2
    yield line(Part(head, "strong"))
    for subject, item in items:
        word = _WORDS[item.grade]
        names = _wrapped(subject, width, begin) if cells(subject) > wide else [subject]
        said = _wrapped(item.what, width, indent)
        if cells(subject) <= wide:
            names = [f"{subject}{' ' * (wide + 2 - cells(subject))}{said.pop(0)}"]
        yield line("  ", word, " " * (begin - 2 - len(word.text)), names[0])
        for more in names[1:]:
            yield line(" " * begin, more)
        for more in said:
            yield line(" " * indent, more)
        if item.hint and item.grade is not Grade.OK:
            for more in _wrapped(f"→ {item.hint}", width, indent):
                yield line(" " * indent, Part(more, "head"))
    yield line("")


def _together(found: Iterable[Diagnosis]) -> Iterator[tuple[str, Diagnosis]]:
    """Yield what is said of whom; whatever has the same said of it goes with the first."""
    same: dict[tuple[str, Grade, str, str], list[Diagnosis]] = {}
    for item in found:
        same.setdefault((item.kind, item.grade, item.what, item.hint), []).append(item)
    for items in same.values():
        names = ", ".join(dict.fromkeys(item.name for item in items))
        yield f"{items[0].kind} {names}".rstrip(), items[0]


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
    return textwrap.wrap(text, max(_LEAST, width - indent), break_on_hyphens=False) or [""]
