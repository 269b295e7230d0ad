"""A row of bars for a row of numbers."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], width: int) -> str:
    """Return the newest ``width`` values as bars from zero to the highest; a gap is a blank.

    Right-aligned, so that the newest stands at the end; all blank when nothing was measured.
    """
    shown = list(values)[-width:] if width > 0 else []
    most = max((value for value in shown if value is not None), default=0.0)
    bars = "".join(" " if value is None else _bar(value, most) for value in shown)
    return bars.rjust(max(0, width))


def _bar(value: float, most: float) -> str:
    if most <= 0:
        return _BARS[0]
    return _BARS[min(len(_BARS) - 1, max(0, int(value / most * len(_BARS) - 1e-9)))]
