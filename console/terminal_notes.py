"""Desktop notifications through the terminal, each in its own dialect, and through tmux where it lets them.

OSC 9: iTerm2, WezTerm, ghostty, Windows Terminal · OSC 777: rxvt, foot, VTE (GNOME) · OSC 99: kitty.
A terminal that is none of these is sent nothing: some would print it.
"""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from enum import StrEnum

from data.text import clean_line

TITLE = 60  # characters
BODY = 240
PATIENCE = 1.0  # seconds tmux has to answer
_ST = "\x1b\\"
_FORMAT = "#{allow-passthrough}\t#{client_termname}\t#{client_termtype}"


class Dialect(StrEnum):
    """How a terminal is asked to notify."""

    OSC_9 = "9"
    OSC_777 = "777"
    OSC_99 = "99"


# what TERM, or the terminal's own name for itself, begins with
_TERMS = (
    ("xterm-kitty", Dialect.OSC_99),
    ("kitty", Dialect.OSC_99),
    ("xterm-ghostty", Dialect.OSC_9),
    ("ghostty", Dialect.OSC_9),
    ("wezterm", Dialect.OSC_9),
    ("iterm", Dialect.OSC_9),
    ("windows terminal", Dialect.OSC_9),
    ("foot", Dialect.OSC_777),
    ("rxvt", Dialect.OSC_777),
    ("vte", Dialect.OSC_777),
)


def dialect(environ: Mapping[str, str]) -> Dialect | None:
    """Return how the terminal of this environment is asked, outside of tmux; None where it cannot be."""
    if environ.get("STY"):
        return None  # GNU screen
    for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL"):
        if found := _named(environ.get(name, "")):
            return found
    if environ.get("WT_SESSION"):
        return Dialect.OSC_9
    return Dialect.OSC_777 if environ.get("VTE_VERSION") else None


def _named(name: str) -> Dialect | None:
    low = name.lower()
    return next((found for begin, found in _TERMS if low.startswith(begin)), None)


def sequence(spoken: Dialect, title: str, body: str, number: int = 1) -> str:
    """Return what to write; ``number`` tells a notification from the ones before. Nothing in it is obeyed."""
    head, words = _harmless(title, TITLE), _harmless(body, BODY)
    match spoken:
        case Dialect.OSC_9:
            return f"\x1b]9;{head}: {words}{_ST}"
        case Dialect.OSC_777:
            return f"\x1b]777;notify;{head};{words}{_ST}"
        case Dialect.OSC_99:
            begin = f"\x1b]99;i=warroom-{number}:d=0:o=unfocused;{head}{_ST}"
            return f"{begin}\x1b]99;i=warroom-{number}:p=body;{words}{_ST}"


def _harmless(text: str, limit: int) -> str:
    # a semicolon would begin the next field
    return clean_line(text, limit).replace(";", ",")


def through_tmux(written: str) -> str:
    """Wrap what is for the terminal outside of tmux."""
    return f"\x1bPtmux;{written.replace(chr(27), chr(27) * 2)}{_ST}"


async def ask_tmux(environ: Mapping[str, str]) -> Dialect | None:
    """Return how the terminal outside of tmux is asked; None where tmux lets nothing through to it."""
    command = ["tmux", "display-message", "-p", *_pane(environ), _FORMAT]
    try:
        asked = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env=dict(environ)
        )
    except OSError:
        return None
    try:
        answer, _ = await asyncio.wait_for(asked.communicate(), PATIENCE)
    except TimeoutError:
        asked.kill()
        await asked.wait()
        return None
    passes, *names = answer.decode("utf-8", "replace").strip("\n").split("\t")
    if passes not in ("1", "on", "all"):
        return None
    return next((found for name in reversed(names) if (found := _named(name))), None)


def _pane(environ: Mapping[str, str]) -> tuple[str, ...]:
    return ("-t", environ["TMUX_PANE"]) if environ.get("TMUX_PANE") else ()
