"""The text a runbook is read from: cut to what is meant, kept clean, and written where there is none."""

import re

from data.domain.room import Runbook
from data.runbook import LINES, LONGEST, NoSuchSection, read_runbook
from data.runbooks.headings import slug, tidy
from data.text import clean

_ATX = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_MARKED = re.compile(r"([\\`*_<\[\]])")
_SEPARATOR = " > "


def kept(text: str, fragment: str = "") -> str:
    """Return the text of a document as it is kept: clean, and of a fragment only its section.

    The section's heading becomes the document's title, so that it reads the same alone.
    """
    if fragment:
        text = _section(text, fragment)
    return clean(text, LONGEST, LINES).strip("\n")


def _section(text: str, fragment: str) -> str:
    """Return a heading and what stands below it, all of the text where the heading is written otherwise."""
    try:
        title = read_runbook(text, "x", fragment).title
    except NoSuchSection:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    begin, level, body = -1, 0, 0
    for number, depth, words in _headings(lines):
        if begin < 0 and slug(tidy(words)) == slug(title):
            begin, level = number, depth
            body = number + (1 if _ATX.match(lines[number]) else 2)
        elif begin >= 0 and depth <= level:
            return "\n".join((f"# {title}", *lines[body:number]))
    return "\n".join((f"# {title}", *lines[body:])) if begin >= 0 else text


def _headings(lines: list[str]) -> list[tuple[int, int, str]]:
    """Return the headings of a document: line, level, words. What stands in code is none."""
    found = []
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and (atx := _ATX.match(line)):
            found.append((number, len(atx[1]), atx[2]))
        elif not fence and number and (under := _UNDERLINE.match(line)) and lines[number - 1].strip():
            found.append((number - 1, 1 if under[1][0] == "=" else 2, lines[number - 1]))
    return found


def places(text: str) -> dict[str, int]:
    """Return where the headings of a text stand, by their words: the line of the first of a name."""
    found: dict[str, int] = {}
    for number, _, words in _headings(text.split("\n")):
        found.setdefault(slug(tidy(words)), number)
    return found


def written(runbook: Runbook) -> str:
    """Return a runbook that has no text as Markdown; read again, it gives the same steps."""
    lines = [f"# {_plain(runbook.title)}"]
    above: tuple[str, ...] = ()
    for step in runbook.steps:
        path = tuple(step.phase.split(_SEPARATOR)) if step.phase else ()
        if path != above:
            shared = next(
                (n for n, pair in enumerate(zip(path, above, strict=False)) if pair[0] != pair[1]),
                min(len(path), len(above)),
            )
            shared = min(shared, len(path) - 1) if path else 0
            lines += [
                f"\n{'#' * min(depth + 2, 6)} {_plain(path[depth])}" for depth in range(shared, len(path))
            ]
            lines.append("")
            above = path
        lines.append(f"- [ ] {_plain(step.title)}")
        if step.detail:
            lines += ["", *(f"  {line}".rstrip() for line in step.detail.split("\n")), ""]
        if step.command:
            lines += [
                "",
                "  ```sh",
                *(f"  {line}".rstrip() for line in step.command.split("\n")),
                "  ```",
                "",
            ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _plain(text: str) -> str:
    """Return words that Markdown leaves as they are."""
    return _MARKED.sub(r"\\\1", text)
