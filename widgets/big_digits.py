"""Figures that are read from across the room: plain blocks, as high as there is room for.

A figure is three dots wide and five high. Drawn small, two dots share a cell from top to bottom, which
makes it three lines high; drawn large, a dot is twice as wide as it is high, for cells are not square.
"""

from functools import lru_cache

from textual.reactive import reactive

from widgets.panel import Panel
from widgets.tones import Span

_DOTS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ":": ". # . # .",
    "-": "... ... ### ... ...",
    "d": "..# ..# ### #.# ###",
    "h": "#.. #.. ### #.# #.#",
    " ": ". . . . .",
}
_HALVES = {"##": "█", "#.": "▀", ".#": "▄", "..": " "}
ROWS = 5  # dots of a figure, from top to bottom
SMALL = 3  # lines of the smallest figures
_SCALES = (3, 2, 1)  # lines a dot is high where there is room


@lru_cache(maxsize=512)
def big(text: str, width: int, height: int) -> tuple[str, ...]:
    """Return text as lines of blocks, the largest that fits ``width`` cells and ``height`` lines.

    Characters there are no figures of are left out; where not even the smallest fits, the text itself is
    the one line.
    """
    figures = [_DOTS[letter].split() for letter in text if letter in _DOTS]
    for scale in _SCALES:
        lines = _large(figures, scale)
        if len(lines) <= height and len(lines[0]) <= width:
            return lines
    lines = _small(figures)
    return lines if len(lines) <= height and len(lines[0]) <= width else (text,)


def _large(figures: list[list[str]], scale: int) -> tuple[str, ...]:
    dot, gap = {"#": "█" * 2 * scale, ".": " " * 2 * scale}, " " * (scale + 1)
    rows = (gap.join("".join(dot[mark] for mark in figure[row]) for figure in figures) for row in range(ROWS))
    return tuple(line for line in rows for _ in range(scale))


def _small(figures: list[list[str]]) -> tuple[str, ...]:
    lines = []
    for row in range(0, ROWS, 2):
        drawn = []
        for figure in figures:
            below = figure[row + 1] if row + 1 < ROWS else "." * len(figure[row])
            drawn.append("".join(_HALVES[top + low] for top, low in zip(figure[row], below, strict=True)))
        lines.append(" ".join(drawn))
    return tuple(lines)


class BigDigits(Panel):
    """Figures such as ``12:44`` in the largest blocks its size has room for, toned as one."""

    figures: reactive[str] = reactive("")
    tone: reactive[str] = reactive("")

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one line of the figures."""
        lines = big(self.figures, width, self.size.height)
        return [(lines[y], self.tone)] if y < len(lines) else []
