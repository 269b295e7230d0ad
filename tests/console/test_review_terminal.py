"""A part written in the operator's own editor, in a real terminal: handed over, taken back, nothing lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.terminal import WARROOM, Terminal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")]

GOOD = """#!/bin/sh
echo "EDITING $(basename "$1")"
read answer
echo "the pool was too small" > "$1"
"""
BROKEN = """#!/bin/sh
echo "half a thought" > "$1"
exit 3
"""


def program(folder: Path, text: str) -> str:
    path = folder / "editor.sh"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A terminal whose editor is the one asked for, beside a room with an incident that is over."""
    editor = program(tmp_path, request.param) if "\n" in request.param else request.param
    made = Terminal(tmp_path, (100, 30), {"EDITOR": editor})
    made.warroom("init")
    made.warroom("declare", "Checkout returns 503", "-s", "P1")
    made.warroom("resolve", "INC-1", "--how", "fixed")
    made.type(str(WARROOM))
    made.sees("keys")
    made.press("5")
    made.sees("Action items  0 open", "INC-1")
    made.press("Enter")
    made.sees("sections complete")
    yield made
    made.close()


@pytest.mark.parametrize("terminal", [GOOD], indirect=True)
def test_the_terminal_is_handed_over_and_taken_back(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("EDITING INC-1-impact.md")
    assert terminal.says("alternate_on") == "0"
    terminal.press("x", "Enter")
    terminal.sees("impact written", "sections complete")
    assert terminal.says("alternate_on") == "1"
    assert "the pool was too small" in terminal.warroom("postmortem", "INC-1")
    terminal.press("j")
    terminal.sees("sections complete")


@pytest.mark.parametrize("terminal", [BROKEN], indirect=True)
def test_a_broken_editor_returns_with_the_text_kept(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("ended with 3", "The text is kept")
    assert "half a thought" not in terminal.warroom("postmortem", "INC-1")
    terminal.press("w")
    terminal.sees("half a thought")


@pytest.mark.parametrize("terminal", ["/nowhere/editor", "'unclosed"], indirect=True)
def test_an_editor_that_is_none_changes_nothing(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("Nothing was changed", "sections complete")
