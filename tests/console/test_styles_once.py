"""What the tests keep of style sheets is what Textual finds each time."""

from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

from tests.console.room import House, User, using
from tests.widgets import styles


def taken(user: User) -> list[tuple[str, str, Any]]:
    """Return the styles of everything on the screen in front, parts too, and of what scrolls it."""
    found = []
    for node in user.app.screen.walk_children(with_self=True):
        found.append((repr(node), "", dict(node.styles.base.get_rules())))
        for part, kept in sorted(node._component_styles.items()):
            found.append((repr(node), part, dict(kept.base.get_rules())))
    return found


@pytest.mark.parametrize(
    "theme",
    ["textual-dark", *(pytest.param(name, marks=pytest.mark.slow) for name in ("nord", "ansi-light"))],
)
async def test_every_view_has_the_styles_that_textual_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    house = House(tmp_path)
    house.declare("Checkout down")
    async with using(house) as user:
        user.app.theme = theme
        await user.rest()
        for keys in (("j",), ("enter",), ("n",), ("escape",), ("u",), ("escape",), ("question_mark",)):
            await user.press(*keys)
            with_kept = taken(user)
            with monkeypatch.context() as patch:
                for name, method in styles.TEXTUALS.items():
                    patch.setattr(Stylesheet, name, method)
                user.app.stylesheet.update(user.app.screen)
                assert with_kept == taken(user), keys
            await user.rest()
