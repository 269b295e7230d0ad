"""Where the panes of the war room lie in a window of some size; pure, and of the standard library alone.

Each console needs 60 columns and 10 lines (design 4); a shell takes what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ROLES = ("board", "incident", "health", "shell")  # the order of the panes in the window
LEAST = (60, 10)  # columns and lines of a console
GRID, STACK = (122, 22), (82, 32)  # columns and lines, the status line not counted, from which each has room


class Shape(StrEnum):
    """How the panes lie: two columns, one above the other, or one at a time."""

    GRID = "grid"
    STACK = "stack"
    ONE = "one"


# the same decision as ``shape``, as tmux makes it without asking anybody
SHAPE_FORMAT = (
    f"#{{?#{{&&:#{{e|>=:#{{window_width}},{GRID[0]}}},#{{e|>=:#{{window_height}},{GRID[1]}}}}},{Shape.GRID},"
    f"#{{?#{{&&:#{{e|>=:#{{window_width}},{STACK[0]}}},#{{e|>=:#{{window_height}},{STACK[1]}}}}},"
    f"{Shape.STACK},{Shape.ONE}}}}}"
)


def shape(width: int, height: int) -> Shape:
    """Return how panes lie in a window of so many columns and lines."""
    if width >= GRID[0] and height >= GRID[1]:
        return Shape.GRID
    return Shape.STACK if width >= STACK[0] and height >= STACK[1] else Shape.ONE


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of the window; ``inner`` are those it is divided into, beside or below one another."""

    width: int
    height: int
    x: int
    y: int
    inner: "tuple[Cell, ...]" = ()
    beside: bool = False  # the inner ones lie side by side

    def written(self) -> str:
        """Return it as tmux writes layouts."""
        size = f"{self.width}x{self.height},{self.x},{self.y}"
        if not self.inner:
            return f"{size},0"
        opens, closes = "{}" if self.beside else "[]"
        return f"{size}{opens}{','.join(cell.written() for cell in self.inner)}{closes}"


def _split(cell: Cell, sizes: Sequence[int], *, beside: bool) -> list[Cell]:
    """Divide a cell; what the borders and the ``sizes`` leave is the last one's."""
    found, at = [], 0
    whole = cell.width if beside else cell.height
    for size in (*sizes, whole - sum(sizes) - len(sizes)):
        if beside:
            found.append(Cell(size, cell.height, cell.x + at, cell.y))
        else:
            found.append(Cell(cell.width, size, cell.x, cell.y + at))
        at += size + 1
    return found


def _joined(cell: Cell, inner: Sequence[Cell], *, beside: bool) -> Cell:
    return Cell(cell.width, cell.height, cell.x, cell.y, tuple(inner), beside)


def cells(width: int, height: int, *, shell: bool = True) -> Cell:
    """Return the window divided into its panes, in the order of ``ROLES``."""
    window = Cell(width, height, 0, 0)
    if shape(width, height) is Shape.GRID:
        left, right = _split(window, [width - 1 - max(LEAST[0], width * 2 // 5)], beside=True)
        columns = [_joined(left, _split(left, [(height - 1) // 2], beside=False), beside=False)]
        columns.append(
            _joined(right, _split(right, [(height - 1) // 2], beside=False), beside=False) if shell else right
        )
        return _joined(window, columns, beside=True)
    third = max(LEAST[1], (height - 2) // 3)
    rows = _split(window, [height - 2 - 2 * third, third], beside=False) if height >= STACK[1] else []
    if not rows:  # one is shown at a time, and how the others lie does not matter
        rows = _split(window, [max(1, (height - 2) // 3)] * 2, beside=False)
    if shell:
        half = max(min(LEAST[0], width - 3), width // 2)
        rows[-1] = _joined(rows[-1], _split(rows[-1], [half], beside=True), beside=True)
    return _joined(window, rows, beside=False)


def layout(width: int, height: int, *, shell: bool = True) -> str:
    """Return the layout as ``tmux select-layout`` takes it, with its checksum."""
    written = cells(width, height, shell=shell).written()
    total = 0
    for letter in written.encode("ascii"):
        total = ((total >> 1) + ((total & 1) << 15) + letter) & 0xFFFF
    return f"{total:04x},{written}"
