"""Quitting while something is still to be sent: at once, and with a word about it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.console.terminal import TMUX, WARROOM, Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
    pytest.mark.skipif(not WARROOM.exists(), reason="the command is not installed here"),
]
ROOM = """
[[contact]]
id = "ada"
notify = ["json://127.0.0.1:{port}/"]
[[level]]
id = "on-call"
contacts = ["ada"]
"""


class Stuck:
    """A receiver that takes connections and never answers; ``asked`` is set by the first request."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with ExitStack() as open_ones:
            while True:
                try:
                    connection, _ = self._socket.accept()
                except OSError:
                    return
                open_ones.enter_context(connection)
                if connection.recv(1):
                    self.asked.set()

    def close(self) -> None:
        """Take no more."""
        self._socket.close()


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    made = Stuck()
    yield made
    made.close()


@pytest.fixture
def terminal(tmp_path: Path, stuck: Stuck) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    file = tmp_path / "warroom.toml"
    file.write_text(ROOM.format(port=stuck.port))
    opened.warroom("init")
    opened.warroom("apply", str(file))
    opened.warroom("declare", "Checkout returns 503", "-s", "P1")
    yield opened
    opened.close()


@pytest.mark.parametrize("form", ["", " watch"])
def test_quitting_says_what_is_still_to_be_sent(terminal: Terminal, stuck: Stuck, form: str) -> None:
    terminal.type(f"{WARROOM}{form}; echo ended with $?")
    assert stuck.asked.wait(60), "the page is on its way"
    terminal.press("C-c" if form else "C-q")
    seen = terminal.sees("ended with 0")
    assert "1 page is still to be sent" in seen.replace("\n", "")
    assert seen.count("still to be sent") == 1
