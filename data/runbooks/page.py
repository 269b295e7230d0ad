"""A runbook as lines to read: its Markdown without the marks, and its checklist as an incident gets it."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.domain.room import Runbook
from data.runbook import capped
from data.runbooks.blocks import Block, Code, Item, Listing, Paragraph, Quote, Table, parse
from data.runbooks.source import prepare
from data.text import clean, clean_line
from data.text_table import Column, Part, plain, table

_DEEPEST = 8  # lists in lists that are set in
_CELL = 60  # characters of a table's cell
_BOX = "[ ] "
_QUOTE = "│ "


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text of any length and its tone; where it is wrapped, it goes on ``hang`` cells in."""

    text: str
    tone: str = ""
    hang: int = 0


BLANK = PageLine("")


def text_page(text: str) -> tuple[PageLine, ...]:
    """Return a Markdown document as lines: clean, nothing in it acts, links stand as addresses."""
    lines: list[PageLine] = []
    for section in parse(prepare(capped(text)).text).walk():
        if section.heading is not None:
            lines += _spaced(
                lines, [PageLine(section.heading.line, "accent" if section.level < 2 else "strong")]
            )
        lines += _spaced(lines, _blocks(section.blocks, 0))
    return tuple(lines)


def _spaced(before: list[PageLine], lines: Iterator[PageLine] | list[PageLine]) -> Iterator[PageLine]:
    """Return lines with a blank one before them where something stands above."""
    empty = True
    for line in lines:
        if empty and before and before[-1] != BLANK:
            yield BLANK
        empty = False
        yield line


def _blocks(blocks: list[Block], depth: int) -> Iterator[PageLine]:
    for number, block in enumerate(blocks):
        if number and not depth:
            yield BLANK
        yield from _block(block, depth)


def _block(block: Block, depth: int) -> Iterator[PageLine]:
    indent = "  " * min(depth, _DEEPEST)
    match block:
        case Paragraph():
            for line in block.text.shown.split("\n"):
                yield PageLine(indent + line, hang=len(indent))
        case Code():
            for line in clean(block.text, 100_000, 5_000).split("\n"):
                yield PageLine(f"{indent}    {line}".rstrip(), "code", len(indent) + 4)
        case Listing():
            for number, item in enumerate(block.items):
                yield from _item(item, f"{block.start + number}." if block.ordered else "•", depth)
        case Quote():
            for said in _blocks(block.blocks, depth):
                text = indent + _QUOTE + said.text.removeprefix(indent)
                yield PageLine(text, said.tone or "muted", said.hang + len(_QUOTE))
        case Table():
            yield from _table(block, indent)


def _item(item: Item, mark: str, depth: int) -> Iterator[PageLine]:
    indent = "  " * min(depth, _DEEPEST)
    begin = f"{indent}{mark} {_BOX if item.task else ''}"
    lines = list(_blocks(item.blocks, depth + 1))
    first = lines[0] if lines and isinstance(item.blocks[0], Paragraph) else BLANK
    yield PageLine(begin + first.text.strip(), first.tone, len(begin))
    yield from lines[1:] if first is not BLANK else lines


def _table(block: Table, indent: str) -> Iterator[PageLine]:
    rows = [[Part(clean_line(cell.line, _CELL)) for cell in row] for row in block.rows]
    width = max(map(len, rows), default=0)
    whole = [[*row, *[Part("")] * (width - len(row))] for row in rows]
    if not whole:
        return
    columns = [Column(part.text) for part in whole[0]]
    for number, line in enumerate(table(columns, whole[1:])):
        yield PageLine(f"{indent}{plain([line])}".rstrip(), "" if number else "head", len(indent) + 2)


def steps_page(runbook: Runbook) -> tuple[PageLine, ...]:
    """Return a runbook's checklist as lines: phases, steps, what each asks for, and the commands."""
    lines: list[PageLine] = []
    phase = None
    for step in runbook.steps:
        if step.phase != phase:
            phase = step.phase
            lines += _spaced(lines, [PageLine(clean_line(phase or runbook.title), "strong")])
        also = "  (second person)" if step.second else ""
        lines.append(PageLine(f"{_BOX}{clean_line(step.title)}{also}", hang=len(_BOX)))
        if step.detail:
            lines += [PageLine(f"    {line}", "muted", 4) for line in clean(step.detail).split("\n") if line]
        if step.command:
            lines += [
                PageLine(f"    $ {line}", "code", 6) for line in clean(step.command).split("\n") if line
            ]
    return tuple(lines)
