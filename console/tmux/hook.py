"""What tmux asks of this program while the war room runs: ``python -m console.tmux.hook arrange|who``.

It runs inside tmux, is there for some milliseconds, and needs nothing but the standard library.
"""

import os
import subprocess
import sys
from collections import Counter

from console.tmux.layout import Shape, layout, shape

PATIENCE = 10.0  # seconds
_WINDOW = "#{window_width} #{window_height} #{window_panes} #{window_zoomed_flag} #{@shape}"


def tmux(*words: str) -> str:
    """Ask the tmux this runs in; an empty answer where it is gone."""
    socket = os.environ.get("TMUX", "").partition(",")[0]
    done = subprocess.run(  # noqa: S603 - the words are this program's own
        ["tmux", "-S", socket, *words],  # noqa: S607 - the tmux on the path, as everywhere
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout.strip("\n") if done.returncode == 0 else ""


def arrange() -> None:
    """Lay the panes out for the size the window has now."""
    answer = tmux("display-message", "-p", "-t", "warroom:0", _WINDOW).split(" ")
    if len(answer) < 4:
        return
    width, height, panes, zoomed = map(int, answer[:4])
    wanted = shape(width, height)
    if zoomed:
        tmux("resize-pane", "-Z", "-t", "warroom:0")
    tmux("select-layout", "-t", "warroom:0", layout(width, height, shell=panes > 3))
    if wanted is Shape.ONE:
        tmux("resize-pane", "-Z", "-t", "warroom:0")
    tmux("set-option", "-w", "-t", "warroom:0", "@shape", wanted)


def who() -> None:
    """Write down who is attached, for the last line."""
    listed = tmux("list-clients", "-t", "warroom", "-F", "#{client_user}\t#{client_readonly}")
    seen = Counter(tuple(line.split("\t")) for line in listed.splitlines())
    told = []
    for found, times in sorted(seen.items()):
        name, looks = (found[0] or "somebody"), found[-1] == "1"
        told.append(f"{name}{' looks' if looks else ''}{f' x{times}' if times > 1 else ''}")
    tmux("set-option", "-g", "@who", ", ".join(told).replace("#", "##"))
    tmux("refresh-client", "-S")


if __name__ == "__main__":
    {"arrange": arrange, "who": who}[sys.argv[1]]()
