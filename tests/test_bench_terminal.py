"""The terminal that benchmarks and chaos look through misses nothing, however much was drawn before."""

import sys

import pytest

from tests.bench import terminal
from tests.bench.terminal import Terminal

PROGRAM = """
import sys
for line in range(2_000):
    print("x" * 60, flush=False)
print("ready", flush=True)
sys.stdin.readline()
print("the last word", "y" * 3_000, flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
def test_a_word_is_seen_after_more_was_drawn_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_KEPT", 20_000)
    with Terminal([sys.executable, "-c", PROGRAM]) as seen:
        seen.wait_for("ready", seconds=20)
        seen.press("\n")
        seen.wait_for("the last word", seconds=20)
