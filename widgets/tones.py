"""The few ways text is toned, as component classes over theme variables: no colour is named elsewhere.

Severities lie on a blue-orange axis (design 4), which most colour-blind people can tell apart.
Every tone repeats a word that is drawn in it, so nothing is lost on a terminal without colours.
"""

from collections.abc import Iterable

from rich.style import Style
from textual.widget import Widget

from data.domain.severity import Severity

# (name, declarations); text variables are readable on any background, and exist in the ansi themes.
_TONES = {
    "p0": "color: $text-warning; text-style: bold;",
    "p1": "color: $text-warning;",
    "p2": "color: $text-primary;",
    "p3": "color: $text-muted;",
    "late": "color: $text-error; text-style: bold;",
    "breached": "color: $text-error;",
    "alarm": "color: $text-error; text-style: bold;",
    "soon": "color: $text-warning;",
    "warn": "color: $text-warning;",
    "met": "color: $text-success;",
    "good": "color: $text-success;",
    "snoozed": "color: $text-accent;",
    "accent": "color: $text-accent;",
    "strong": "text-style: bold;",
    "muted": "color: $text-muted;",
    "head": "color: $text-muted; text-style: bold;",
    "cursor": "background: $block-hover-background; text-style: bold;",
}
COMPONENTS = {f"tone--{name}" for name in _TONES}
SEVERITY_TONES = {severity: severity.value.lower() for severity in Severity}
SEVERITY_MARKS = {Severity.P0: "!!", Severity.P1: "!", Severity.P2: "-", Severity.P3: "."}

Span = tuple[str, str]  # text that was fitted already, and the tone it is drawn in ("" for none)


def tone_css(widget: str) -> str:
    """Return the default style rules for the tones of a widget class."""
    return "".join(f"{widget} > .tone--{name} {{ {rules} }}\n" for name, rules in _TONES.items())


def severity_text(severity: Severity) -> str:
    """Return a severity as text and glyph: ``P0 !!`` (design 4)."""
    return f"{severity.value} {SEVERITY_MARKS[severity]}"


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same line in fewer spans; blanks need no tone of their own, and each span costs."""
    line: list[Span] = []
    for text, tone in spans:
        if not text:
            continue
        if line and (tone == line[-1][1] or (not tone and text.isspace())):
            line[-1] = (line[-1][0] + text, line[-1][1])
        else:
            line.append((text, tone))
    return line


class Palette:
    """The styles of a widget's tones, looked up once until its style changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, bool], Style] = {}

    def clear(self) -> None:
        """Forget every style; call it when the widget's style or theme changed."""
        self._styles.clear()

    def style(self, tone: str = "", selected: bool = False) -> Style:
        """Return how a tone looks, under the cursor or elsewhere; KeyError for an unknown one."""
        style = self._styles.get((tone, selected))
        if style is None:
            classes = ["tone--cursor"] if selected else []
            if tone:
                classes.append(f"tone--{tone}")
            style = self._widget.get_visual_style(*classes).rich_style
            self._styles[tone, selected] = style
        return style
