"""The scenarios there are: three that are shipped, and whatever file somebody wrote."""

import os
from pathlib import Path

from console.cli.failures import Failure, not_found
from console.demo.services import SERVICES, Mode
from data.configuration.model import ConfigurationError
from data.configuration.values import nearest
from data.domain.drill import Scenario
from data.drill import read_path
from data.text import clean_line

SHIPPED = ("database", "api", "slow")  # the guide's Common Scenarios, in its order
_SERVICES = tuple(service.name for service in SERVICES)
_MODES = tuple(mode.value for mode in Mode)


def shipped() -> tuple[Scenario, ...]:
    """Return the guide's three."""
    return tuple(_read(Path(__file__).with_name(f"{name}.toml")) for name in SHIPPED)


def find(name: str) -> Scenario:
    """Return a scenario by its name, or from a file. Raises Failure."""
    if name.lower() in SHIPPED:
        return _read(Path(__file__).with_name(f"{name.lower()}.toml"))
    if os.sep in name or name.endswith(".toml") or os.path.lexists(name):
        return _read(Path(name).expanduser())
    hint = nearest(name, SHIPPED) or f"there are {', '.join(SHIPPED)}; or give a file"
    raise not_found(f"there is no drill {clean_line(name, 40)}", hint)


def _read(path: Path) -> Scenario:
    try:
        return read_path(path, _SERVICES, _MODES)
    except ConfigurationError as error:
        count = len(error.problems)
        hint = f"{count} problem{'' if count == 1 else 's'} in this scenario: nothing was started"
        raise Failure("\n".join(map(str, error.problems)), hint, code="configuration") from None
