"""The looks the console offers: each readable, for whoever cannot tell red from green too (design 4)."""

from typing import TYPE_CHECKING, Any

from textual.theme import Theme

from data.text import clean_line

if TYPE_CHECKING:
    from textual.app import App

# What stands in for the names of Textual's own: the terminal's 16 colours, and its default.
_NAMES = {"dark": "textual-dark", "terminal": "ansi-dark", "terminal-light": "ansi-light"}


def _theme(name: str, *, dark: bool, ground: tuple[str, str, str], text: str, tones: dict[str, str]) -> Theme:
    """Return a theme of three grounds, from the back to the front, and a colour for each tone."""
    background, surface, panel = ground
    return Theme(
        name=name,
        primary=tones["primary"],
        secondary=tones["primary"],
        accent=tones["accent"],
        warning=tones["warning"],
        error=tones["error"],
        success=tones["success"],
        foreground=text,
        background=background,
        surface=surface,
        panel=panel,
        dark=dark,
        variables={
            **{f"text-{tone}": colour for tone, colour in tones.items()},
            "text": text,
            "block-hover-background": panel,
            "block-cursor-background": panel,
            "block-cursor-foreground": text,
            "block-cursor-text-style": "bold reverse",
            "warning-muted": surface,
            "footer-key-foreground": tones["accent"],
        },
    )


_OWN = (
    _theme(
        "light",
        dark=False,
        ground=("#FFFFFF", "#F4F4F4", "#E4E4E4"),
        text="#1B1B1B",
        tones={
            "primary": "#004578",
            "accent": "#6B2C91",
            "warning": "#7A4100",
            "error": "#A4000F",
            "success": "#0B5A2B",
            "muted": "#4A4A4A",
        },
    ),
    # blue and orange stay apart for every kind of colour blindness; nothing is told by red against green
    _theme(
        "colour-blind",
        dark=True,
        ground=("#101418", "#181E24", "#26303A"),
        text="#E8ECF0",
        tones={
            "primary": "#7CC4F5",
            "accent": "#C9B6F2",
            "warning": "#F5B335",
            "error": "#FF8A3D",
            "success": "#5AB4F0",
            "muted": "#A9B4BE",
        },
    ),
    _theme(
        "colour-blind-light",
        dark=False,
        ground=("#FFFFFF", "#F4F6F8", "#E2E7EC"),
        text="#14181C",
        tones={
            "primary": "#004C8C",
            "accent": "#4B3A8C",
            "warning": "#7A4A00",
            "error": "#963800",
            "success": "#00548F",
            "muted": "#454F59",
        },
    ),
    _theme(
        "high-contrast",
        dark=True,
        ground=("#000000", "#000000", "#1C1C1C"),
        text="#FFFFFF",
        tones={
            "primary": "#7FD0FF",
            "accent": "#FFFF66",
            "warning": "#FFC14D",
            "error": "#FF9A8C",
            "success": "#7CFF9B",
            "muted": "#D8D8D8",
        },
    ),
)
DEFAULT = "dark"
THEMES = (DEFAULT, *(theme.name for theme in _OWN), "terminal", "terminal-light")
"""The names a person knows them by."""


def fitting(name: str, colours: str | None) -> str:
    """Return the theme for a terminal of so many colours, in Rich's words.

    Of 16 the nearest to our tones are greys, in which what is late looks like what is not: the terminal's
    own red and yellow say it.
    """
    if colours != "standard":
        return name
    light = any(theme.name == name and not theme.dark for theme in _OWN)
    return "terminal-light" if light or name == "terminal-light" else "terminal"


def dress(app: "App[Any]", name: str) -> None:
    """Give a program its themes, and the look of one of them; KeyError for a name that is none."""
    for theme in _OWN:
        app.register_theme(theme)
    if name not in THEMES:
        raise KeyError(clean_line(name))
    app.theme = _NAMES.get(name, name)
