"""``python -m tests.chaos [--short] [NAME…]``: print what each round came to.

``--short`` deals a quarter of the blows. Exit 1 when something was lost or doubled, or a blow not survived.
"""

import importlib
import os
import sys
from collections.abc import Sequence

from tests.chaos.counts import SHORT, Unavailable

ROUNDS = (
    "escalation",
    "frozen",
    "kills",
    "migration",
    "backup",
    "files",
    "disk",
    "clock",
    "endpoints",
    "storm",
    "terminals",
    "many",
    "restart",
)


def main(arguments: Sequence[str]) -> int:
    """Run the rounds, each of which may come to several counts."""
    if "--short" in arguments:
        os.environ[SHORT] = "1"
    wanted = [name for name in arguments if name != "--short"] or list(ROUNDS)
    if unknown := [name for name in wanted if name not in ROUNDS]:
        sys.stderr.write(f"no round is called {unknown[0]}; there are: {' '.join(ROUNDS)}\n")
        return 2
    found = []
    for name in wanted:
        sys.stderr.write(f"{name} …\n")
        try:
            for counts in importlib.import_module(f"tests.chaos.{name}").run():
                sys.stdout.write(f"{counts}\n")
                sys.stdout.flush()
                found.append(counts)
        except Unavailable as reason:
            sys.stdout.write(f"   {name:<34} not tried: {reason}\n")
    bad = [counts.name for counts in found if not counts.ok]
    sys.stdout.write(f"did not hold: {'; '.join(bad)}\n" if bad else "everything held\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
