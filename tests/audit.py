"""The libraries held against their pins, and against known advisories where those can be asked for.

``python -m tests.audit [PIP_AUDIT]``: exit code 1 where a library is not what constraints.txt says, or has
an advisory. Without a network the pins alone are looked at, which is said.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

PINS = Path(__file__).parents[1] / "constraints.txt"
OWN = {"warroom", "pip", "setuptools", "wheel"}
PATIENCE = 300  # seconds; every library is asked about


def normal(name: str) -> str:
    """Return a distribution's name as all spellings of it agree."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Return the pinned versions by name. Raises ValueError for a line that is no pin."""
    found = {}
    for line in text.splitlines():
        name, equal, version = line.partition("==")
        if not equal or not re.fullmatch(r"[0-9][A-Za-z0-9.]*", version):
            raise ValueError(f"{line!r} is no pin: name==version")
        found[normal(name)] = version
    return found


def installed() -> dict[str, str]:
    """Return what is installed beside this program itself, by name."""
    found = {normal(item.name): item.version for item in distributions()}
    return {name: version for name, version in found.items() if name not in OWN}


def apart(pinned: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return where the installed libraries are not the pinned ones, a sentence each."""
    said = []
    for name, version in pinned.items():
        if name not in there:
            said.append(f"{name} is pinned to {version} and not installed")
        elif there[name] != version:
            said.append(f"{name} is pinned to {version}, installed is {there[name]}")
    return said


def loose(pinned: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say what is installed beside the pins, somebody's own tools; empty where nothing is."""
    names = sorted(name for name in there if name not in pinned)
    return f"note: installed and not pinned, so not looked up: {', '.join(names)}" if names else ""


def advisories(answer: str) -> list[str] | None:
    """Return what pip-audit's JSON names, a sentence each; None where it is no answer."""
    try:
        found: dict[str, Any] = json.loads(answer)
        return [
            f"{item['name']} {item['version']}: {known['id']}, mended in {_versions(known)}"
            for item in found["dependencies"]
            for known in item.get("vulns", ())
        ]
    except (ValueError, KeyError, TypeError):
        return None


def _versions(known: Mapping[str, Any]) -> str:
    return ", ".join(known["fix_versions"]) or "no version"


def ask(command: Iterable[str]) -> list[str] | None:
    """Let pip-audit look every pin up; None where it is not there, or nobody answers it."""
    asked = [
        *command,
        "--no-deps",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "-f",
        "json",
        "-r",
        str(PINS),
    ]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return advisories(done.stdout)


def main(command: list[str]) -> int:
    """Look at everything and say what was found."""
    pinned, there = pins(PINS.read_text()), installed()
    wrong = apart(pinned, there)
    told = [*wrong, "run make install"] if wrong else ["every library is the pinned one"]
    if words := loose(pinned, there):
        told.append(words)
    known = ask(command) if command else None
    if known is None:
        told.append("note: advisories were not asked for: pip-audit is not here, or nobody answered it")
    else:
        told += known or ["no advisory is known for any of them"]
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if wrong or known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
