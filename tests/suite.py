"""``python -m tests.suite MARKS [OPTION …]``: one part of the tests; what fails runs once more, by itself.

A race that shows once in thousands of tests is named as one and does not hold up everything else; what
fails twice fails.
"""

import subprocess
import sys
from collections.abc import Sequence

FAILED, NONE_CHOSEN = 1, 5  # pytest's exit codes
BESIDE = ("-n2", "--dist=worksteal")  # with others at the same time
# Rewriting every assert of every module, in each process, is most of what collecting costs; what fails is
# taken apart when it runs again.
PLAIN = ("--assert=plain", "--showlocals")
AGAIN = ("-v", "--last-failed", "--last-failed-no-failures=none", "--maxfail=1")
FLAKY = "FLAKY: what ran last failed beside the others and passed alone. It is a race: mend it."


def run(marks: str, options: Sequence[str]) -> int:
    """Run the tests that carry the marks; return pytest's exit code."""
    return subprocess.run([sys.executable, "-m", "pytest", "-m", marks, *options], check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Run a part of the suite. ``ARGS`` may choose tests of which this part has none: that is no failure."""
    marks, *options = arguments
    code = run(marks, [*PLAIN, *options])
    if code != FAILED:
        return 0 if code == NONE_CHOSEN else code
    alone = [option for option in options if option not in BESIDE]
    if run(marks, [*alone, *AGAIN]):
        return FAILED
    sys.stderr.write(f"{FLAKY}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
