"""The war room itself: made once, found again, mended where a pane has ended, and taken down."""

import fcntl
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from console.child import ROOT, command
from console.cli.failures import Failure
from console.tmux.config import SESSION, configuration
from console.tmux.layout import ROLES, Shape, layout, shape
from console.tmux.server import NoAnswer, Tmux, made_folder

USUAL = (160, 45)  # columns and lines where no terminal says
ENDING = 10.0  # seconds the panes have to end once they were told to
_WINDOW = f"{SESSION}:0"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a war room is to show, and of which room; ``store`` may hold a password and is never printed."""

    store: str
    operator: str
    name: str  # of the room, for the last line
    incident: str = ""
    shell: bool = True
    size: tuple[int, int] = USUAL

    @property
    def roles(self) -> tuple[str, ...]:
        """The panes, in their order."""
        return ROLES if self.shell else ROLES[:-1]

    def environment(self) -> dict[str, str]:
        """Return what the panes find: so that neither store nor password is on any command line."""
        return {**os.environ, "WARROOM_STORE": self.store, "WARROOM_OPERATOR": self.operator}


def console_command(role: str, incident: str = "") -> tuple[str, ...]:
    """Return what runs in a pane; nothing for the shell, which is the user's own.

    The board works and rings for the others beside it.
    """
    options = {
        "board": (),
        "incident": (*(("--incident", incident) if incident else ("--view", "incident")), "--beside"),
        "health": ("--view", "health", "--beside"),
    }
    return (*_program(), *options[role]) if role in options else ()


def _program() -> tuple[str, ...]:
    installed = Path(sys.executable).with_name("warroom")
    if installed.exists():
        return (str(installed),)
    return ("env", f"PYTHONPATH={ROOT}", *command("console"))


def commands(wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """Yield what tmux is told to make the room, in order."""
    width, height = wanted.size
    size = ("-x", str(width), "-y", str(height))
    for number, role in enumerate(wanted.roles):
        target = f"{_WINDOW}.{number}"
        program = console_command(role, wanted.incident)
        if number == 0:
            yield ("new-session", "-d", "-s", SESSION, "-n", "room", *size, *program)
        else:
            yield ("select-layout", "-t", _WINDOW, "tiled")  # room for the next one
            yield ("split-window", "-d", "-t", f"{_WINDOW}.{number - 1}", *program)
        yield ("set-option", "-p", "-t", target, "@role", role)
    lines = height - 1  # the last one says who is here
    yield ("select-layout", "-t", _WINDOW, layout(width, lines, shell=wanted.shell))
    yield ("set-option", "-w", "-t", _WINDOW, "@shape", shape(width, lines))
    yield ("set-option", "-w", "-t", _WINDOW, "@incident", wanted.incident)
    yield ("select-pane", "-t", f"{_WINDOW}.0")
    if shape(width, lines) is Shape.ONE:
        yield ("resize-pane", "-Z", "-t", _WINDOW)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let two who open the room at the same moment open one."""
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def open_room(tmux: Tmux, wanted: Wanted) -> list[str]:
    """Make the room, or mend the one that is there; return what was mended, in sentences. Raises Failure."""
    with _alone(made_folder()):
        try:
            if tmux.runs():
                return _mend(tmux, wanted)
            _make(tmux, wanted)
        except NoAnswer as error:
            raise Failure(
                f"tmux could not open the war room: {error}", "warroom tmux --print shows how"
            ) from error
    return []


