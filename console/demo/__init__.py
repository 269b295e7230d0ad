"""The practice room's shop: eight small HTTP services and a database, broken and healed on a script."""

import re
from collections.abc import Mapping
from pathlib import Path

_PORT = re.compile(r"\$\{([a-z-]+)\}")


def render(ports: Mapping[str, int]) -> str:
    """Return the practice room's configuration (``room.toml``) with the shop's ports filled in.

    Without an Alertmanager's port there is no source of alerts in it. Raises KeyError for a service
    without a port.
    """
    files = ("room.toml", "alerts.toml") if "alertmanager" in ports else ("room.toml",)
    text = "\n".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in files)
    return _PORT.sub(lambda match: str(ports[match[1]]), text)
