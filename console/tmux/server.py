"""Talking to tmux: whether it is there and new enough, where a room's socket lies, and what it answers."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from console.cli.failures import Failure

NEEDED = (3, 2)  # since then a client can be read-only and of no weight in the size
SHARES = (3, 3)  # since then it tells one user from another
PATIENCE = 20.0  # seconds
LONGEST = 100  # bytes of a socket's path: the system allows some 104
_VERSION = re.compile(r"(\d+)\.(\d+)")
_INSTALL = "apt install tmux, dnf install tmux or brew install tmux; without it: warroom, and warroom wall"


class NoAnswer(Exception):
    """tmux refused; the argument is what it said."""


@dataclass(frozen=True, slots=True)
class Tmux:
    """A tmux program of a version, and the socket and configuration of one room."""

    program: str
    version: tuple[int, int]
    socket: Path
    configuration: Path

    def command(self, *words: str) -> list[str]:
        """Return the command line that tells this room's tmux something."""
        return [self.program, "-S", str(self.socket), "-f", str(self.configuration), *words]

    def ask(self, *words: str, env: dict[str, str] | None = None) -> str:
        """Tell it something and return the answer. Raises NoAnswer with what it said instead."""
        try:
            done = subprocess.run(  # noqa: S603 - the words are this program's own
                self.command(*words),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                env=_outside(env),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoAnswer(str(error)) from error
        if done.returncode:
            raise NoAnswer(done.stderr.strip() or f"tmux ended with {done.returncode}")
        return done.stdout.rstrip("\n")

    def runs(self) -> bool:
        """True while the room's tmux is there."""
        try:
            self.ask("has-session", "-t", "=warroom")
        except NoAnswer:
            return False
        return True


def _outside(env: dict[str, str] | None) -> dict[str, str]:
    """Return the environment without the tmux somebody may be in: this is another one."""
    found = dict(os.environ if env is None else env)
    for name in ("TMUX", "TMUX_PANE"):
        found.pop(name, None)
    return found


def runtime_folder() -> Path:
    """Return the user's folder for sockets: in /tmp, as tmux's own, for a room may be shared later.

    The session's own folder (XDG_RUNTIME_DIR) is closed to every other user.
    """
    base = os.environ.get("TMUX_TMPDIR") or "/tmp"  # noqa: S108 - only a folder of one's own in it is used
    return Path(base) / f"warroom-{os.getuid()}"


def made_folder() -> Path:
    """Make the folder for sockets and return it. Raises Failure where it cannot be trusted."""
    folder = runtime_folder()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Failure(f"{folder} cannot be made: {error.strerror}", "set TMUX_TMPDIR to a folder") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise Failure(
            f"{folder} is not a folder of yours alone", "remove it, or set TMUX_TMPDIR to another folder"
        )
    return folder


def find(store: str) -> Tmux:
    """Return the tmux of the room on a store. Raises Failure where there is none, or too old a one."""
    program = shutil.which("tmux")
    if program is None:
        raise Failure("tmux is not installed", _INSTALL)
    version = _version(program)
    if version < NEEDED:
        raise Failure(
            f"this tmux is {_text(version)}: the war room needs {_text(NEEDED)} or newer",
            "older ones cannot keep a guest from typing; update tmux",
        )
    folder = runtime_folder()
    name = f"room-{hashlib.sha256(store.encode()).hexdigest()[:10]}"
    socket = folder / name
    if len(os.fsencode(socket)) > LONGEST:
        raise Failure(f"{socket} is too long a name for a socket", "set TMUX_TMPDIR to a shorter folder")
    return Tmux(program, version, socket, folder / f"{name}.conf")


def needs(tmux: Tmux, version: tuple[int, int], what: str) -> None:
    """Raise Failure where something needs a newer tmux."""
    if tmux.version < version:
        raise Failure(f"this tmux is {_text(tmux.version)}: {what} needs {_text(version)}", "update tmux")


def _version(program: str) -> tuple[int, int]:
    try:
        done = subprocess.run(  # noqa: S603 - found on the path, as everywhere
            [program, "-V"], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"{program} does not answer: {error}", _INSTALL) from error
    found = _VERSION.search(done.stdout)
    # one that is built from the newest source says "master" and nothing else
    return (int(found[1]), int(found[2])) if found else (99, 0)


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
