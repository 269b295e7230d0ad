"""The command line (design 9): each verb does one thing, answers, and says by its exit code how it went."""

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``warroom`` with these arguments (default: the process's own) and return its exit code.

    0 done, 1 refused, 2 usage, 3 store cannot be used, 4 not found, 70 an error of the program itself,
    130 interrupted. Raises nothing that was not asked for from outside.
    """
    try:
        from console import loading

        loading.begin()
        from console.cli.run import run
    except KeyboardInterrupt:
        return 130
    return run(argv)
