"""Personal settings: the key map, from ``console.toml`` in the user's configuration folder."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

import platformdirs

from console.actions import ACTIONS, PLACES, actions_for
from console.cli.failures import Failure

FILE = "console.toml"
KEPT = frozenset("abhijmsz")  # ctrl with these belongs to tmux, the shell, or is another key to a terminal
LISTS = frozenset(("j", "k", "g", "G", "up", "down", "home", "end", "pageup", "pagedown", "tab", "shift+tab"))


def settings_file() -> Path:
    """Return where personal settings lie."""
    return Path(platformdirs.user_config_dir("warroom")) / FILE


def load_keymap(path: Path | None = None) -> dict[str, str]:
    """Return keys by action id from ``[keys]``; Failure when the file, an id or a key in it is wrong."""
    file = path or settings_file()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _wrong(f"{file} cannot be read: {error}", "mend it or move it away") from error
    keys = found.get("keys", {})
    if not isinstance(keys, dict):
        raise _wrong(f"{file}: keys is no table", 'write [keys] and under it "incident.ack" = "A"')
    keymap = _flat(keys)
    for name, key in keymap.items():
        _check(file, name, key)
    _check_clashes(file, keymap)
    return {name: str(key) for name, key in keymap.items()}


def _wrong(reason: str, hint: str = "") -> Failure:
    return Failure(reason, hint, code="settings")


def _flat(keys: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return ids whether they were quoted or not: incident.ack is a table in a table to TOML."""
    found: dict[str, Any] = {}
    for name, value in keys.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def _check(file: Path, name: str, key: object) -> None:
    known = [action.id for action in ACTIONS]
    if name not in known:
        near = difflib.get_close_matches(name, known, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "warroom keys lists the ids"
        raise _wrong(f"{file}: there is no action {name}", hint)
    if not isinstance(key, str) or not _is_key(key):
        raise _wrong(f"{file}: {name} = {key!r} is no key", "write one such as 'A', 'f5' or 'ctrl+e'")
    if key in LISTS:
        raise _wrong(f"{file}: {name} cannot have {key}, which moves in lists", "choose another key")
    if key.startswith("ctrl+") and key.removeprefix("ctrl+") in KEPT:
        raise _wrong(f"{file}: {name} cannot have {key}, which terminals keep", "choose another key")


def _is_key(key: str) -> bool:
    from textual.keys import Keys, key_to_character

    *modifiers, last = key.split("+")
    known = last in {item.value for item in Keys} or key_to_character(last) is not None
    return known and all(modifier in ("ctrl", "shift", "alt") for modifier in modifiers)


def _check_clashes(file: Path, keymap: dict[str, Any]) -> None:
    """Refuse a key that would do two things in one place: one of them would be gone without a word."""
    for where in PLACES:
        taken: dict[str, str] = {}
        for action in actions_for(where):
            key = keymap.get(action.id, action.key)
            if key in taken:
                raise _wrong(
                    f"{file}: {key} would be both {taken[key]} and {action.id} ({where})",
                    "give one of them another key",
                )
            taken[key] = action.id
