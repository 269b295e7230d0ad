"""Garbage while a program starts: there is next to none, and looking for it takes a fifth of the start.

Everything a start loads stays to the end; the collector walks through all of it again and again.
"""

import gc

USUAL = gc.get_threshold()
_RARELY = (50_000, 20, 20)  # and not never: some verbs run long


def begin() -> None:
    """Look for garbage rarely from now on."""
    gc.set_threshold(*_RARELY)


def settle() -> None:
    """What is loaded now stays: look for garbage as usual, and only in what comes.

    Long looks through everything would keep keys waiting.
    """
    gc.freeze()
    gc.set_threshold(*USUAL)
