"""What is logged, one clean line each, for people and for machines."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from console.workers.log_lines import LONGEST, LogFormat, line

AT = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)


def record(message: str, **facts: Any) -> logging.LogRecord:
    made = logging.LogRecord("warroom.engine", logging.WARNING, "", 0, message, (), None)
    vars(made).update({"at": AT, **facts})
    return made


def test_a_line_for_people() -> None:
    assert line(record("api is DOWN"), LogFormat.TEXT) == "2026-11-24T13:46:11Z api is DOWN"


def test_a_line_for_machines() -> None:
    facts = {"by": "check:api", "incident": "INC-1", "kind": "health"}
    assert json.loads(line(record("api is DOWN", **facts), LogFormat.JSON)) == {
        "at": "2026-11-24T13:46:11Z",
        "level": "warning",
        "logger": "warroom.engine",
        "by": "check:api",
        "incident": "INC-1",
        "kind": "health",
        "message": "api is DOWN",
    }


@pytest.mark.parametrize("form", list(LogFormat))
def test_hostile_words_stay_on_their_line(form: LogFormat) -> None:
    written = line(record("a\nb\x1b[2J\u202e" + "x" * 10_000, by="ad\na"), form)
    assert "\n" not in written
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert len(written) < 2 * LONGEST
