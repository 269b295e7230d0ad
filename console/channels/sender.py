"""The process that sends through Apprise: told what to send by the lines it reads, it answers by lines.

Apprise is heavy to load, sends in threads and holds the interpreter while it does; here that keeps no
key press waiting. It ends when whoever started it has gone, whatever is stuck in it.
"""

import os
import sys
import threading
from contextlib import suppress
from typing import TextIO

from console.channels import Message, Outcome, apprise, wire

NICE = 5  # whoever types goes first


def main() -> None:
    """Send what comes in on standard input, each in a thread of its own, until that ends."""
    with suppress(OSError):
        os.nice(NICE)
    asked, told = sys.stdin, sys.stdout
    saying = threading.Lock()
    for line in asked:
        number, url, message = wire.asked(line)
        work = (number, url, message, told, saying)
        threading.Thread(target=_send, args=work, name="channel", daemon=True).start()
    os._exit(0)  # a stuck connection must not keep it


def _send(number: int, url: str, message: Message, told: TextIO, saying: threading.Lock) -> None:
    try:
        outcome = apprise.send(url, message)
    except Exception as error:  # noqa: BLE001 - whatever a plugin does, the others go on
        outcome = Outcome(False, f"failed ({type(error).__name__})")
    with saying, suppress(OSError, ValueError):  # nobody listens any more
        told.write(wire.telling(number, outcome))
        told.flush()


if __name__ == "__main__":
    main()
