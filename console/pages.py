"""Opening a page where a browser can, copying its address where none can."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from data.domain.page_template import LONGEST
from data.text import clean_line

if TYPE_CHECKING:
    from console.app import WarRoom

PATIENCE = 5.0  # seconds a browser has to say that it could not
SHOWN = 100  # characters of an address in a sentence
# what a browser prints would be drawn over the console, and some wait until they are closed
_OPEN = (sys.executable, "-c", "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))")


class How(StrEnum):
    """What became of an address that was to be opened."""

    OPENED = "Opened"
    COPIED = "Copied, since no browser opens here"
    NO_PAGE = "Copied (not a web page)"


def can_open(environ: dict[str, str] | None = None, platform: str = sys.platform) -> bool:
    """True where a browser would open in front of the person, not in this very terminal."""
    values = os.environ if environ is None else environ
    if values.get("SSH_CONNECTION") or values.get("SSH_TTY"):
        return bool(values.get("DISPLAY") or values.get("WAYLAND_DISPLAY"))
    if platform == "darwin":
        return True
    return bool(values.get("DISPLAY") or values.get("WAYLAND_DISPLAY"))


def is_page(url: str) -> bool:
    """Tell whether a browser may be given this: http or https, nothing that runs anything."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


async def open_or_copy(room: "WarRoom", url: str) -> How:
    """Open an http(s) page, or copy its address."""
    url = clean_line(url, LONGEST)
    if is_page(url) and can_open() and await _opened(url):
        return How.OPENED
    room.copy_to_clipboard(url)
    return How.COPIED if is_page(url) else How.NO_PAGE


def in_words(how: How, url: str) -> str:
    """Return what was done with an address, as a sentence that has room on one line or two."""
    return f"{how}: {clean_line(url, SHOWN)}"


async def _opened(url: str) -> bool:
    try:
        browser = await asyncio.create_subprocess_exec(
            *_OPEN, url, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
        )
        return await asyncio.wait_for(asyncio.shield(browser.wait()), PATIENCE) == 0
    except TimeoutError:
        return True  # one that runs until it is closed
    except OSError:
        return False
