"""The post-mortem as one HTML page: nothing is loaded, nothing runs, everything from outside is escaped."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from data.domain.instants import format_instant
from data.domain.post_mortem import Section
from data.post_mortem import words
from data.post_mortem.chart import chart
from data.post_mortem.marks import blocks
from data.post_mortem.model import Document
from data.text import clean, clean_line

_LONGEST = 20_000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(document: Document) -> str:
    """Return the whole page."""
    title = f"Post-mortem {document.key}: {document.title}"
    style = files("data.post_mortem").joinpath("page.css").read_text(encoding="utf-8")
    body = [
        f"<h1>{_line(title)}</h1>",
        f'<p class="state">{_line(words.standing(document))}</p>',
        *_header(document),
        chart(document),
    ]
    for section in Section:
        body += _section(document, section)
    footer = f"Written {format_instant(document.written_at)} by warroom."
    body.append(f"<footer>{_line(footer)}</footer>")
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_line(title)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        )
    )


def _line(text: str) -> str:
    return escape(clean_line(text, _LONGEST))


def _header(document: Document) -> Iterator[str]:
    yield "<table><tbody>"
    for label, value in words.facts(document):
        yield f'<tr><th scope="row">{_line(label)}</th><td>{_line(value)}</td></tr>'
    yield "</tbody></table>"
    if document.blameless:
        yield f"<p>{words.NO_NAMES}</p>"
    if levels := words.levels(document):
        yield from _table(words.LEVELS, levels)


def _section(document: Document, section: Section) -> Iterator[str]:
    mark = ' <span class="todo">TODO</span>' if section in document.missing else ""
    yield f'<h2 id="{section.value}">{section.heading}{mark}</h2>'
    if section is Section.TIMELINE:
        yield from _table((words.over_days(document), "Who", "What"), words.timeline(document))
        if any(row.about for row in document.timeline):
            yield "<p>~ marks times that nobody measured.</p>"
        return
    if section is Section.ACTIONS and document.items:
        yield from _table(words.ITEMS, words.items(document))
    for item in document.of(section):
        if not item.text.strip():
            continue
        if section not in (Section.RESOLUTION, Section.ACTIONS):
            yield f"<h3>{item.part.title}</h3>"
        yield from _written(item.text, todo=item.todo)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f'<th scope="col">{_line(name)}</th>' for name in head)
    yield "</tr></thead><tbody>"
    for first, *rest in rows:
        cells = "".join(f"<td>{_line(cell)}</td>" for cell in rest)
        yield f'<tr><td class="time">{_line(first)}</td>{cells}</tr>'
    yield "</tbody></table>"


def _written(text: str, *, todo: bool) -> Iterator[str]:
    mark = ' class="todo"' if todo else ""
    for block in blocks(clean(text)):
        if block.kind == "text":
            yield f"<p{mark}>{'<br>'.join(map(_line, block.lines))}</p>"
            continue
        tag = "ul" if block.kind == "bullets" else "ol"
        yield f"<{tag}>{''.join(f'<li>{_line(line)}</li>' for line in block.lines)}</{tag}>"
