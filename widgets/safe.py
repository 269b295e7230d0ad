"""The one door through which outside text reaches the screen (design 8).

Textual reads markup in nearly every plain `str` and lets escape bytes through; what comes from
here does neither. Text is cleaned again even when a boundary has done so: cleaning is idempotent
and quick, and a bug at the boundary must not reach the terminal.
"""

from functools import lru_cache

from rich.cells import cell_len, split_graphemes
from rich.text import Text
from textual.content import Content
from textual.style import Style

from data.text import ELLIPSIS, clean, clean_line

# Seven code points make a family of two cells; more than eight for each cell is never honest text.
_CODE_POINTS_PER_CELL = 8
_JOINER = "\u200d"  # swallows whatever is drawn after it


def content(text: str, style: str | Style = "") -> Content:
    """Return outside text for Static, Label, Button, OptionList, tabs and tooltips; line ends are kept."""
    return Content.styled(clean(text), style)


def line(text: str, style: str | Style = "") -> Content:
    """Return outside text for a place of one line, such as a border title or an option."""
    return Content.styled(clean_line(text), style)


def rich_text(text: str, style: str = "") -> Text:
    """Return outside text for the places that need Rich, such as DataTable cells; line ends are kept."""
    return Text(clean(text), style=style)


def plain(text: str) -> str:
    """Return outside text for an argument that is never read as markup, such as `App.title` or `Segment`."""
    return clean_line(text)


def fit(text: str, width: int) -> str:
    """Return ``text`` as exactly ``width`` terminal cells: padded with blanks, or cut and ended with ``…``.

    Wide and combining characters count as the terminal draws them; leading blanks stay.
    """
    if text.isascii() and text.isprintable():
        if len(text) <= width:
            return text.ljust(width)
        return text[: width - 1] + ELLIPSIS if width > 0 else ""
    return _fit(text, width) if len(text) < 1_000 else _fit.__wrapped__(text, width)


@lru_cache(maxsize=4_096)
def _fit(text: str, width: int) -> str:
    """Fit text that needs cleaning or measuring; the same cells are drawn again and again."""
    if width <= 0:
        return ""
    indent = min(len(text) - len(text.lstrip(" ")), width)
    shown = clean_line(text[indent:], _CODE_POINTS_PER_CELL * (width + 1)).rstrip(_JOINER)
    # What has no width of its own would join the cell to the left of ours.
    while shown and not cell_len(shown[0]):
        shown = shown[1:]
    shown = " " * indent + shown
    cells = cell_len(shown)
    if cells <= width:
        return shown + " " * (width - cells)
    end = cells = 0
    for _, grapheme_end, size in split_graphemes(shown)[0]:
        if cells + size > width - 1:
            break
        end, cells = grapheme_end, cells + size
    head = shown[:end].rstrip(_JOINER)
    return head + ELLIPSIS + " " * (width - 1 - cell_len(head))
