"""Personal settings from ``console.toml`` in the user's configuration folder: look, key map, and attention.

theme = "colour-blind"   # see console/themes.py; the palette tries one on

[keys]
incident.ack = "f5"

[attention]
bell = true              # ring the terminal's bell
notify = true            # and ask it for a desktop notification
quiet = "22:00-07:00"    # only a P0 is told then, by this machine's clock; off at first
"""

import difflib
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any

import platformdirs

from console.actions import ACTIONS, PLACES, actions_for
from console.cli.failures import Failure
from console.themes import DEFAULT, THEMES
from data.text import clean_line

FILE = "console.toml"
KEPT = frozenset("abhijmsz")  # ctrl with these belongs to tmux, the shell, or is another key to a terminal
LISTS = frozenset(("j", "k", "g", "G", "up", "down", "home", "end", "pageup", "pagedown", "tab", "shift+tab"))


_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class AttentionSettings:
    """How somebody who looks elsewhere is called; in the ``quiet`` hours (from, until) only for a P0.

    ``warning`` says what is wrong in the file, and then stays as it is at first.
    """

    bell: bool = True
    notify: bool = True
    quiet: tuple[time, time] | None = None
    warning: str = ""


def settings_file() -> Path:
    """Return where personal settings lie."""
    return Path(platformdirs.user_config_dir("warroom")) / FILE


def load_keymap(path: Path | None = None) -> dict[str, str]:
    """Return keys by action id from ``[keys]``; Failure when the file, an id or a key in it is wrong."""
    file = path or settings_file()
    try:
        found = _read(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _wrong(f"{file} cannot be read: {error}", "mend it or move it away") from error
    keys = found.get("keys", {})
    if not isinstance(keys, dict):
        raise _wrong(f"{file}: keys is no table", 'write [keys] and under it "incident.ack" = "f5"')
    keymap = _flat(keys)
    for name, key in keymap.items():
        _check(file, name, key)
    _check_clashes(file, keymap)
    return {name: str(key) for name, key in keymap.items()}


def _read(file: Path) -> dict[str, Any]:
    """Return the tables of a file. Raises OSError, or ValueError where it is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def load_theme(path: Path | None = None) -> str:
    """Return the name of the look somebody wants; the usual one where it is wrong, which attention says."""
    found = _wish(path or settings_file())
    return found if isinstance(found, str) and found in THEMES else DEFAULT


def _wish(file: Path) -> object:
    try:
        return _read(file).get("theme", DEFAULT)
    except (OSError, ValueError):
        return DEFAULT  # the key map has said so


def _theme_warning(file: Path) -> str:
    if (found := _wish(file)) in THEMES:
        return ""
    said = f" {clean_line(found, 30)}" if isinstance(found, str) else ""
    return f"{file.name}: there is no theme{said}: {', '.join(THEMES)} are known."


def load_attention(path: Path | None = None) -> AttentionSettings:
    """Return ``[attention]``, with a warning where something in it, or the theme, is wrong.

    A wrong key map keeps the console closed, for a key would do something else; this only makes it louder.
    """
    file = path or settings_file()
    found = AttentionSettings()
    try:
        table = _read(file).get("attention", {})
    except (OSError, ValueError):
        return found  # the key map has said so
    if not isinstance(table, dict):
        return replace(found, warning=f"{file.name}: attention is no table: write [attention].")
    warnings = list(filter(None, [_theme_warning(file)]))
    for name, value in table.items():
        try:
            found = replace(found, **_attention(name, value))
        except ValueError as error:
            warnings.append(f"{file.name}: [attention] {error}.")
    return replace(found, warning=" ".join(warnings))


def _attention(name: str, value: object) -> dict[str, Any]:
    if name in ("bell", "notify"):
        if not isinstance(value, bool):
            raise ValueError(f"{name} is neither true nor false")
        return {name: value}
    if name != "quiet":
        raise ValueError(f"{clean_line(name, 30)} is unknown: bell, notify and quiet are known")
    if value in ("", False):
        return {"quiet": None}
    hours = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if hours is None:
        raise ValueError('quiet is no span of hours: write quiet = "22:00-07:00"')
    begins, ends = time(int(hours[1]), int(hours[2])), time(int(hours[3]), int(hours[4]))
    if begins == ends:
        raise ValueError("quiet begins when it ends: which of the two is meant, always or never?")
    return {"quiet": (begins, ends)}


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
