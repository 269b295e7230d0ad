"""Opening a page where a browser can, copying its address where none can."""

import os
import sys
import webbrowser
from urllib.parse import urlsplit

from textual.app import App

from data.text import clean_line

LONGEST = 4_000


def can_open(environ: dict[str, str] | None = None, platform: str = sys.platform) -> bool:
    """True where a browser would open in front of the person, not in this very terminal."""
    values = os.environ if environ is None else environ
    if values.get("SSH_CONNECTION") or values.get("SSH_TTY"):
        return bool(values.get("DISPLAY") or values.get("WAYLAND_DISPLAY"))
    if platform == "darwin":
        return True
    return bool(values.get("DISPLAY") or values.get("WAYLAND_DISPLAY"))


def open_or_copy(app: App[int], url: str) -> str:
    """Open an http(s) page or copy its address; return what was done, as a sentence."""
    url = clean_line(url, LONGEST)
    if urlsplit(url).scheme not in ("http", "https"):
        app.copy_to_clipboard(url)
        return f"Copied (not a web page): {url}"
    if can_open() and webbrowser.open(url):
        return f"Opened {url}"
    app.copy_to_clipboard(url)
    return f"Copied, since no browser opens here: {url}"
