"""What goes before the Markdown is read: front matter, the tags of site generators, their note boxes (R0)."""

import re
from dataclasses import dataclass

_FENCES = {"---": "---", "+++": "+++"}
_TITLE = re.compile(r"""^title\s*[:=]\s*(['"]?)(.*?)\1\s*$""", re.IGNORECASE)
_LONGEST_FRONT = 200  # lines of front matter; beyond it the dashes were a rule
_REF = re.compile(r"""\{\{[<%]\s*(?:rel)?ref\s+["']?([^"'\s>%]+)["']?\s*[%>]\}\}""")
_TAGS = re.compile(r"\{\{[<%].{0,500}?[%>]\}\}|\{%.{0,500}?%\}", re.DOTALL)
_BOX = re.compile(r"^(\s*)(?:!!!|\?\?\?\+?)\s+(\w[\w-]*)(?:\s+\"(.*)\")?.*$")
_TAB = re.compile(r"^(\s*)===[!+]?\s+\"(.*)\"\s*$")
_CONTAINER = re.compile(r"^\s*:::+.*$")
_CODE = re.compile(r"^\s*(```+|~~~+)")


@dataclass(frozen=True, slots=True)
class Source:
    """The Markdown of a document, and the title its front matter gives."""

    text: str
    title: str = ""


def prepare(text: str) -> Source:
    """Return the document as plain Markdown: BOM, line ends, front matter and generators' tags gone."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    text, title = _front_matter(text)
    text = _TAGS.sub("", _REF.sub(r"\1", text))
    return Source("\n".join(_lines(text.split("\n"))), title)


def _front_matter(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    end = _FENCES.get(first.rstrip())
    if end is None:
        return text, ""
    lines = rest.split("\n", _LONGEST_FRONT)
    for number, line in enumerate(lines[:_LONGEST_FRONT]):
        if line.rstrip() == end:
            found = (_TITLE.match(item) for item in lines[:number])
            title = next((match[2] for match in found if match), "")
            return "\n".join(lines[number + 1 :]), title
    return text, ""


def _lines(lines: list[str]) -> list[str]:
    """Turn ``!!! note`` boxes into quotes and ``=== "Tab"`` into bold lines: their bodies would be code."""
    written: list[str] = []
    fence = ""
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        mark = _CODE.match(line)
        if fence or mark:
            if mark and not fence:
                fence = mark[1]
            elif mark and mark[1].startswith(fence):
                fence = ""
            written.append(line)
            continue
        if found := _BOX.match(line):
            body, number = _body(lines, number, len(found[1]))
            head = f"**{found[3] or found[2].capitalize()}:**"
            written += ["", *(f"{found[1]}> {item}".rstrip() for item in (head, *body)), ""]
        elif found := _TAB.match(line):
            body, number = _body(lines, number, len(found[1]))
            written += ["", f"{found[1]}**{found[2]}**", "", *(found[1] + item for item in body), ""]
        elif not _CONTAINER.match(line):
            written.append(line)
    return written


def _body(lines: list[str], number: int, indent: int) -> tuple[list[str], int]:
    """Return the lines indented below a box's head, without that indent, and where they end."""
    body: list[str] = []
    while number < len(lines):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) < indent + 2:
            break
        body.append(line[min(indent + 4, len(line) - len(line.lstrip())) :])
        number += 1
    while body and not body[-1].strip():
        body.pop()
        number -= 1
    return body, number
