"""Personal settings: the key map, from ``console.toml`` in the user's configuration folder."""

import tomllib
from pathlib import Path

import platformdirs

from console.actions import ACTIONS
from console.cli.failures import Failure

FILE = "console.toml"


def settings_file() -> Path:
    """Return where personal settings lie."""
    return Path(platformdirs.user_config_dir("warroom")) / FILE


def load_keymap(path: Path | None = None) -> dict[str, str]:
    """Return keys by action id from ``[keys]``; Failure when the file or an id in it is wrong."""
    file = path or settings_file()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Failure(
            f"{file} cannot be read: {error}", "mend it or move it away", code="settings"
        ) from error
    keys = found.get("keys", {})
    known = {action.id for action in ACTIONS}
    for name, key in keys.items() if isinstance(keys, dict) else ():
        if name not in known:
            hint = f"ids are listed by warroom keys: {', '.join(sorted(known)[:4])} …"
            raise Failure(f"{file}: there is no action {name}", hint, code="settings")
        if not isinstance(key, str) or not key:
            raise Failure(f"{file}: {name} needs a key such as 'a' or 'f5'", code="settings")
    return dict(keys) if isinstance(keys, dict) else {}
