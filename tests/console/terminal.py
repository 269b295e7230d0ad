"""A real terminal: the installed command in a tmux of its own, whose screen can be read."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

TMUX = shutil.which("tmux")
WARROOM = Path(sys.executable).with_name("warroom")
LONG = 60.0  # seconds; a machine under load starts slowly


class Terminal:
    """A shell in a window of some size; ``env`` is what its programs find beside the least they need."""

    def __init__(
        self, folder: Path, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "screen-256color",
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "WARROOM_STORE": str(folder / "room.db"),
            "WARROOM_OPERATOR": "ada",
            "PS1": "prompt> ",
            **(env or {}),
        }
        columns, lines = size
        shell = ["env", "-i", *(f"{name}={value}" for name, value in self.env.items()), "bash", "--norc"]
        self._tmux("new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(lines), *shell)
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("set-option", "-sg", "escape-time", "10")
        self.sees("prompt>")

    def _tmux(self, *arguments: str) -> str:
        assert TMUX is not None
        # -f: nobody's own configuration; the socket lies where only this test looks
        command = [TMUX, "-f", "/dev/null", "-S", str(self.folder / "tmux"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=LONG).stdout

    def warroom(self, *arguments: str) -> str:
        """Run a verb beside the terminal and return what it prints."""
        command = [str(WARROOM), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self.env, timeout=LONG)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def type(self, words: str) -> None:
        """Type words and enter."""
        self._tmux("send-keys", "-t", "t", "-l", words)
        self.press("Enter")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self._tmux("send-keys", "-t", "t", *keys)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(lines))

    def screen(self, *, colours: bool = False) -> str:
        """Return what stands on the screen, with its escape codes where ``colours`` are asked for."""
        return self._tmux("capture-pane", "-p", "-t", "t", *(["-e"] if colours else []))

    def says(self, variable: str) -> str:
        """Return one of tmux's variables about the pane."""
        return self._tmux("display-message", "-p", "-t", "t", f"#{{{variable}}}").strip()

    def sees(self, *words: str) -> str:
        """Wait until the screen says all the words."""
        return self._until(lambda seen: all(word in seen for word in words), f"{words}")

    def points_at(self, words: str) -> str:
        """Wait until the line under the cursor says the words; return the screen."""
        return self._until(
            lambda seen: any("▌" in line and words in line for line in seen.splitlines()),
            f"the cursor on {words}",
        )

    def sees_not(self, *words: str) -> str:
        """Wait until the screen says none of the words."""
        return self._until(lambda seen: not any(word in seen for word in words), f"{words} gone")

    def _until(self, there: Callable[[str], bool], wanted: str) -> str:
        until = time.monotonic() + LONG
        while not there(seen := self.screen()):
            assert time.monotonic() < until, f"waited for {wanted}:\n{seen}"
            time.sleep(0.05)
        return seen

    def pid(self) -> int:
        """Return the process id of the console: what the shell runs in front."""
        shell = self.says("pane_pid")
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def close(self) -> None:
        """End the terminal and what runs in it."""
        self._tmux("kill-server")
