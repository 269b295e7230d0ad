"""One clean line for each thing that is logged: for people, or as JSON for machines."""

import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum

from data.text import clean_line

LONGEST = 500
_FACTS = ("by", "incident", "kind")


class LogFormat(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


class LogLines(logging.Handler):
    """Writes to stderr, each line with its instant; never a traceback, for those hold what was read."""

    def __init__(self, form: LogFormat = LogFormat.TEXT) -> None:
        super().__init__()
        self._form = form

    def emit(self, record: logging.LogRecord) -> None:
        """Write it; a terminal that has gone ends nothing."""
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line(record, self._form)}\n")
            sys.stderr.flush()


def line(record: logging.LogRecord, form: LogFormat) -> str:
    """Return a record as one line; ``at`` in it says when it happened, else it is when it was logged."""
    at = getattr(record, "at", None) or datetime.fromtimestamp(record.created, UTC)
    words = clean_line(record.getMessage(), LONGEST)
    if form is LogFormat.TEXT:
        return f"{at:%Y-%m-%dT%H:%M:%SZ} {words}"
    facts = {name: clean_line(str(value)) for name in _FACTS if (value := getattr(record, name, ""))}
    told = {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "level": record.levelname.lower(), "logger": record.name}
    return json.dumps({**told, **facts, "message": words}, ensure_ascii=False)
