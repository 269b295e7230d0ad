"""Processes of our own that a console starts beside itself: the same program, another module of it."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def command(module: str, *options: str) -> tuple[str, ...]:
    """Return the command that runs a module; what lies in the current folder is never taken for one."""
    return (sys.executable, "-P", "-m", module, *options)


def environment() -> dict[str, str]:
    """Return the environment in which it finds this program's modules, installed or not."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path}