def _make(tmux: Tmux, wanted: Wanted) -> None:
    text = configuration(wanted.name, tmux.version, wanted.roles)
    tmux.socket.unlink(missing_ok=True)  # of one that was killed
    with open(os.open(tmux.configuration, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        for words in commands(wanted):
            tmux.ask(*words, env=wanted.environment())
    except NoAnswer:
        with suppress(NoAnswer):
            tmux.ask("kill-server")
        raise


def _mend(tmux: Tmux, wanted: Wanted) -> list[str]:
    """Start what has ended, bring back what is missing, and show the incident that is asked for."""
    told = []
    before = tmux.ask("show-options", "-wqv", "-t", _WINDOW, "@incident")
    incident = wanted.incident or before
    there = panes(tmux)
    if not wanted.shell and "shell" in there:
        told.append("the war room has a shell pane already: exit and C-b R decide about it")
    for role in wanted.roles:
        found = there.get(role)
        program = console_command(role, incident)
        if found is None:
            if role == "shell":
                continue  # it was opened without one
            tmux.ask("select-layout", "-t", _WINDOW, "tiled")  # room for it
            made = tmux.ask("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", _WINDOW, *program)
            tmux.ask("set-option", "-p", "-t", made, "@role", role)
            told.append(f"the pane of the {role} was gone: it is back")
        elif found.dead:
            tmux.ask("respawn-pane", "-t", found.id, *program)
            told.append(f"the pane of the {role} had ended: it runs again")
        elif role == "incident" and wanted.incident and wanted.incident != before:
            tmux.ask("respawn-pane", "-k", "-t", found.id, *program)
            told.append(f"the pane of the incident shows {wanted.incident} now")
    if wanted.incident:
        tmux.ask("set-option", "-w", "-t", _WINDOW, "@incident", wanted.incident)
    if told:
        _in_order(tmux)
    return told


def _in_order(tmux: Tmux) -> None:
    """Put the panes in their order, and lay them out for the window as it is."""
    order = [role for role in ROLES if role in panes(tmux)]
    for number, role in enumerate(order):
        tmux.ask("swap-pane", "-d", "-s", panes(tmux)[role].id, "-t", f"{_WINDOW}.{number}")
    width, height = map(
        int, tmux.ask("display-message", "-p", "-t", _WINDOW, "#{window_width} #{window_height}").split()
    )
    tmux.ask("select-layout", "-t", _WINDOW, layout(width, height, shell="shell" in order))
    tmux.ask("set-option", "-w", "-t", _WINDOW, "@shape", shape(width, height))
    if shape(width, height) is Shape.ONE:
        tmux.ask("resize-pane", "-Z", "-t", _WINDOW)


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane of the room, and whether what ran in it has ended."""

    id: str
    pid: int
    dead: bool


def panes(tmux: Tmux) -> dict[str, Pane]:
    """Return the panes by role. Raises NoAnswer."""
    listed = tmux.ask("list-panes", "-t", _WINDOW, "-F", "#{@role} #{pane_id} #{pane_pid} #{pane_dead}")
    found = {}
    for line in listed.splitlines():
        role, name, pid, dead = line.split(" ")
        found[role] = Pane(name, int(pid), dead == "1")
    return found


def attached(tmux: Tmux) -> list[str]:
    """Return who is attached, a name for each terminal. Raises NoAnswer."""
    return tmux.ask("list-clients", "-F", "#{client_user}").splitlines()


def attach(tmux: Tmux, *, guest: bool) -> None:
    """Become the tmux that shows the room; a guest's keys do nothing, and its size does not matter."""
    flags = ("-f", "read-only,ignore-size") if guest else ()
    sys.stdout.flush()
    sys.stderr.flush()
    words = tmux.command("attach-session", "-t", f"={SESSION}", *flags)
    os.execv(tmux.program, words)  # noqa: S606 - no shell is wanted


def kill(tmux: Tmux) -> bool:
    """End the room and wait until nothing of it runs; False where there was none. Raises Failure."""
    if not tmux.runs():
        return False
    # who gives the command in the room's own shell is told to end too
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        running = [pane.pid for pane in panes(tmux).values() if not pane.dead]
        tmux.ask("kill-server")
    except NoAnswer as error:
        raise Failure(f"the war room could not be ended: {error}") from error
    until = time.monotonic() + ENDING
    own = _ancestors()
    left = [pid for pid in running if pid not in own]
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = [pid for pid in left if _lives(pid)]
    for pid in left:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    for path in (tmux.socket, tmux.configuration):
        path.unlink(missing_ok=True)
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _ancestors() -> set[int]:
    """Return the processes this one runs in: they end with it."""
    return {os.getpid(), os.getppid()}


def terminal_size() -> tuple[int, int]:
    """Return the size of the terminal, or the usual one where there is none."""
    if not sys.stdout.isatty():
        return USUAL
    size = shutil.get_terminal_size(USUAL)
    return size.columns, size.lines


def printed(tmux: Tmux, wanted: Wanted, store: str) -> str:
    """Return the configuration and the commands that open the room; no password in ``store``."""
    here = shlex.join(tmux.command())
    lines = [f"# {tmux.configuration}", configuration(wanted.name, tmux.version, wanted.roles)]
    lines += [f"# the panes find the room by their environment: {' '.join(_shown(wanted, store))}"]
    lines += [f"{here} {shlex.join(words)}" for words in commands(wanted)]
    lines += [f"{here} attach-session -t ={SESSION}"]
    lines += ["# a guest: attach-session -f read-only,ignore-size"]
    return "\n".join(lines)


def _shown(wanted: Wanted, store: str) -> tuple[str, str]:
    return f"WARROOM_STORE={shlex.quote(store)}", f"WARROOM_OPERATOR={shlex.quote(wanted.operator)}"
