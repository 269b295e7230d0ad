"""The panes of the war room for every size of a window, and its configuration."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from console.tmux.config import configuration, quoted
from console.tmux.layout import GRID, LEAST, ROLES, STACK, Cell, Shape, cells, layout, shape


def leaves(cell: Cell) -> list[Cell]:
    """Return the panes, in their order."""
    return list(chain.from_iterable(map(leaves, cell.inner))) if cell.inner else [cell]


@given(st.integers(20, 500), st.integers(6, 200), st.booleans())
def test_every_pane_is_there_and_every_console_has_room_where_several_are_shown(
    width: int, height: int, shell: bool
) -> None:
    panes = leaves(cells(width, height, shell=shell))
    assert len(panes) == len(ROLES) - (not shell)
    for pane in panes:
        assert pane.width >= 1
        assert pane.height >= 1
        assert pane.x + pane.width <= width
        assert pane.y + pane.height <= height
    if shape(width, height) is not Shape.ONE:
        assert all(pane.width >= LEAST[0] and pane.height >= LEAST[1] for pane in panes[:3])
    taken = [
        {(x, y) for x in range(pane.x, pane.x + pane.width) for y in range(pane.y, pane.y + pane.height)}
        for pane in panes
    ]
    assert sum(map(len, taken)) == len(set().union(*taken))


@given(st.integers(40, 500), st.integers(10, 200))
def test_a_grid_and_a_stack_begin_where_they_fit(width: int, height: int) -> None:
    found = shape(width, height)
    assert (found is Shape.GRID) is (width >= GRID[0] and height >= GRID[1])
    assert found is not Shape.STACK or (width >= STACK[0] and height >= STACK[1])


def test_the_checksum_is_tmuxs() -> None:
    # as tmux 3.3a takes it; with another checksum it refuses
    assert layout(160, 44).startswith("16f0,160x44,0,0{")


def test_nothing_in_a_rooms_name_is_obeyed() -> None:
    name = 'acme"; kill-server #(touch /tmp/x) $HOME \\ \n run-shell evil'
    text = configuration(name, (3, 3))
    assert not [line for line in text.splitlines() if line.lstrip().startswith(("kill", "run-shell", "evil"))]
    (line,) = [line for line in text.splitlines() if line.startswith("set -g status-left ")]
    assert "##(touch" in line
    assert '\\"; kill-server' in line
    assert "\\$HOME" in line
    assert quoted('a"b') == '"a\\"b"'


def test_an_older_tmux_is_told_nothing_it_does_not_know() -> None:
    assert "allow-passthrough" in configuration("acme", (3, 3))
    assert "allow-passthrough" not in configuration("acme", (3, 2))
