"""What a benchmark found, and how it is judged."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Samples:
    """Repeated measurements of one thing, at least five, in ``unit``."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def share(self, percent: float) -> float:
        """The value that ``percent`` of all values do not pass (nearest rank)."""
        ranked = sorted(self.values)
        return ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)]

    def __str__(self) -> str:
        low, high = min(self.values), max(self.values)
        return f"{_short(self.median)} {self.unit} ({_short(low)}–{_short(high)}, {len(self.values)})"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a budget: a ratio when there is a peer, else a value in ``unit``.

    ``must`` and ``aim`` are the most it may be; None where the design sets no limit.
    """

    what: str
    value: float
    unit: str = "x"
    must: float | None = None
    aim: float | None = None
    ours: str = ""
    peer: str = ""

    @property
    def verdict(self) -> str:
        """One word: the best limit that was kept, or MISSED."""
        if self.must is not None and self.value > self.must:
            return "MISSED"
        if self.aim is not None and self.value <= self.aim:
            return "aim"
        return (
            "" if self.must is None and self.aim is None else "must" if self.must is not None else "above aim"
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A budget of design 12 with its lines, or the reason it could not be measured."""

    title: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


class Unmeasured(Exception):
    """A row that cannot be measured here; the text says why."""


def ratio(
    ours: Samples, peer: Samples, *, must: float | None = None, aim: float | None = None, what: str = ""
) -> Line:
    """Compare two medians."""
    value = ours.median / peer.median if peer.median else math.inf
    return Line(what or f"against {peer.name}", value, "x", must, aim, str(ours), str(peer))


def page(head: Sequence[str], rows: Sequence[Row]) -> str:
    """Lay everything out as one page of text."""
    text = [*head, ""]
    for row in rows:
        text.append(row.title)
        for line in row.lines:
            figure = f"{_short(line.value)}{'' if line.unit == 'x' else ' '}{line.unit}"
            limits = ", ".join(
                f"{name} ≤ {_short(limit)}"
                for name, limit in (("must", line.must), ("aim", line.aim))
                if limit is not None
            )
            mark = "!!" if line.verdict == "MISSED" else "  "
            text.append(f"{mark} {line.what:<52} {figure:>10}   {limits:<24} {line.verdict}".rstrip())
            if line.ours or line.peer:
                against = f"  |  {line.peer}" if line.peer else ""
                text.append(f"      {line.ours}{against}")
        text += [f"      {note}" for note in row.notes]
        text.append("")
    missed = [row.title for row in rows if any(line.verdict == "MISSED" for line in row.lines)]
    unknown = [row.title for row in rows if not row.lines]
    words = [f"a must was missed: {'; '.join(missed)}"] if missed else []
    words += [f"not measured: {'; '.join(unknown)}"] if unknown else []
    text.append(", ".join(words) or "every must was kept")
    return "\n".join(text)


def _short(value: float) -> str:
    if math.isinf(value):
        return "∞"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}"
