"""Questions to the person at the terminal; they go to stderr, for stdout holds nothing but the answer."""

import sys
from collections.abc import Sequence

from console.cli import output
from console.cli.failures import Failure


def ask(question: str, default: str = "") -> str:
    """Ask for a line; an empty one is the default. Raises Failure when the input ends."""
    output.prompt(f"{question} [{default}]: " if default else f"{question}: ")
    line = sys.stdin.readline()
    if not line:
        output.warn("")
        raise Failure("the input ended before the question was answered", "nothing was done")
    return line.strip() or default


def choose(question: str, answers: Sequence[str]) -> str:
    """Ask until one of the answers is picked, by its number or its words."""
    output.warn(question)
    for number, words in enumerate(answers, start=1):
        output.warn(f"  {number} {words}")
    while True:
        picked = ask("answer").lower()
        if picked.isascii() and picked.isdigit() and 1 <= int(picked) <= len(answers):
            return answers[int(picked) - 1]
        found = [words for words in answers if picked and words.lower().startswith(picked)]
        if len(found) == 1 or picked in found:
            return found[0] if picked not in found else picked
        output.warn(f"  a number from 1 to {len(answers)}, please")


def agreed(question: str) -> bool:
    """Ask for a yes; anything else is a no."""
    return ask(f"{question} [y/N]").lower() in ("y", "yes")
