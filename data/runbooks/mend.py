"""Lists made whole again where an unindented block had broken them (R4)."""

import re
from collections.abc import Iterator, Sequence

from data.runbooks.blocks import Block, Code, Item, Listing, Section, parse

_PLAIN = frozenset(("", "text", "txt", "md", "markdown"))
_BOXES = re.compile(r"^\s*(?:[-*+]|\d+[.)]) \[[ xX]\] ", re.MULTILINE)


def mend(section: Section) -> None:
    """Join broken lists in a section and all below it; code after a list goes to its last item."""
    for part in section.walk():
        part.blocks = mended(part.blocks)


def mended(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks with their lists whole.

    A list goes on after unindented code, and after anything where its numbers do.
    """
    found: list[Block] = []
    for block in _unpacked(blocks):
        if isinstance(block, Listing):
            for item in block.items:
                item.blocks = mended(item.blocks)
            place = _goes_on_from(found, block)
            if place is not None:
                first = found[place]
                assert isinstance(first, Listing)  # noqa: S101 - what _goes_on_from looked for
                first.items[-1].blocks += found[place + 1 :]
                first.items += block.items
                del found[place + 1 :]
                continue
        found.append(block)
    return _given_code(found)


def _unpacked(blocks: Sequence[Block]) -> Iterator[Block]:
    """Return blocks, with checklists that are shown as code, to be copied, as the lists they are."""
    for block in blocks:
        plain = isinstance(block, Code) and block.language in _PLAIN
        if isinstance(block, Code) and plain and len(_BOXES.findall(block.text)) > 1:
            for part in parse(block.text).walk():
                yield from part.blocks
        else:
            yield block


def _goes_on_from(found: list[Block], block: Listing) -> int | None:
    """Return where the list begins that this one is the rest of."""
    for place in range(len(found) - 1, -1, -1):
        before = found[place]
        if isinstance(before, Listing):
            if before.ordered is not block.ordered or not before.items or place == len(found) - 1:
                return None
            only_code = all(isinstance(item, Code) for item in found[place + 1 :])
            counts_on = block.ordered and block.start > 1 and block.start == before.start + len(before.items)
            return place if only_code or counts_on else None
        if len(found) - place > 6:  # too far apart to be one list
            return None
    return None


def _given_code(found: list[Block]) -> list[Block]:
    kept: list[Block] = []
    for block in found:
        before = kept[-1] if kept else None
        if isinstance(block, Code) and isinstance(before, Listing) and before.items:
            before.items[-1].blocks.append(block)
        else:
            kept.append(block)
    return kept


def shown(blocks: Sequence[Block], depth: int = 0) -> list[str]:
    """Return blocks as readable text, one entry each."""
    from data.runbooks.blocks import Paragraph, Quote, Table

    told: list[str] = []
    for block in blocks:
        match block:
            case Paragraph():
                told.append(block.text.shown)
            case Code():
                told.append("\n".join(f"    {line}".rstrip() for line in block.text.split("\n")[:200]))
            case Listing():
                told.append(
                    "\n".join(_item(item, block, number, depth) for number, item in enumerate(block.items))
                )
            case Quote():
                told += [
                    "\n".join(f"> {line}" for line in text.split("\n")) for text in shown(block.blocks, depth)
                ]
            case Table():
                told.append("\n".join(" | ".join(cell.line for cell in row) for row in block.rows))
    return [text for text in told if text.strip()]


def _item(item: Item, listing: Listing, number: int, depth: int) -> str:
    mark = f"{listing.start + number}." if listing.ordered else "-"
    text = "\n".join(shown(item.blocks, depth + 1)) if depth < 6 else ""
    lines = text.split("\n")
    return "\n".join([f"{mark} {lines[0]}", *(f"  {line}" for line in lines[1:])])
