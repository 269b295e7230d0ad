"""A Markdown document as a tree of sections and blocks, from the parser's tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from data.runbooks.commands import inline_command
from data.runbooks.inline import Text, read_inline
from data.text import clean

DEEPEST = 7  # a bold line that stands for a heading lies below all real ones
_FENCED = re.compile(r"\s*```+[ \t]*(\w*)[ \t]*\n(.*?)\n?\s*```+\s*", re.DOTALL)
_TICKS = ("[ ]", "[x]", "[X]", "[-]", "[]")
_COLUMNS = 40  # of a table that are read
_LONGEST_BOLD = 90  # characters a bold line may have and be a heading


@dataclass(slots=True)
class Paragraph:
    """Prose."""

    text: Text


@dataclass(slots=True)
class Code:
    """A fenced or indented block; ``language`` is its first word, lower case."""

    text: str
    language: str = ""


@dataclass(slots=True)
class Item:
    """An item of a list; ``task`` tells that it has a box to tick."""

    blocks: list[Block] = field(default_factory=list)
    task: bool = False

    @property
    def text(self) -> Text | None:
        """Its first paragraph."""
        first = self.blocks[0] if self.blocks else None
        return first.text if isinstance(first, Paragraph) else None


@dataclass(slots=True)
class Listing:
    """A list."""

    ordered: bool
    start: int = 1
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Quote:
    """A quotation, which is what note boxes are."""

    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table: its head, then its rows."""

    rows: list[list[Text]] = field(default_factory=list)


Block = Paragraph | Code | Listing | Quote | Table


@dataclass(slots=True)
class Section:
    """A heading with what stands below it, up to the next heading; ``bold`` ones were a bold line."""

    heading: Text | None
    level: int
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    bold: bool = False

    def walk(self) -> Iterator[Section]:
        """Return this section and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(text: str) -> Section:
    """Return the document as one section without a heading that holds the others."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    root = Section(None, 0)
    open_sections = [root]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open":
            heading = Section(read_inline(tokens[position + 1].children or []), int(token.tag[1:]))
            position += 3
            _hang(open_sections, heading)
            continue
        block, position = _block(tokens, position)
        if block is None:
            continue
        if isinstance(block, Paragraph) and _is_heading(block.text):
            # below real headings, beside the bold line before it
            _hang(open_sections, Section(block.text, DEEPEST, bold=True))
        else:
            open_sections[-1].blocks.append(block)
    return root


def _hang(open_sections: list[Section], section: Section) -> None:
    while open_sections[-1].level >= section.level:
        open_sections.pop()
    open_sections[-1].children.append(section)
    open_sections.append(section)


def _is_heading(text: Text) -> bool:
    if text.line.strip(" :").lower() in ("table of contents", "contents", "toc", "on this page"):
        return False  # what follows the links under it is not part of it
    return text.all_strong and len(text.line) <= _LONGEST_BOLD and "\n" not in text.plain.strip()


def _block(tokens: list[Token], position: int) -> tuple[Block | None, int]:
    """Return the block that begins here, None for what says nothing, and where the next one begins."""
    token = tokens[position]
    match token.type:
        case "paragraph_open":
            prose = read_inline(tokens[position + 1].children or [])
            if prose.spans == ((0, len(prose.plain)),) and inline_command(prose.plain):
                return Code(prose.plain), position + 3  # a line that is nothing but code
            return (Paragraph(prose) if prose.plain.strip() else None), position + 3
        case "heading_open":  # inside a list or a quote
            return Paragraph(read_inline(tokens[position + 1].children or [])), position + 3
        case "fence" | "code_block":
            words = token.info.strip().strip("{}").split()
            text = token.content.rstrip("\n")
            if token.type == "code_block" and (fenced := _FENCED.fullmatch(text)):
                words, text = fenced[1].split(), fenced[2]  # a fence that was indented too far
            language = words[0].strip(".{}").split(",")[0].lower() if words else ""
            return Code(text, language), position + 1
        case "html_block":
            html = Text(_words_of(token.content))
            return (Paragraph(html) if html.plain.strip() else None), position + 1
        case "bullet_list_open" | "ordered_list_open":
            return _listing(tokens, position)
        case "blockquote_open":
            blocks, position = _until(tokens, position + 1, "blockquote_close")
            return Quote(blocks), position
        case "table_open":
            return _table(tokens, position)
        case _:
            return None, position + 1


def _until(tokens: list[Token], position: int, end: str) -> tuple[list[Block], int]:
    blocks = []
    while tokens[position].type != end:
        block, position = _block(tokens, position)
        if block is not None:
            blocks.append(block)
    return blocks, position + 1


def _listing(tokens: list[Token], position: int) -> tuple[Listing, int]:
    token = tokens[position]
    ordered = token.type == "ordered_list_open"
    start = token.attrGet("start")
    found = Listing(ordered, int(start) if start is not None else 1)
    end = token.type.replace("open", "close")
    position += 1
    while tokens[position].type != end:
        blocks, position = _until(tokens, position + 1, "list_item_close")
        found.items.append(_item(blocks))
    return found, position + 1


def _item(blocks: list[Block]) -> Item:
    """Take the box off an item that has one."""
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph):
        text = first.text
        mark = next((mark for mark in _TICKS if text.plain.startswith((mark + " ", mark + "\n"))), "")
        if mark:
            shift = len(mark) + 1
            spans = tuple((max(0, a - shift), max(0, b - shift)) for a, b in text.spans)
            shown = text.shown.removeprefix(mark).strip()
            bare = Text(text.plain[shift:], shown, spans, text.links, text.strong, text.linked)
            return Item([Paragraph(bare), *blocks[1:]], task=True)
        if text.plain.strip() in _TICKS:
            return Item(blocks[1:], task=True)
    return Item(blocks)


def _table(tokens: list[Token], position: int) -> tuple[Table, int]:
    found = Table()
    position += 1
    while tokens[position].type != "table_close":
        token = tokens[position]
        if token.type == "tr_open":
            found.rows.append([])
        elif token.type == "inline" and found.rows and len(found.rows[-1]) < _COLUMNS:
            found.rows[-1].append(read_inline(token.children or []))
        position += 1
    return found, position + 1


class _Words(HTMLParser):
    """The words in a block of HTML, without comments, scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _words_of(html: str) -> str:
    reader = _Words()
    reader.feed(html[:100_000])
    words = " ".join("".join(reader.words).split())
    return clean(words, 4_000)
