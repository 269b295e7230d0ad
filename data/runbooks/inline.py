"""A line of Markdown as words: what it says, where its code and links are, its sentences."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from markdown_it.token import Token

from data.runbooks.model import Link
from data.runbooks.vocabulary import ABBREVIATIONS
from data.text import clean, clean_line

_END = re.compile(r"[.!?][\"')\]*_]*(?=\s)|[。！？]|:(?=[ \t]*\n)")
_STARTS = re.compile(r"[\"'`(\[<$/*_]*[^\W_]|[$/<]")
_CODE_MARK = "\x01"  # stands for a character of code while sentences are looked for
_SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; ``codes`` is its inline code, ``starts_line`` that a line of the source begins so."""

    text: str
    codes: tuple[str, ...] = ()
    starts_line: bool = False
    starts_with_code: bool = False


@dataclass(frozen=True)
class Text:
    """Inline Markdown, read. ``plain`` keeps the source's line breaks; ``shown`` has the links' addresses."""

    plain: str
    shown: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    links: tuple[Link, ...] = ()
    strong: str = ""  # the bold words it begins with
    linked: int = 0  # characters that are links

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences, in order; a colon does not end one."""
        return tuple(self._sentences())

    @property
    def line(self) -> str:
        """All of it on one line."""
        return " ".join(self.plain.split())

    @property
    def only_links(self) -> bool:
        """Tell whether nothing but links is said."""
        letters = sum(map(str.isalnum, self.plain))
        return bool(self.links) and letters <= self.linked + 3

    @property
    def all_strong(self) -> bool:
        """Tell whether all of it is bold: a heading in disguise."""
        return bool(self.strong) and self.strong.strip(" :") == self.line.strip(" :")

    def _sentences(self) -> Iterator[Sentence]:
        masked = list(self.plain)
        for start, end in self.spans:
            masked[start:end] = _CODE_MARK * (end - start)
        text = "".join(masked)
        begin = 0
        for match in _END.finditer(text):
            rest = text[match.end() :].lstrip()
            before = text[begin : match.start()].rsplit(None, 1)
            word = before[-1].lower().lstrip("(") if before else ""
            if rest and not (rest[0] == _CODE_MARK or _STARTS.match(rest)):
                continue
            goes_on = rest[:1].islower() and "\n" not in text[match.end() : match.end() + 2]
            if goes_on or (match[0][0] == "." and (word in ABBREVIATIONS or word.isdigit())):
                continue
            yield from self._sentence(text, begin, match.end())
            begin = match.end()
        yield from self._sentence(text, begin, len(text))

    def _sentence(self, text: str, begin: int, end: int) -> Iterator[Sentence]:
        while begin < end and text[begin].isspace():
            begin += 1
        words = " ".join(self.plain[begin:end].split())
        if words:
            codes = tuple(self.plain[a:b] for a, b in self.spans if begin <= a and b <= end and b > a)
            starts = begin == 0 or "\n" in text[:begin][len(text[:begin].rstrip()) :]
            yield Sentence(words, codes, starts, text[begin] == _CODE_MARK)


@dataclass
class _Gathered:
    plain: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    length: int = 0
    linked: int = 0

    def say(self, text: str, shown: str | None = None) -> None:
        self.plain.append(text)
        self.shown.append(text if shown is None else shown)
        self.length += len(text)


def read_inline(children: Sequence[Token]) -> Text:
    """Return inline tokens as words; raw HTML and images say nothing."""
    got = _Gathered()
    opened: list[tuple[str, int, int]] = []  # address, where its words begin in the parts, in the text
    strong, depth = "", 0
    for token in children:
        match token.type:
            case "text" | "text_special" | "entity":
                got.say(token.content)
            case "code_inline":
                got.spans.append((got.length, got.length + len(token.content)))
                got.say(token.content, f"`{token.content}`")
            case "softbreak":
                got.say("\n", " ")
            case "hardbreak":
                got.say("\n")
            case "html_inline" if token.content.lower().startswith("<br"):
                got.say("\n")
            case "link_open":
                opened.append((str(token.attrGet("href") or ""), len(got.plain), got.length))
            case "link_close" if opened:
                _close_link(got, *opened.pop())
            case "strong_open":
                if not strong and not "".join(got.plain).strip() and depth == 0:
                    depth, strong_from = 1, len(got.plain)
            case "strong_close" if depth == 1:
                strong, depth = "".join(got.plain[strong_from:]), 2
            case _:
                pass
    plain = "".join(got.plain)
    kept = clean(plain, 20_000, 2_000)
    if kept != plain:  # hostile characters: positions no longer hold, and code in such a line is no command
        got.spans.clear()
    shown = clean("".join(got.shown), _SHOWN, 200).strip()
    return Text(kept, shown, tuple(got.spans), tuple(got.links), clean_line(strong.strip(" \n")), got.linked)


def _close_link(got: _Gathered, url: str, part: int, begin: int) -> None:
    words = "".join(got.plain[part:])
    got.linked += sum(map(str.isalnum, words))
    if not url or url.startswith("#"):
        return
    url = clean_line(url, 2_000)
    got.links.append(Link(clean_line(words) or url, url))
    if url.removeprefix("mailto:") != words and begin < got.length:
        got.shown.append(f" ({url})")


def join(texts: Iterable[str], limit: int = _SHOWN) -> str:
    """Return paragraphs as one text of many lines, cut where it grows past ``limit``."""
    return clean("\n\n".join(text for text in texts if text), limit, 200).strip()
