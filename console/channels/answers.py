"""What HTTP answers mean for a message that was sent."""

import email.utils
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

_PERMANENT = frozenset({400, 401, 402, 403, 404, 405, 410, 411, 413, 414, 415, 422})


def permanent(status: int) -> bool:
    """Tell whether another try cannot do better: a redirect we do not follow, or a refusal."""
    return 300 <= status < 400 or status in _PERMANENT


def reason(status: int) -> str:
    """Return "HTTP 503 Service Unavailable", a redirect named as what it is."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    words = f"HTTP {status} {phrase}".strip()
    return f"{words}: redirects are not followed" if 300 <= status < 400 else words


def wait_of(retry_after: str | None) -> timedelta | None:
    """Return how long a ``Retry-After`` header asks us to wait, given in seconds or as a date."""
    text = (retry_after or "").strip()
    if text.isdecimal() and len(text) < 9:
        return timedelta(seconds=int(text))
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a number in it may be of any length
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(0), at - datetime.now(UTC))
