"""Real terminals on a war room in tmux: whose keys and size are real, and whose bytes somebody reads."""

import os
import pty
import select
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.console.terminal import LONG, TMUX, WARROOM

Size = tuple[int, int]  # columns, lines


class Seat:
    """A terminal of some size in which one program runs, as this user or as another."""

    def __init__(
        self, command: list[str], env: Mapping[str, str], size: Size, user: str | None = None
    ) -> None:
        self.hands, inside = pty.openpty()
        termios.tcsetwinsize(inside, (size[1], size[0]))
        more = {} if user is None else {"user": user, "group": "nogroup", "extra_groups": ()}
        if user is not None:
            os.fchmod(inside, 0o666)
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *command],  # a terminal that is its own is told when its size changes
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=dict(env),
            cwd="/",
            **more,  # type: ignore[call-overload]  # as the keywords of Popen
        )
        os.close(inside)
        self.seen = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                if select.select([self.hands], [], [], 0.1)[0]:
                    self.seen += os.read(self.hands, 65536)
            except (OSError, ValueError):
                return

    def type(self, keys: str) -> None:
        """Press keys, as fast as a person may: what comes faster tmux takes for pasted."""
        for key in keys:
            os.write(self.hands, key.encode())
            time.sleep(0.01)

    def resize(self, size: Size) -> None:
        """Make the terminal another size."""
        termios.tcsetwinsize(self.hands, (size[1], size[0]))

    def ended(self) -> int:
        """Wait until the program has ended and return its code."""
        code: int = self.process.wait(LONG)
        return code

    def close(self) -> None:
        """Take the terminal away."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(1)
        os.close(self.hands)


class Place:
    """A folder with a store, and the war room that is opened on it."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.sockets = sockets
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "SHELL": "/bin/sh",
            "PS1": "prompt> ",
            "TMUX_TMPDIR": str(sockets),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "WARROOM_STORE": str(folder / "room.db"),
            "WARROOM_OPERATOR": "ada",
        }
        self._seats: list[Seat] = []

    def run(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run a verb beside the room, without a terminal."""
        return subprocess.run(
            [str(WARROOM), *words],
            capture_output=True,
            text=True,
            env=self.env | env,
            timeout=LONG,
            check=False,
        )

    def done(self, *words: str) -> str:
        """Run a verb that has to succeed."""
        said = self.run(*words)
        assert said.returncode == 0, said.stderr
        return said.stdout

    def sit(self, *words: str, size: Size = (160, 45), user: str | None = None) -> Seat:
        """Run ``warroom WORDS`` in a terminal."""
        return self.at([str(WARROOM), *words], size, user)

    def at(self, command: list[str], size: Size, user: str | None = None) -> Seat:
        """Run a command in a terminal."""
        seat = Seat(command, self.env, size, user)
        self._seats.append(seat)
        return seat

    @property
    def socket(self) -> Path:
        """Where the room's tmux listens."""
        (found,) = [path for path in self.sockets.glob("*/room-*") if path.is_socket()]
        return found

    def ask(self, *words: str) -> str:
        """Ask the room's tmux."""
        assert TMUX is not None
        command = [TMUX, "-S", str(self.socket), *words]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONG, env=self.env, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def panes(self) -> dict[str, str]:
        """Return the panes' ids by role."""
        listed = self.ask("list-panes", "-t", "warroom", "-F", "#{@role} #{pane_id}")
        return dict(line.split(" ") for line in listed.splitlines())

    def pane(self, role: str, what: str) -> str:
        """Return one of tmux's variables about a pane."""
        return self.ask("display-message", "-p", "-t", self.panes()[role], f"#{{{what}}}")

    def sees(self, role: str, *words: str) -> str:
        """Wait until a pane says all the words."""
        seen = ""

        def there() -> bool:
            nonlocal seen
            seen = self.ask("capture-pane", "-p", "-t", self.panes()[role])
            return all(word in seen for word in words)

        until(there, lambda: f"waited for {words} in {role}:\n{seen}")
        return seen

    def window(self) -> Size:
        """Return the size of the window."""
        columns, lines = self.ask(
            "display-message", "-p", "-t", "warroom", "#{window_width} #{window_height}"
        ).split()
        return int(columns), int(lines)

    def clients(self) -> list[str]:
        """Return who is attached, and how."""
        return self.ask("list-clients", "-F", "#{client_user} #{client_flags}").splitlines()

    def close(self) -> None:
        """End the room and every terminal."""
        self.run("tmux", "--kill", "--yes")
        for seat in self._seats:
            seat.close()


def until(there: Callable[[], bool], why: Callable[[], str] = lambda: "") -> None:
    """Wait until something is so."""
    end = time.monotonic() + LONG
    while not there():
        assert time.monotonic() < end, why()
        time.sleep(0.05)
