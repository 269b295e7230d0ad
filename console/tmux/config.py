"""The war room's own tmux configuration: nobody's ``tmux.conf`` is read, so that it is the same for all."""

import re
import shlex
import sys
from collections.abc import Sequence

from console.child import ROOT
from console.tmux.layout import ROLES, SHAPE_FORMAT

SESSION = "warroom"
_SHARED = "#{?@shared,#[bold]SHARED with #{@shared}#[nobold] ,}"


def quoted(text: str) -> str:
    """Return text as one word of tmux's configuration, in which nothing is read as anything else."""
    return '"' + re.sub(r'(["\\$])', r"\\\1", text).replace("\n", " ") + '"'


def literal(text: str) -> str:
    """Return text in which tmux finds no format and no style."""
    return text.replace("#", "##")


def hook_command(*words: str) -> str:
    """Return the shell command by which tmux asks this program: it needs no more than its own modules."""
    command = ("env", f"PYTHONPATH={ROOT}", sys.executable, "-P", "-m", "console.tmux.hook", *words)
    return literal(shlex.join(command))


def configuration(room: str, version: tuple[int, int], roles: Sequence[str] = ROLES) -> str:
    """Return the configuration for a room's name and a tmux of this version."""
    who = quoted(f"run-shell -b {quoted(hook_command('who'))}")
    arrange = f"run-shell -b {quoted(hook_command('arrange'))}"
    keys = [
        f"bind -N {quoted(f'the {role}')} {number} select-pane -Z -t {quoted(f':.{number - 1}')}"
        for number, role in enumerate(roles, 1)
    ]
    lines = [
        "# The war room's own tmux: no tmux.conf is read.",
        "set -s escape-time 0",
        "set -s focus-events on",
        "set -s set-clipboard on",
        "set -s exit-empty on",
        "set -s exit-unattached off",
        "set -g default-terminal tmux-256color",
        "set -sa terminal-features ',*:RGB'",
        "set -g mouse off",
        "set -g history-limit 10000",
        "set -g destroy-unattached off",
        "set -g detach-on-destroy on",
        "set -g window-size latest",
        "set -g aggressive-resize off",
        "set -g remain-on-exit on",
        "set -g bell-action any",
        "set -g visual-bell off",
        "set -g base-index 0",
        "set -g pane-base-index 0",
        "set -g automatic-rename off",
        "set -g allow-rename off",
    ]
    if version >= (3, 3):
        lines += [
            "# lets a console's desktop notifications through to the terminals outside",
            "set -g allow-passthrough on",
            'set -g remain-on-exit-format " #{@role} has ended: C-b R starts it again"',
        ]
    lines += [
        "# keys: C-b and one of these; everything else goes to the program in the pane",
        "unbind -a -T root",
        "unbind -a -T prefix",
        "set -g prefix C-b",
        "bind -N 'C-b to the program' C-b send-prefix",
        *keys,
        "bind -N 'the next pane' o select-pane -Z -t :.+",
        "bind -N 'pane above' Up select-pane -Z -U",
        "bind -N 'pane below' Down select-pane -Z -D",
        "bind -N 'pane on the left' Left select-pane -Z -L",
        "bind -N 'pane on the right' Right select-pane -Z -R",
        "bind -N 'this pane alone, or all of them' z resize-pane -Z",
        "bind -N 'start what has ended again' R respawn-pane",
        "bind -N 'lay the panes out anew' = " + arrange,
        "bind -N 'read back in this pane' [ copy-mode",
        "bind -N 'paste' ] paste-buffer -p",
        "bind -N 'leave; the room goes on' d detach-client",
        "bind -N 'these keys' ? list-keys -N",
        "# who looks only never decides how large the window is",
        "set-hook -g client-attached[0] \"if -F '#{client_readonly}' 'refresh-client -f ignore-size'\"",
        f"set-hook -g client-attached[1] {who}",
        f"set-hook -g client-detached[0] {who}",
        f"set-hook -g window-resized[0] {quoted(_when_another_shape(arrange))}",
        "# the last line: whose room, who looks, and whether others may",
        "set -g status on",
        "set -g status-interval 15",
        "set -g status-style reverse",
        "set -g status-left-length 60",
        "set -g status-right-length 80",
        f"set -g status-left {quoted(f' {literal(room)} {_SHARED}')}",
        "set -g window-status-format ''",
        f"set -g window-status-current-format 'C-b and 1-{len(roles)} pane  z zoom  d leave  ? keys'",
        'set -g status-right " #{?@who,here: #{@who},nobody is here} "',
        "set -g set-titles on",
        f"set -g set-titles-string {quoted(literal(room))}",
    ]
    return "\n".join(lines) + "\n"


def _when_another_shape(arrange: str) -> str:
    return f"if -F {quoted(f'#{{!=:#{{@shape}},{SHAPE_FORMAT}}}')} {quoted(arrange)}"
