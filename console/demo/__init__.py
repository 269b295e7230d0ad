"""The practice room's shop: eight small HTTP services and a database, broken and healed on a script."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

RUNBOOK = "payments"
TRUST = f'\n[runbooks]\ntrusted = ["{RUNBOOK}"]\n'  # beside room.toml: the runbook itself is imported
_CURL = "curl -sS -m 10"
_PYTHON = (
    "python3 -c 'import sys, urllib.request as u; "
    'print(u.urlopen(u.Request(sys.argv[1], method="{}"), timeout=10).read().decode())\''
)
_PORT = re.compile(r"\$\{([a-z-]+)\}")


def render(ports: Mapping[str, int]) -> str:
    """Return the practice room's configuration (``room.toml``) with the shop's ports filled in.

    Without an Alertmanager's port there is no source of alerts in it. Raises KeyError for a service
    without a port.
    """
    files = ("room.toml", "alerts.toml") if "alertmanager" in ports else ("room.toml",)
    text = "\n".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in files)
    return _PORT.sub(lambda match: str(ports[match[1]]), text)


def render_runbook(ports: Mapping[str, int]) -> str:
    """Return the practice room's own runbook, Markdown whose commands ask the running shop.

    They use curl where this machine has it, else Python. Raises KeyError for a service without a port.
    """
    tools = {"get": _CURL, "post": f"{_CURL} -X POST"}
    if shutil.which("curl") is None:
        tools = {"get": _PYTHON.format("GET"), "post": _PYTHON.format("POST")}
    text = Path(__file__).with_name(f"{RUNBOOK}.md").read_text(encoding="utf-8")
    return _PORT.sub(lambda match: tools.get(match[1]) or str(ports[match[1]]), text)
