"""Severity over time as an inline SVG: a stair, with marks where it was acknowledged and resolved."""

from datetime import datetime, timedelta
from html import escape

from data.domain.instants import format_instant
from data.domain.severity import Severity
from data.post_mortem.model import Document

WIDTH, HEIGHT = 720, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 26, 34
_STEP = (HEIGHT - _TOP - _BOTTOM) // (len(Severity) - 1)
_MARKED = ("Acknowledged", "Resolved", "Reopened")


def chart(document: Document) -> str:
    """Return the chart; the instants it shows are in the tables too."""
    if not document.levels:
        return ""
    start = document.levels[0].at
    ends = [document.ended or document.written_at, document.levels[-1].at, start + timedelta(seconds=1)]
    end = max(ends)
    label = "Severity over time: " + ", ".join(
        f"{item.severity} from {format_instant(item.at)}" for item in document.levels
    )
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">',
        f"<title>{escape(label)}</title>",
    ]
    for severity in Severity:
        y = _y(severity)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{WIDTH - _RIGHT}" y2="{y}"/>')
        parts.append(f'<text class="axis" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{severity}</text>')
    points = []
    for number, item in enumerate(document.levels):
        until = document.levels[number + 1].at if number + 1 < len(document.levels) else end
        points += [(_x(item.at, start, end), _y(item.severity)), (_x(until, start, end), _y(item.severity))]
    parts.append(f'<polyline class="stair" points="{" ".join(f"{x:.1f},{y}" for x, y in points)}"/>')
    parts += _marks(document, start, end)
    for at, anchor in ((start, "start"), (end, "end")):
        x = _x(at, start, end)
        words = format_instant(at)
        parts.append(f'<text class="axis" x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{words}</text>')
    return "\n".join((*parts, "</svg>"))


def _marks(document: Document, start: datetime, end: datetime) -> list[str]:
    parts = []
    for item in document.moments:
        if item.label not in _MARKED or not start <= item.at <= end:
            continue
        x = _x(item.at, start, end)
        anchor = "start" if x < WIDTH / 2 else "end"
        shift = 4 if anchor == "start" else -4
        parts.append(
            f'<line class="mark" x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{HEIGHT - _BOTTOM + 6}"/>'
        )
        parts.append(
            f'<text class="axis" x="{x + shift:.1f}" y="{_TOP - 12}" text-anchor="{anchor}">'
            f"{escape(item.label.lower())}</text>"
        )
    return parts


def _x(at: datetime, start: datetime, end: datetime) -> float:
    share = (min(max(at, start), end) - start) / (end - start)
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(severity: Severity) -> int:
    return _TOP + list(Severity).index(severity) * _STEP
