"""The practice room's shop: eight small HTTP services and a database, broken and healed on a script."""

import re
from collections.abc import Mapping
from pathlib import Path

_PORT = re.compile(r"\$\{([a-z-]+)\}")


def render(ports: Mapping[str, int]) -> str:
    """Return the practice room's configuration (``room.toml``) with the shop's ports filled in.

    Raises KeyError for a service without a port.
    """
    text = Path(__file__).with_name("room.toml").read_text(encoding="utf-8")
    return _PORT.sub(lambda match: str(ports[match[1]]), text)
