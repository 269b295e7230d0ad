"""What a command writes: the beginning and the end of it, fit to be drawn, with no secret in it."""

import os
import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from data.domain.placeholders import is_secret
from data.text import clean

KEPT = 65_536  # bytes: half of them the beginning, half the end
LINES = 20_000
HIDDEN = "[hidden]"
_SHORT = 6  # characters; what is shorter may stand anywhere by chance
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|[=>78cDEHMNOZ])"
)


class Output:
    """Takes bytes as they come; keeps no more than ``KEPT`` of them, whatever comes."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        found = sorted({secret.encode() for secret in secrets if secret}, key=len, reverse=True)
        self._secrets = tuple(found)
        self._carried = b""  # the beginning of what may become a secret
        self._head = bytearray()
        self._tail = bytearray()
        self.total = 0

    def feed(self, data: bytes) -> None:
        """Take what was written."""
        data = self._carried + data
        for secret in self._secrets:
            data = data.replace(secret, HIDDEN.encode())
        self._carried = self._begun(data)
        self._keep(data.removesuffix(self._carried) if self._carried else data)

    def close(self) -> None:
        """Take what was held back: nothing more comes."""
        self._keep(self._carried)
        self._carried = b""

    @property
    def left_out(self) -> int:
        """How many bytes in the middle were not kept."""
        return max(0, self.total - len(self._head) - min(len(self._tail), KEPT // 2))

    def text(self, most: int = KEPT) -> str:
        """Return what is kept, or its last ``most`` bytes, fit to be drawn."""
        tail = bytes(self._tail[-KEPT // 2 :])
        left_out = self.left_out
        if left_out:
            return f"{readable(bytes(self._head))}\n… {left_out} bytes left out …\n{readable(tail)}"
        return readable((bytes(self._head) + tail)[-most:])

    def end(self, most: int) -> str:
        """Return the last of what was written, for a view that follows it."""
        return readable((bytes(self._head) + bytes(self._tail))[-most:])

    def _keep(self, data: bytes) -> None:
        self.total += len(data)
        room = KEPT // 2 - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data[-KEPT // 2 :]
        if len(self._tail) > KEPT:
            del self._tail[: -KEPT // 2]

    def _begun(self, data: bytes) -> bytes:
        """Return the end of the data where it is the beginning of a secret."""
        for secret in self._secrets:
            for length in range(min(len(secret) - 1, len(data)), 0, -1):
                if data.endswith(secret[:length]):
                    return secret[:length]
        return b""


def readable(data: bytes) -> str:
    """Return bytes as a terminal would leave them: colours gone, of a line that was overwritten its last."""
    text = _ESCAPES.sub("", data.decode("utf-8", "replace"))
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return clean("\n".join(lines), 2 * KEPT, LINES)


def secrets_in(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the values of an environment that are nobody's to read: passwords, tokens, those in URLs."""
    found = set()
    for name, value in environ.items():
        if is_secret(name) and not os.path.isabs(value):
            found.add(value)
        elif "://" in value and "@" in value:
            found.add(_password(value))
    return frozenset(value for value in found if len(value) >= _SHORT)


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""
