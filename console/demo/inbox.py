"""Where everything the practice room sends ends up: web hooks and mails, kept as text anybody can read."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from data.text import clean, clean_line

KEPT = 200  # messages
LONGEST = 8000  # characters of one that are kept
UNNAMED = "(no subject)"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it arrived at ``at`` (UTC), by ``way`` (web hook, mail); cleaned, safe to draw."""

    at: datetime
    way: str
    to: str
    subject: str
    body: str


class Inbox:
    """Keeps the latest messages; ``tell`` gets each of them as it arrives."""

    def __init__(self, now: Callable[[], datetime], tell: Callable[[Message], None]) -> None:
        self._now = now
        self._tell = tell
        self.messages: deque[Message] = deque(maxlen=KEPT)

    def hook(self, to: str, body: bytes) -> None:
        """Take what was posted to an address: Apprise's JSON, or any text."""
        text = body.decode("utf-8", errors="replace")
        title = ""
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict) and isinstance(told.get("message"), str):
            title, text = str(told.get("title") or ""), told["message"]
        self._take("web hook", to, title, text)

    def mail(self, to: list[str], data: bytes) -> None:
        """Take a mail for some recipients, as SMTP brought it."""
        try:
            parsed = message_from_bytes(data, policy=policy.default)
            subject, text = str(parsed["subject"] or ""), _text(parsed)
        except Exception:  # noqa: BLE001 - the parser raises anything over a mail made to harm it
            subject, text = "", data.decode("utf-8", errors="replace")
        self._take("mail", ", ".join(to), subject, text)

    def _take(self, way: str, to: str, subject: str, body: str) -> None:
        words = clean(body.strip(), LONGEST)
        title = clean_line(subject) or clean_line(words.partition("\n")[0]) or UNNAMED
        message = Message(self._now(), way, clean_line(to), title, words)
        self.messages.append(message)
        self._tell(message)


def _text(mail: EmailMessage) -> str:
    """Return a mail's plain words, or whatever it has in their place."""
    part = mail.get_body(("plain", "html"))
    content = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""
