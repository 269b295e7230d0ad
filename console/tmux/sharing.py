"""Letting other users of this machine look into the war room: they see it, and cannot type.

tmux itself keeps the list of who may come in; the socket and its folder are opened only for as long as
somebody is on it. Nobody else can list the folder, and who is not on the list is turned away.
"""

import os
import pwd
import shlex
from contextlib import suppress
from pathlib import Path

from console.cli.failures import Failure, not_found
from console.tmux.config import SESSION
from console.tmux.server import SHARES, NoAnswer, Tmux, needs

_SHARED = "@shared"
_OPEN, _CLOSED = (0o711, 0o666), (0o700, 0o600)  # of the folder, of the socket


def shared_with(tmux: Tmux) -> list[str]:
    """Return who may look. Raises NoAnswer."""
    return tmux.ask("show-options", "-gqv", _SHARED).split(", ") if _is_shared(tmux) else []


def _is_shared(tmux: Tmux) -> bool:
    return bool(tmux.ask("show-options", "-gqv", _SHARED))


def _user(name: str) -> str:
    """Return a user of this machine who can be a guest. Raises Failure."""
    try:
        found = pwd.getpwnam(name)
    except (KeyError, ValueError, UnicodeError):
        raise not_found(f"there is no user {name[:40]!r} on this machine", "guests are users of it") from None
    if found.pw_uid == os.getuid():
        raise Failure(f"the room is {name}'s own", "to look without typing: warroom tmux --guest")
    if found.pw_uid == 0:
        raise Failure("root may come in anyway", "tmux keeps nobody from root")
    return found.pw_name


def must_be_possible(tmux: Tmux, name: str) -> None:
    """Raise Failure where a user cannot be let in."""
    needs(tmux, SHARES, "sharing a room with another user")
    user = _user(name)
    for folder in tmux.socket.parent.parents:
        if not _reaches(user, folder):
            raise Failure(
                f"{user} cannot get to the room's socket: {folder} is closed to them",
                "open the room with TMUX_TMPDIR set to a folder they may enter; with none set it is /tmp",
            )


def _reaches(name: str, folder: Path) -> bool:
    """Tell whether a user may go through a folder, as far as its mode says."""
    user, found = pwd.getpwnam(name), folder.stat()
    if found.st_uid == user.pw_uid:
        return bool(found.st_mode & 0o100)
    if found.st_gid in os.getgrouplist(name, user.pw_gid):
        return bool(found.st_mode & 0o010)
    return bool(found.st_mode & 0o001)


def share(tmux: Tmux, name: str) -> str:
    """Let a user look; return the command that user attaches with. Raises Failure."""
    must_be_possible(tmux, name)
    user = _user(name)
    try:
        users = shared_with(tmux)
        if user not in users:
            tmux.ask("server-access", "-a", user)
            users.append(user)
        tmux.ask("server-access", "-r", user)
        tmux.ask("set-option", "-g", _SHARED, ", ".join(users))
        _set_modes(tmux, *_OPEN)
    except NoAnswer as error:
        raise Failure(f"tmux does not let {user} in: {error}", "nothing else was changed") from error
    return shlex.join(
        ["tmux", "-S", str(tmux.socket), "attach", "-t", SESSION, "-f", "read-only,ignore-size"]
    )


def unshare(tmux: Tmux, name: str) -> None:
    """Let a user look no longer; their terminals are detached at once. Raises Failure."""
    needs(tmux, SHARES, "sharing a room with another user")
    try:
        users = shared_with(tmux)
        if name not in users:
            raise Failure(
                f"the room is not shared with {name[:40]}",
                f"it is shared with {', '.join(users)}" if users else "it is shared with nobody",
            )
        users.remove(name)
        with suppress(NoAnswer):
            tmux.ask("server-access", "-d", name)
        for line in tmux.ask("list-clients", "-F", "#{client_user}\t#{client_name}").splitlines():
            user, _, client = line.partition("\t")
            if user == name:
                tmux.ask("detach-client", "-t", client)
        tmux.ask("set-option", "-g", _SHARED, ", ".join(users))
        if not users:
            _set_modes(tmux, *_CLOSED)
    except NoAnswer as error:
        raise Failure(
            f"tmux could not take {name[:40]} out: {error}", "warroom tmux --kill ends the room"
        ) from error


def _set_modes(tmux: Tmux, folder: int, socket: int) -> None:
    tmux.socket.parent.chmod(folder)
    tmux.socket.chmod(socket)
