"""The exact bytes that reach a terminal, plain and through tmux, between frames and never within one."""

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.console.terminal import LONG, TMUX, WARROOM

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WARROOM.exists(), reason="the command is not installed here"),
]
NOTE = b"\x1b]777;notify;warroom warroom;P0 INC-2 Checkout returns 503\x1b\\"
# whole control sequences; what is left of a stream without them is text
WHOLE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]"
)


class Outside:
    """A terminal made of nothing but its bytes."""

    def __init__(self, folder: Path, command: list[str], env: Mapping[str, str]) -> None:
        self.folder = folder
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "WARROOM_STORE": str(folder / "room.db"),
            "WARROOM_OPERATOR": "olu",
            **env,
        }
        self.seen = b""
        self.hands, inside = pty.openpty()
        termios.tcsetwinsize(inside, (24, 80))
        self._warroom("init")
        self._warroom("declare", "Search is slow", "-s", "P0")
        self.process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, env=self.env, start_new_session=True
        )
        os.close(inside)

    def _warroom(self, *words: str) -> None:
        subprocess.run([str(WARROOM), *words], env=self.env, check=True, capture_output=True, timeout=LONG)

    def declare(self, title: str) -> None:
        """Let somebody elsewhere declare a P0."""
        self._warroom("declare", title, "-s", "P0", "--as", "lin")

    def types(self, keys: bytes) -> None:
        os.write(self.hands, keys)

    def gets(self, *wanted: bytes) -> bytes:
        """Wait until all of these have come, in any order; return everything that has."""
        until = time.monotonic() + LONG
        while not all(one in self.seen for one in wanted):
            assert time.monotonic() < until, f"waited for {wanted}:\n{self.seen[-3000:]!r}"
            if select.select([self.hands], [], [], 0.1)[0]:
                self.seen += os.read(self.hands, 65536)
        return self.seen

    def rings(self, note: bytes) -> None:
        """Wait for the bell, then the note, both between whole sequences."""
        seen = self.gets(note)
        at = seen.index(note)
        assert b"\a" in WHOLE.sub(b"", seen[:at])
        assert seen.count(note) == 1
        assert b"\x1b" not in WHOLE.sub(b"", seen[:at])  # nothing was begun that the note would break
        assert b"\x1b" not in WHOLE.sub(b"", seen[: at + len(note)])

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.hands)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Outside]:
    terminal = Outside(tmp_path, [str(WARROOM)], {"TERM": "xterm-256color", "VTE_VERSION": "7200"})
    yield terminal
    terminal.close()


def test_a_new_p0_rings_and_notifies_and_frames_stay_whole(plain: Outside) -> None:
    plain.gets(b"INC-1", b"Latest")
    plain.declare("Checkout returns 503")
    plain.rings(NOTE)


def test_while_the_terminal_has_the_focus_it_is_left_in_peace(plain: Outside) -> None:
    plain.gets(b"INC-1", b"Latest")
    plain.types(b"\x1b[I")
    plain.declare("Checkout returns 503")
    plain.gets(b"INC-2")
    plain.types(b"\x1b[O")
    plain.declare("Payments time out")
    note = b"\x1b]777;notify;warroom warroom;P0 INC-3 Payments time out\x1b\\"
    plain.rings(note)
    assert re.findall(rb"\x1b\]777[^\x1b]*\x1b\\", plain.seen) == [note]


@pytest.mark.skipif(TMUX is None, reason="tmux is not installed")
@pytest.mark.parametrize("passes", ["on", "off"])
def test_inside_tmux_it_reaches_the_terminal_outside_only_where_tmux_lets_it(
    tmp_path: Path, passes: str
) -> None:
    assert TMUX is not None
    configuration = tmp_path / "tmux.conf"
    configuration.write_text(
        f"set -g allow-passthrough {passes}\nset -g focus-events on\nset -g bell-action any\n"
    )
    command = [TMUX, "-f", str(configuration), "-S", str(tmp_path / "tmux"), "new-session", str(WARROOM)]
    terminal = Outside(tmp_path, command, {"TERM": "rxvt-unicode-256color"})
    try:
        terminal.gets(b"INC-1", b"Latest")
        terminal.types(b"\x1b[O")  # somebody looks elsewhere
        terminal.declare("Checkout returns 503")
        if passes == "on":
            assert NOTE in terminal.gets(NOTE, b"\a")
        else:
            terminal.gets(b"INC-2", b"\a")
            terminal.types(b"2")
            assert b"]777" not in terminal.gets(b"No checks yet")
    finally:
        subprocess.run([TMUX, "-S", str(tmp_path / "tmux"), "kill-server"], check=False, timeout=LONG)
        terminal.close()
