"""A runbook edited in the operator's own editor, in a real terminal: looked at, saved, and nothing lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.terminal import WARROOM, Terminal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")]

ADDS = """#!/bin/sh
echo "- [ ] Bring coffee" >> "$1"
"""
BROKEN = ADDS + "exit 3\n"
# somebody else brings the same runbook in while the editor is open
MEANWHILE = (
    ADDS
    + """if [ ! -e "$HOME/once" ]; then
  touch "$HOME/once"
  printf '# Disk\\n\\n## Steps\\n\\n- [ ] Look\\n- [ ] Call lin\\n' > "$HOME/disk.md"
  WARROOM import-runbook "$HOME/disk.md" --as lin > /dev/null
fi
"""
)


@pytest.fixture
def terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A terminal with the editor that is asked for, in view 4 of a room with one runbook of its own."""
    editor = tmp_path / "editor.sh"
    editor.write_text(request.param.replace("WARROOM", str(WARROOM)))
    editor.chmod(0o755)
    (tmp_path / "disk.md").write_text("# Disk\n\n## Steps\n\n- [ ] Look\n")
    made = Terminal(tmp_path, (100, 30), {"EDITOR": str(editor)})
    made.warroom("init")
    made.warroom("import-runbook", str(tmp_path / "disk.md"))
    made.type(str(WARROOM))
    made.sees("keys")
    made.press("4")
    made.sees("5 runbooks", "Disk")
    made.press("G")
    yield made
    made.close()


@pytest.mark.parametrize("terminal", [ADDS], indirect=True)
def test_what_the_edit_changes_is_shown_and_enter_saves_it(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("what the edited text changes", "+ [ ] Bring coffee")
    terminal.press("Enter")
    terminal.sees("disk saved as version 2: 1 added (Bring coffee)")
    terminal.press("v")
    terminal.sees("version 2 by ada", "version 1 by ada")


@pytest.mark.parametrize("terminal", [ADDS], indirect=True)
def test_leaving_what_was_edited_keeps_it_as_a_draft(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("+ [ ] Bring coffee")
    terminal.press("Escape")
    terminal.sees("5 runbooks")
    terminal.press("E")
    terminal.sees("what the edited text changes")
    assert terminal.screen().count("[ ] Bring coffee") == 2  # once more by this editor


@pytest.mark.parametrize("terminal", [BROKEN], indirect=True)
def test_a_broken_editor_returns_with_the_text_kept(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("ended with 3", "The text is kept")
    terminal.sees("5 runbooks")


@pytest.mark.parametrize("terminal", [MEANWHILE], indirect=True)
def test_the_second_of_two_editors_sees_the_firsts_and_keeps_their_own(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.sees("+ [ ] Bring coffee")
    terminal.press("Enter")
    terminal.sees("lin has saved version 2 meanwhile", "Call lin", "no longer a step")
    terminal.press("Enter")
    terminal.sees("disk saved as version 3: 1 added (Bring coffee), 1 removed (Call lin)")
