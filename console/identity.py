"""Who and where: the operator at this keyboard, this host, and the default store."""

import getpass
import os
import socket
from pathlib import Path

import platformdirs

from data.domain.incident import is_operator
from data.text import clean_line


def operator(named: str | None = None) -> str:
    """Return the operator: as named, else WARROOM_OPERATOR, else the login name.

    Raises ValueError for a name that a machine uses.
    """
    name = named or os.environ.get("WARROOM_OPERATOR") or ""
    if not name:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = "operator"
    name = clean_line(name, 60).strip()
    if not name or not is_operator(name):
        raise ValueError(f"{name or 'an empty name'} cannot be an operator's name")
    return name


def host() -> str:
    """Return this machine's short name."""
    return clean_line(socket.gethostname().partition(".")[0] or "localhost", 60)


def default_store() -> Path:
    """Return where the store lies when none is named."""
    return Path(platformdirs.user_data_dir("warroom")) / "warroom.db"
