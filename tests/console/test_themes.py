"""Every look can be read (WCAG 2: 4.5 to 1 for text, 3 for marks), by who cannot tell red from green too."""

from itertools import combinations
from pathlib import Path

import pytest
from textual.color import Color

from console.themes import THEMES, dress, fitting
from data.domain.severity import Severity
from tests.console.room import House, using
from tests.widgets.screen import Stage, settle
from widgets.board_table import BoardTable
from widgets.tones import COMPONENTS, Palette

MEASURED = [name for name in THEMES if not name.startswith("terminal")]  # the terminal's colours are its own
GROUNDS = ("background", "surface", "panel", "block-hover-background")
TEXTS = ("text-muted", "text-primary", "text-accent", "text-warning", "text-error", "text-success")
MARKS = ("accent", "warning", "error", "success")
# How the world looks to those who lack one kind of cone (Viénot, Brettel and Mollon 1999; on linear light).
BLIND = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def linear(colour: Color) -> tuple[float, ...]:
    parts = (part / 255 for part in colour.rgb)
    return tuple(part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def luminance(colour: Color) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def lab(light: tuple[float, ...]) -> tuple[float, float, float]:
    """Return linear light as CIE L*a*b*, in which distance is difference to the eye."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * b for a, b in zip(row, light, strict=True)) for row in rows]
    scaled = (part / white for part, white in zip(xyz, (0.9505, 1.0, 1.089), strict=True))
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: Color, kind: str) -> tuple[float, float, float]:
    light = linear(colour)
    return lab(tuple(max(0.0, sum(a * b for a, b in zip(row, light, strict=True))) for row in BLIND[kind]))


async def dressed(theme: str) -> tuple[dict[str, str], list[tuple[str, Color, Color]]]:
    """Return a theme's colours by variable, and every tone with the colours it is drawn in."""
    table = BoardTable()
    app = Stage(table)
    dress(app, theme)
    async with app.run_test() as pilot:
        await settle(pilot)
        palette, drawn = Palette(table), []
        for name in sorted(COMPONENTS):
            for selected in (False, True):
                style = palette.style(name.removeprefix("tone--"), selected)
                assert style.color is not None
                assert style.bgcolor is not None
                where = f"{name} {'under the cursor' if selected else ''}"
                text, under = map(Color.from_rich_color, (style.color, style.bgcolor))
                drawn.append((where, text, under))
        return dict(app.theme_variables), drawn


def ground(found: dict[str, str], name: str) -> Color:
    return Color.parse(found["background"]) + Color.parse(found[name])


def on(found: dict[str, str], name: str, under: Color) -> Color:
    """Return a text's colour on a ground; ``auto`` is black or white, whichever is read better there."""
    if found[name].startswith("auto"):
        share = int(found[name].removeprefix("auto").strip().removesuffix("%")) / 100
        return under + under.get_contrast_text(share)
    return under + Color.parse(found[name])


@pytest.mark.parametrize("theme", MEASURED)
async def test_every_text_can_be_read_on_every_ground(theme: str) -> None:
    found, drawn = await dressed(theme)
    least = 7.0 if theme == "high-contrast" else 4.5
    for where, text, under in drawn:
        assert contrast(text, under) >= least, f"{where}: {contrast(text, under):.1f}"
    for name in (*TEXTS, "text", "foreground"):
        for behind in GROUNDS:
            under = ground(found, behind)
            ratio = contrast(on(found, name, under), under)
            assert ratio >= least, f"{name} on {behind}: {ratio:.1f}"


@pytest.mark.parametrize("theme", MEASURED)
async def test_every_mark_can_be_seen(theme: str) -> None:
    found, _ = await dressed(theme)
    for mark in MARKS:
        for behind in ("background", "surface"):
            under = ground(found, behind)
            assert contrast(on(found, mark, under), under) >= 3, f"{mark} on {behind}"


@pytest.mark.parametrize("kind", list(BLIND))
@pytest.mark.parametrize("theme", ["colour-blind", "colour-blind-light"])
async def test_good_and_bad_stay_apart_without_red_or_green(theme: str, kind: str) -> None:
    found, _ = await dressed(theme)
    for bad in ("text-warning", "text-error"):
        for good in ("text-success", "text-primary"):
            one, other = (seen(Color.parse(found[name]), kind) for name in (bad, good))
            far = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
            assert far >= 40, f"{bad} and {good} look alike: {far:.0f}"


async def test_severities_look_different_in_every_theme() -> None:
    for theme in THEMES:
        table = BoardTable()
        app = Stage(table)
        dress(app, theme)
        async with app.run_test() as pilot:
            await settle(pilot)
            palette = Palette(table)
            looks = [palette.style(tone) for tone in ("p0", "p1", "p2", "p3")]
            assert all(one != other for one, other in combinations(looks, 2)), theme


def test_a_theme_nobody_knows_is_no_theme() -> None:
    with pytest.raises(KeyError, match="neon"):
        dress(Stage(BoardTable()), "neon")


async def test_a_theme_is_tried_on_from_the_palette(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.declare("Checkout returns 503", Severity.P1)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("colon")
        await user.type("high-contrast")
        await user.sees("Theme: high-contrast")
        await user.press("enter")
        await user.sees("Theme high-contrast. It stays with theme =")
        assert user.app.theme == "high-contrast"


@pytest.mark.parametrize(
    ("name", "colours", "worn"),
    [
        ("dark", "truecolor", "dark"),
        ("dark", "256", "dark"),
        ("dark", None, "dark"),
        ("dark", "standard", "terminal"),
        ("high-contrast", "standard", "terminal"),
        ("light", "standard", "terminal-light"),
        ("colour-blind-light", "standard", "terminal-light"),
        ("terminal-light", "standard", "terminal-light"),
    ],
)
def test_where_there_are_16_colours_they_are_the_terminals_own(
    name: str, colours: str | None, worn: str
) -> None:
    assert fitting(name, colours) == worn


async def test_of_16_colours_what_is_late_has_one_that_plain_text_has_not() -> None:
    table = BoardTable()
    app = Stage(table)
    dress(app, fitting("dark", "standard"))
    async with app.run_test() as pilot:
        await settle(pilot)
        palette = Palette(table)
        drawn = {tone: palette.style(tone).color for tone in ("", "late", "alarm", "p0", "met")}
        assert drawn["late"] == drawn["alarm"]
        assert len({str(colour) for colour in drawn.values()}) == 4, drawn
