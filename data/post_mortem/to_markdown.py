"""The post-mortem as Markdown that reads well plain; nothing from outside can become markup in it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from data.domain.post_mortem import Section
from data.post_mortem import words
from data.post_mortem.marks import Block, blocks
from data.post_mortem.model import Document
from data.text import clean, clean_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#$^])")
_ENTITY = re.compile(r"&(?=#?\w)")
_ADDRESS = re.compile(r"(?i)(?<=:)//|(?<=www)\.|(?<=mailto):|(?<=xmpp):|@")
_FIRST = re.compile(r"^(\s*)([-+=]|\d{1,9}(?=[.)]))")
_LONGEST = 20_000


def escape(text: str) -> str:
    """Return text of one line with everything in it that Markdown would read as markup taken literally."""
    plain = clean_line(text, _LONGEST).strip()
    escaped = _SPECIAL.sub(r"\\\1", plain)
    escaped = _ENTITY.sub(r"\\&", escaped)
    escaped = _ADDRESS.sub(lambda match: "\\" + match[0], escaped)
    return _FIRST.sub(_first, escaped)


def _first(match: re.Match[str]) -> str:
    """Escape what would begin a list or a heading's underline; of a number it is what follows."""
    blank, mark = match.groups()
    return f"{blank}\\{mark}" if not mark[0].isdigit() else f"{blank}{mark}\\"


def markdown(document: Document) -> str:
    """Return the whole post-mortem."""
    lines = [
        f"# Post-mortem {document.key}: {escape(document.title)}",
        "",
        *_header(document),
    ]
    for section in Section:
        mark = " (TODO)" if section in document.missing else ""
        lines += ["", f"## {section.heading}{mark}", ""]
        if section is Section.TIMELINE:
            lines += _timeline(document)
            continue
        if section is Section.ACTIONS:
            lines += _items(document)
        for item in document.of(section):
            if not item.text.strip():
                continue
            if section is not Section.RESOLUTION and section is not Section.ACTIONS:
                lines += [f"### {item.part.title}", ""]
            lines += [*_written(item.text), ""]
        if lines[-1] == "":
            lines.pop()
    return "\n".join(lines).rstrip() + "\n"


def _header(document: Document) -> Iterator[str]:
    facts = words.facts(document)
    yield from _table(("What", ""), [*facts[:3], ("Post-mortem", words.standing(document)), *facts[3:]])
    if levels := words.levels(document):
        yield ""
        yield from _table(words.LEVELS, levels)
    if document.blameless:
        yield ""
        yield words.NO_NAMES


def _timeline(document: Document) -> Iterator[str]:
    yield from _table((words.over_days(document), "Who", "What"), words.timeline(document))
    if any(row.about for row in document.timeline):
        yield ""
        yield r"\~ marks times that nobody measured."


def _items(document: Document) -> Iterator[str]:
    if document.items:
        yield from _table(words.ITEMS, words.items(document))
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(escape, row))} |"


def _written(text: str) -> list[str]:
    lines: list[str] = []
    for block in blocks(clean(text)):
        if lines:
            lines.append("")
        lines += _block(block)
    return lines


def _block(block: Block) -> Iterator[str]:
    for number, line in enumerate(block.lines, start=1):
        if block.kind == "text":
            # two blanks would be lost in editors: a backslash keeps the line's end
            yield escape(line) + ("\\" if number < len(block.lines) else "")
        else:
            yield f"{'-' if block.kind == 'bullets' else f'{number}.'} {escape(line)}"
