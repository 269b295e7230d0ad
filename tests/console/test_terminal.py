"""The console in a real terminal: what it draws, how it ends, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.terminal import TMUX, WARROOM, Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
    pytest.mark.skipif(not WARROOM.exists(), reason="the command is not installed here"),
]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def furnish(terminal: Terminal) -> None:
    """Make a room with two incidents in it."""
    terminal.warroom("init")
    terminal.warroom("declare", "Checkout returns 503", "-s", "P0")
    terminal.warroom("declare", "Search is slow", "-s", "P2")


def open_console(terminal: Terminal, before: str = "") -> str:
    """Open the board and wait until it is whole."""
    terminal.type(f"{before}{WARROOM}; echo ended with $?")
    return terminal.sees("2 live", "INC-1", "INC-2", "NEXT UPDATE", "Latest", "? keys")


def test_a_full_first_screen_and_back_to_the_shell(terminal: Terminal) -> None:
    furnish(terminal)
    seen = open_console(terminal)
    assert len(seen.splitlines()) == 24
    assert "2 live" in seen.splitlines()[0]
    assert terminal.says("alternate_on") == "1"
    terminal.press("Enter")
    terminal.sees("Checklist", "RESPOND in")
    terminal.press("C-q")
    terminal.sees("ended with 0")
    restored(terminal)


def restored(terminal: Terminal) -> None:
    """Look whether the terminal is as it was: screen, cursor, mouse, echo."""
    seen = terminal.sees("prompt>")
    assert "NEXT UPDATE" not in seen
    assert terminal.says("alternate_on") == "0"
    assert terminal.says("cursor_flag") == "1"
    assert terminal.says("mouse_any_flag") == "0"
    terminal.type("stty -a | grep -o ' echo ' ; echo typed-and-seen")
    seen = terminal.sees("\ntyped-and-seen")
    assert "\n echo" in seen
    assert "echo typed-and-seen" in seen  # what is typed is shown


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_the_terminal_is_as_it_was(terminal: Terminal, number: signal.Signals) -> None:
    furnish(terminal)
    open_console(terminal)
    terminal.press("n")
    terminal.sees("Declare an incident")
    os.kill(terminal.pid(), number)
    terminal.sees(f"ended with {128 + number}")
    restored(terminal)


def test_a_crash_ends_with_a_sentence_and_a_log_that_keeps_secrets(terminal: Terminal) -> None:
    furnish(terminal)
    script = terminal.folder / "crash.py"
    script.write_text(
        "import sys\n"
        "import console.handlers.incidents as handlers\n"
        "from console.cli import main\n\n"
        "async def broken(place):\n"
        "    secret = 'hunter' + '2' * 3\n"
        "    raise RuntimeError('the handler broke')\n\n"
        "handlers.acknowledge = broken\n"
        "sys.exit(main([]))\n"
    )
    root = Path(__file__).resolve().parent.parent.parent
    terminal.type(f"PYTHONPATH={root} {sys.executable} {script}; echo ended with $?")
    terminal.sees("INC-1", "? keys")
    terminal.press("a")
    seen = terminal.sees("ended with 70")
    assert "something went wrong inside warroom (RuntimeError)" in seen
    assert "Traceback" not in seen
    (log,) = (terminal.folder / "state").rglob("error-*.log")
    text = log.read_text()
    assert "the handler broke" in text
    assert "hunter222" not in text
    assert log.stat().st_mode & 0o077 == 0
    restored(terminal)


def test_what_was_acknowledged_on_screen_survives_kill_9(terminal: Terminal) -> None:
    furnish(terminal)
    open_console(terminal)
    terminal.press("a")
    terminal.sees("acknowledged by ada")
    os.kill(terminal.pid(), signal.SIGKILL)
    terminal.sees("ended with 137")
    assert '"status": "acknowledged"' in terminal.warroom("list", "--json")


def test_a_change_by_another_process_appears_without_a_key(terminal: Terminal) -> None:
    furnish(terminal)
    open_console(terminal)
    terminal.press("j")
    terminal.warroom("declare", "Everything is down", "-s", "P0")
    seen = terminal.sees("INC-3", "3 live")
    assert "INC-2" in next(line for line in seen.splitlines() if "▌" in line)


def test_a_store_that_goes_and_comes_back_is_told(terminal: Terminal) -> None:
    furnish(terminal)
    open_console(terminal)
    terminal.press("a")
    terminal.sees("acknowledged by ada")  # by now the store is open
    store = terminal.folder / "room.db"
    store.rename(terminal.folder / "away.db")
    terminal.sees("REMOVED", "INC-1")
    (terminal.folder / "away.db").rename(store)
    terminal.sees_not("REMOVED")
    terminal.press("j")
    terminal.press("a")
    terminal.sees("INC-2 acknowledged by ada")


def test_too_small_a_window_says_so_and_keeps_the_place(terminal: Terminal) -> None:
    furnish(terminal)
    open_console(terminal)
    terminal.press("j")
    terminal.points_at("INC-2")
    for size in ((59, 24), (80, 9), (40, 5)):
        terminal.resize(*size)
        seen = terminal.sees("too small")
        assert "INC-" not in seen
    terminal.press("a")  # nobody decides about what they cannot see
    terminal.resize(60, 10)
    terminal.sees("INC-1", "INC-2")
    terminal.points_at("INC-2")
    assert '"acknowledged_at": null' in terminal.warroom("show", "INC-2", "--json")
    terminal.press("a")
    terminal.sees("INC-2 acknowledged")


def test_a_storm_of_sizes_keeps_cursor_focus_and_what_is_typed(terminal: Terminal) -> None:
    furnish(terminal)
    open_console(terminal)
    terminal.press("j")
    for turn in range(30):
        terminal.resize(64 + 7 * (turn % 9), 11 + 3 * (turn % 8))
    terminal.resize(80, 24)
    seen = terminal.sees("INC-2", "Latest")
    assert "INC-2" in next(line for line in seen.splitlines() if "▌" in line)
    terminal.press("n")
    terminal.sees("Declare an incident")
    terminal.press("-l", "half a title")
    for turn in range(20):
        terminal.resize(64 + 7 * (turn % 9), 11 + 3 * (turn % 8))
    terminal.resize(80, 24)
    terminal.press("-l", " and more")
    terminal.sees("half a title and more")


@pytest.mark.parametrize(
    "env",
    [{"NO_COLOR": "1"}, {"TERM": "screen"}, {"TERM": "linux", "COLORTERM": ""}],
    ids=["no colour", "16 colours", "linux"],
)
def test_everything_is_readable_without_colours(tmp_path: Path, env: dict[str, str]) -> None:
    terminal = Terminal(tmp_path, env=env)
    try:
        furnish(terminal)
        open_console(terminal)
        coloured = terminal.screen(colours=True)
        if "NO_COLOR" in env:
            assert not set(re.findall(r"\x1b\[(?:\d+;)*[34]8;[25];(\d+);(\d+);(\d+)", coloured)) - GREYS
        seen = terminal.screen()
        # severity and lateness are words and signs, the cursor is a mark
        assert "P0 !!" in seen
        assert "P2 -" in seen
        assert "▌P0" in seen
        terminal.press("s")
        terminal.sees("Severity of INC-1", "1  P0")
        terminal.press("Escape")
        terminal.press("C-q")
        terminal.sees("ended with 0")
    finally:
        terminal.close()


GREYS = {(str(level), str(level), str(level)) for level in range(256)}


@pytest.mark.parametrize("verb", [[], ["demo"]])
def test_without_a_terminal_it_says_what_to_use_instead(tmp_path: Path, verb: list[str]) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [str(WARROOM), *verb], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, timeout=60
    )
    assert done.returncode == 2
    assert "the console needs a terminal" in done.stderr
    assert "warroom list" in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())
